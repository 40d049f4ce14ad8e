package estimator

// PartName names what memory is made of. The names are fixed: programs read
// them.
type PartName uint8

// The parts, in the order they are shown.
const (
	Weights PartName = iota
	KVCache
	State
	Adapters
	Master
	Gradients
	OptimizerState
	Activations // the blocks alone
	Logits      // final norm, head input, logits, loss
	Buffers     // gather, reduce, buckets, NCCL
	Workspace   // engine scratch, temporaries of the step
	Graphs      // CUDA graphs
	ContextPart // CUDA context, libraries, and when training the allocator's slack
	numParts
)

var partNames = [numParts]string{
	"weights", "kv_cache", "state", "adapters", "master", "gradients", "optimizer",
	"activations", "logits", "buffers", "workspace", "graphs", "context",
}

// String gives the name that programs read.
func (n PartName) String() string { return partNames[n] }

// PartNames lists the parts.
func PartNames() []PartName {
	all := make([]PartName, numParts)
	for i := range all {
		all[i] = PartName(i)
	}
	return all
}

// Basis is how far a number can be trusted.
type Basis uint8

// Counted comes from tensors, Derived from a formula over the shape, Allowance
// from what others measured.
const (
	Counted Basis = iota
	Derived
	Allowance
	numBases
)

var basisNames = [numBases]string{"counted", "derived", "allowance"}

// String gives the name that programs read.
func (b Basis) String() string { return basisNames[b] }

// Moment is a point in time at which memory may be highest.
type Moment uint8

// The moments of serving and of training. Gradients is the end of the backward
// pass, when all gradients exist; it reads "backward" too.
const (
	Load Moment = iota
	Prefill
	Decode
	LossMoment
	Backward
	BackwardEnd
	Step
	numMoments
)

var momentNames = [numMoments]string{"load", "prefill", "decode", "loss", "backward", "backward", "step"}

// String gives the name that programs read.
func (m Moment) String() string { return momentNames[m] }

// Moments is a set of moments.
type Moments uint8

// The sets that parts are held in.
const (
	AtLoad        Moments = 1 << Load
	AtPrefill     Moments = 1 << Prefill
	AtDecode      Moments = 1 << Decode
	AtLoss        Moments = 1 << LossMoment
	AtBackward    Moments = 1 << Backward
	AtBackwardEnd Moments = 1 << BackwardEnd
	AtStep        Moments = 1 << Step

	WhileServing  = AtLoad | AtPrefill | AtDecode
	WhileTraining = AtLoss | AtBackward | AtBackwardEnd | AtStep
)

// Has says whether m is in the set.
func (s Moments) Has(m Moment) bool { return s&(1<<m) != 0 }

// Names lists the names of the set, each once.
func (s Moments) Names() []string {
	var names []string
	for m := range numMoments {
		name := m.String()
		if s.Has(m) && (len(names) == 0 || names[len(names)-1] != name) {
			names = append(names, name)
		}
	}
	return names
}
