package estimator

import (
	"slices"
	"strings"
)

// GPU is a card. The zero value is none.
type GPU struct {
	Name     string // as people type it
	Vendor   string
	Memory   Bytes // as marketed
	Usable   Bytes // what a program can get
	Measured bool  // Usable was read off a real card
	Linked   bool  // NVLink joins several of them
}

// gpuRow is a card of the tables.
type gpuRow struct {
	name, vendor string
	memory       Bytes
	usable       Bytes // 0: unknown
	measured     bool
	aliases      string // further names, space on both sides of each
}

// nominalShare is what is left of a card's marketed size where nobody wrote
// down how much a program sees: measured cards show 0.97 to 0.99 of theirs.
const nominalShare = 0.98

func (r *gpuRow) card() GPU {
	g := GPU{Name: r.name, Vendor: r.vendor, Memory: r.memory, Usable: r.usable, Measured: r.measured, Linked: linkedCards[r.name]}
	if g.Usable == 0 {
		g.Usable = Bytes(nominalShare * float64(r.memory))
	}
	return g
}

// nominalGPU is a card of which only a size is known.
func nominalGPU(name string, memory Bytes) GPU {
	return GPU{Name: name, Memory: memory, Usable: memory}
}

// gpus are the cards that people own or rent, and gpuNames where each name
// stands among them.
var gpus, gpuNames = func() ([]GPU, map[string]int) {
	var cards []GPU
	names := map[string]int{}
	for _, row := range slices.Concat(nvidiaCards, amdIntelCards, appleChips) {
		for _, name := range append(strings.Fields(row.aliases), row.name) {
			names[name] = len(cards)
		}
		cards = append(cards, row.card())
	}
	return cards, names
}()

// GPUs lists the cards.
func GPUs() []GPU { return gpus }

// FindGPU finds a card by one of its names, or makes one of any size ("24g",
// "4090-48g").
func FindGPU(name string) (GPU, bool) {
	name = plainName(name)
	if i, ok := gpuNames[name]; ok {
		return gpus[i], true
	}
	cut := strings.LastIndexByte(name, '-')
	if cut == 0 {
		return GPU{}, false // no card, but a negative size
	}
	memory, err := ParseBytes(name[cut+1:])
	if err != nil || memory < GiB || memory > 4*TiB {
		return GPU{}, false
	}
	if i, ok := gpuNames[name[:max(0, cut)]]; ok && gpus[i].Memory == memory {
		return gpus[i], true // the size that the card has anyway
	}
	return nominalGPU(name, memory), true
}

// plainName writes a card's name as the tables do.
func plainName(name string) string {
	name = strings.NewReplacer(" ", "-", "_", "-").Replace(strings.ToLower(strings.TrimSpace(name)))
	for _, brand := range []string{"nvidia-", "geforce-", "tesla-", "amd-", "radeon-", "intel-", "apple-", "instinct-"} {
		if rest := strings.TrimPrefix(name, brand); gpuKnown(rest) || rest != name && !gpuKnown(name) {
			name = rest
		}
	}
	if !gpuKnown(name) {
		name = strings.TrimSuffix(name, "b")
	}
	return name
}

func gpuKnown(name string) bool {
	_, ok := gpuNames[name]
	return ok
}
