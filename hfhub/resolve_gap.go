package hfhub

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"membot/estimator"
)

// tensorKind is what a tensor is for, as its name says.
type tensorKind uint8

const (
	otherKind tensorKind = iota
	embeddingTensor
	headTensor
	attentionTensor
	ffnTensor
	expertTensor
	routerTensor
	normTensor
)

// tensorKinds are words of names, the first that stands there decides.
var tensorKinds = []struct {
	kind tensorKind
	name string // as a person calls it; of the estimator's parts
	word *regexp.Regexp
}{
	{headTensor, "head", regexp.MustCompile(`(^|\.)(lm_head|embed_out|output_layer)\.|^output\.(weight|bias)$`)},
	{embeddingTensor, "embedding", regexp.MustCompile(`(^|\.)(embed_tokens|wte|word_embeddings|tok_embeddings|embed_in|word_embedding|token_embd)\.`)},
	{normTensor, "norms", regexp.MustCompile(`norm|(^|\.)ln_`)},
	{routerTensor, "router", regexp.MustCompile(`\.(mlp|block_sparse_moe|moe|feed_forward|mixer)\.(gate|router)\.|router|ffn_gate_inp|exp_probs`)},
	{expertTensor, "experts", regexp.MustCompile(`\.experts\.|_exps\.`)},
	{ffnTensor, "FFN", regexp.MustCompile(`mlp|ffn|feed_forward|fc1|fc2|expert|shexp|dense_h|dense_4h`)},
	{attentionTensor, "attention", regexp.MustCompile(`.`)},
}

func kindOfTensor(name string) tensorKind {
	for _, row := range tensorKinds {
		if row.word.MatchString(name) {
			return row.kind
		}
	}
	return otherKind
}

// decoder is the prefix of the language model's blocks: of all stacks the one that
// holds most, towers only where there is no other.
func (w *Weights) decoder() string {
	held := map[string]int64{}
	best, most := "", int64(0)
	for _, b := range w.Blocks {
		held[b.Prefix] += max(b.Parameters, 1)
	}
	for _, prefix := range slices.Sorted(maps.Keys(held)) {
		n := held[prefix]
		if beside(prefix+".") == "" {
			n += 1 << 61
		}
		if n > most {
			best, most = prefix, n
		}
	}
	return best
}

// class is tensors that belong together: a tower, a role in the blocks.
type class struct {
	name    string // model.visual.*, or of a part
	kind    tensorKind
	within  bool // of the decoder's blocks
	tensors int
	params  int64
}

// classes gathers the groups of a file: those of the decoder's blocks, embedding
// and head by what they are for, any others by the name they are under.
func (w *Weights) classes() []class {
	main := w.decoder()
	var all []class
	for _, g := range w.Groups {
		c := class{kind: kindOfTensor(g.Name), within: main != "" && strings.HasPrefix(g.Name, main+".*.")}
		switch {
		case c.within:
			c.name = kindName(c.kind)
		case beside(g.Name) == "" && (c.kind == embeddingTensor || c.kind == headTensor):
			c.name = kindName(c.kind)
		default:
			c.name, c.kind = under(g.Name), otherKind
		}
		at := slices.IndexFunc(all, func(o class) bool { return o.name == c.name && o.within == c.within })
		if at < 0 {
			all, at = append(all, c), len(all)
		}
		all[at].tensors += g.Tensors
		all[at].params = plus(all[at].params, g.Parameters)
	}
	return all
}

func kindName(kind tensorKind) string {
	for _, row := range tensorKinds {
		if row.kind == kind {
			return row.name
		}
	}
	return ""
}

// towerWords are parts of the names under which models keep what is beside their
// decoder.
var towerWords = regexp.MustCompile(`(?i)visual|vision|image|audio|speech|mtp|encoder|projector|connector|aligner|talker|token2wav|code2wav|adapter|lora_|(^|\.)mm[._]|(^|\.)v\.`)

func beside(name string) string { return towerWords.FindString(name) }

// under is the name that a tensor is under, without what every model has in front:
// model.visual.*.
func under(name string) string {
	parts := strings.Split(name, ".")
	n := 1
	for n < len(parts)-1 && slices.Contains([]string{"model", "language_model", "transformer", "module", "base_model", "thinker"}, parts[n-1]) {
		n++
	}
	if n >= len(parts)-1 || parts[n] == "weight" || parts[n] == "bias" {
		return name
	}
	return strings.Join(parts[:n], ".") + ".*"
}

// maxGaps is how many classes a difference names, the largest first.
const maxGaps = 4

// gaps says which tensors make the difference between a count and a shape.
func gaps(a *estimator.Arch, w *Weights) []Note {
	if len(w.Groups) == 0 {
		return []Note{{Code: "tensors_unread", Key: w.Source, Warning: true}}
	}
	p := a.Params()
	if note, off := layersApart(a, w); off {
		return []Note{note}
	}
	want := map[tensorKind]int64{
		embeddingTensor: p.Embedding, headTensor: p.Head, attentionTensor: p.Attention, ffnTensor: p.FFN,
		expertTensor: p.Experts, routerTensor: p.Router, normTensor: p.Norms,
	}
	type gap struct {
		note Note
		size int64
	}
	var found []gap
	add := func(code, name string, tensors int, size, has, wants int64) {
		n := Note{Code: code, Key: name, Value: billions(has), Count: strconv.Itoa(tensors), Warning: true}
		if code == "tensors_differ" {
			n.Count = billions(wants)
		}
		found = append(found, gap{n, max(size, -size)})
	}
	described := p.Towers + p.Other
	for _, c := range w.classes() {
		wants := want[c.kind]
		delete(want, c.kind)
		switch {
		case c.kind != otherKind && c.params != wants:
			add("tensors_differ", c.name, c.tensors, c.params-wants, c.params, wants)
		case c.kind == otherKind && c.params > described:
			add("tensors_beyond", c.name, c.tensors, c.params-described, c.params, 0)
		case c.kind == otherKind:
			described -= c.params
		}
	}
	for kind, wants := range want { // none in the file at all
		if wants > 0 {
			add("tensors_differ", kindName(kind), 0, wants, 0, wants)
		}
	}
	if described > 0 {
		add("tensors_differ", towerNames(a), 0, described, p.Towers+p.Other-described, p.Towers+p.Other)
	}
	slices.SortStableFunc(found, func(x, y gap) int {
		return cmp.Or(cmp.Compare(y.size, x.size), cmp.Compare(x.note.Key, y.note.Key))
	})
	var notes []Note
	for _, g := range found {
		if len(notes) < maxGaps && g.size*20 >= found[0].size {
			notes = append(notes, g.note)
		}
	}
	return notes
}

// towerNames are the names of what the shape has beside its decoder.
func towerNames(a *estimator.Arch) string {
	var names []string
	for _, t := range a.Towers {
		names = append(names, t.Name)
	}
	for _, e := range a.Extra {
		names = append(names, e.Name)
	}
	return strings.Join(names, ", ")
}

// layersApart says whether the file has another number of blocks than the shape,
// those that predict further tokens left out. A layer of two branches is two blocks
// of a shape, and a pair's encoder counts by itself: neither is compared.
func layersApart(a *estimator.Arch, w *Weights) (Note, bool) {
	main, blocks, further := w.decoder(), int64(0), int64(0)
	for _, l := range a.MTP {
		further += l.Count
	}
	for _, b := range w.Blocks {
		if b.Prefix == main {
			blocks++
		}
	}
	depth := a.Depth()
	same := blocks == depth || blocks == depth+further || 2*blocks == depth
	if blocks == 0 || depth == 0 || same || len(w.Blocks) >= maxBlocks || strings.Contains(towerNames(a), "encoder") {
		return Note{}, false
	}
	return Note{Code: "layers_differ", Key: main + ".*", Value: strconv.FormatInt(blocks, 10), Count: strconv.FormatInt(depth, 10), Warning: true}, true
}

// namedGaps is what names alone can say, where only an index was read: a number of
// blocks, and tensors under names that the shape has nothing for.
func namedGaps(a *estimator.Arch, w *Weights) []Note {
	if len(w.Groups) == 0 || len(a.Layers) == 0 {
		return nil
	}
	if note, off := layersApart(a, w); off {
		return []Note{note}
	}
	var notes []Note
	for _, c := range w.classes() {
		alone := len(a.Towers) == 0 && (len(a.MTP) == 0 || !strings.Contains(c.name, "mtp"))
		if c.kind == otherKind && alone && beside(c.name) != "" && len(notes) < maxGaps {
			notes = append(notes, Note{Code: "tensors_named", Key: c.name, Count: strconv.Itoa(c.tensors), Warning: true})
		}
	}
	return notes
}

// billions writes a count of parameters as people say it.
func billions(n int64) string {
	for _, unit := range []struct {
		of   float64
		name string
	}{{1e9, " B"}, {1e6, " M"}, {1e3, " k"}} {
		if x := float64(n) / unit.of; x >= 1 || x <= -1 {
			return strconv.FormatFloat(x, 'f', 2, 64) + unit.name
		}
	}
	return strconv.FormatInt(n, 10)
}
