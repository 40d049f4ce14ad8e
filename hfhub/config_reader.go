package hfhub

import (
	"math"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// object is a JSON object, each key once; the last of two wins, as in Python.
type object map[string]gjson.Result

func objectOf(value gjson.Result) object {
	o := object{}
	if value.IsObject() {
		value.ForEach(func(key, v gjson.Result) bool {
			o[key.String()] = v
			return true
		})
	}
	return o
}

// get follows a dotted path.
func (o object) get(path string) (gjson.Result, bool) {
	if v, ok := o[path]; ok {
		return v, true
	}
	head, rest, nested := strings.Cut(path, ".")
	if !nested {
		return gjson.Result{}, false
	}
	v, ok := o[head]
	if !ok || !v.IsObject() {
		return gjson.Result{}, false
	}
	return objectOf(v).get(rest)
}

// reader reads the facts of one model from one block of its config.
type reader struct {
	*resolved
	file  string
	root  object
	block object
	path  string // of block in root, with its dot
	notes *ReadNotes
	noted map[string]bool
	err   error
	wrap  *reader // the block around this one; nil at the top

	objects map[string]object         // blocks within block, once read
	lists   map[string][]gjson.Result // lists of block by their key, likewise
}

// lookup follows a dotted path within the block. What it reads on the way is kept:
// a fact is asked for once for each kind of block.
func (r *reader) lookup(path string) (gjson.Result, bool) {
	if v, ok := r.block[path]; ok {
		return v, true
	}
	head, rest, nested := strings.Cut(path, ".")
	if !nested {
		return gjson.Result{}, false
	}
	inner, read := r.objects[head]
	if !read {
		if v, ok := r.block[head]; ok && v.IsObject() {
			inner = objectOf(v)
		}
		if r.objects == nil {
			r.objects = map[string]object{}
		}
		r.objects[head] = inner
	}
	return inner.get(rest)
}

// entries gives the entries of a list that stands under a key.
func (r *reader) entries(key string, v gjson.Result) []gjson.Result {
	list, read := r.lists[key]
	if !read {
		list = v.Array()
		if r.lists == nil {
			r.lists = map[string][]gjson.Result{}
		}
		r.lists[key] = list
	}
	return list
}

// fail keeps the first error.
func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *reader) unsupported(key, kind string) {
	r.fail(&UnsupportedError{ModelType: typeOf(r.name), Key: r.path + key, Kind: kind})
}

// bad refuses what a fact's key says.
func (r *reader) bad(key, value, why string) {
	r.fail(&ShapeError{File: r.file, Key: r.path + key, Value: short(value), Why: why})
}

// nullable are the facts for which an explicit null says "none" or "follow the
// rule"; for the others it is as good as absent.
var nullable = map[string]bool{
	"kv": true, "head_dim": true, "v_head_dim": true, "ffn": true, "window": true, "q_rank": true, "kv_rank": true,
	"experts": true, "shared": true, "shared_ffn": true, "inner": true, "window_from": true, "global_kv": true,
}

// loud are the facts worth telling when they were assumed.
var loud = map[string]bool{
	"hidden": true, "layers": true, "heads": true, "kv": true, "head_dim": true, "ffn": true, "vocab": true,
	"tied": true, "experts": true, "topk": true, "expert_ffn": true, "window": true, "kv_rank": true, "q_rank": true,
	"rope_dim": true, "nope_dim": true, "v_head_dim": true, "dtype": true, "state": true, "ctx": true, "enc_layers": true,
}

// find gives what a fact's keys hold. ok is false where the class default
// applies; a null that means something comes back as one.
func (r *reader) find(name string) (value gjson.Result, key string, ok bool) {
	for _, key := range r.facts[name].keys {
		v, found := r.lookup(key)
		if !found {
			continue
		}
		if v.Type == gjson.Null && !nullable[name] {
			continue
		}
		return v, key, true
	}
	return gjson.Result{}, "", false
}

// note remembers where a fact came from, once.
func (r *reader) note(name, value, key string, assumed bool) {
	if r.noted[name] {
		return
	}
	r.noted[name] = true
	if assumed && !loud[name] {
		return
	}
	if key != "" {
		key = r.path + key
	} else if keys := r.facts[name].keys; len(keys) > 0 {
		key = r.path + keys[0]
	}
	r.notes.Facts = append(r.notes.Facts, Fact{Name: name, Value: value, File: r.file, Key: key, Assumed: assumed})
}

// raw gives a fact's value, from the file or by default, as text.
func (r *reader) raw(name string) (string, gjson.Result) {
	v, key, ok := r.find(name)
	if !ok {
		f := r.facts[name]
		if !f.known {
			return "", gjson.Result{}
		}
		if len(f.keys) > 0 && f.fallback != "0" && f.fallback != "" {
			r.note(name, f.fallback, "", true)
		}
		return f.fallback, gjson.Result{}
	}
	text := v.String()
	if v.IsArray() || v.IsObject() {
		text = "per layer"
	}
	r.note(name, text, key, false)
	return text, v
}

// has says whether the file itself gives a fact, null left out.
func (r *reader) has(name string) bool {
	v, _, ok := r.find(name)
	return ok && v.Type != gjson.Null
}

// word gives a fact that is a word.
func (r *reader) word(name string) string {
	text, v := r.raw(name)
	if v.Type == gjson.Null && v.Raw != "" {
		return ""
	}
	return text
}

// flag gives a fact that is true or false.
func (r *reader) flag(name string) bool {
	text, _ := r.raw(name)
	switch strings.ToLower(text) {
	case "true", "1", "yes":
		return true
	}
	return false
}

// int gives a fact that is a number for all blocks.
func (r *reader) int(name string) int64 { return r.at(name, 0) }

// at gives a fact that may be a list with one number for each block.
func (r *reader) at(name string, i int) int64 {
	v, key, ok := r.find(name)
	if !ok {
		f := r.facts[name]
		if !f.known {
			r.bad(strings.Join(f.keys, " or "), "", "")
			return 0
		}
		text, _ := r.raw(name)
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return 0
		}
		return n
	}
	r.raw(name)
	if v.IsArray() {
		list := r.entries(key, v)
		if len(list) == 0 {
			return 0
		}
		v = list[min(i, len(list)-1)]
	}
	return r.number(v, name, key)
}

// number reads an integer as files write it: 32, 32.0, "32"; null and false
// are none.
func (r *reader) number(v gjson.Result, name, key string) int64 {
	f := v.Num
	switch v.Type {
	case gjson.Null, gjson.False:
		return 0
	case gjson.String:
		n, err := strconv.ParseFloat(strings.TrimSpace(v.Str), 64)
		if err != nil {
			r.bad(key, strconv.Quote(short(v.Str)), ", not a number")
			return 0
		}
		f = n
	case gjson.Number:
	default:
		r.bad(key, v.Raw, ", not a number")
		return 0
	}
	if name == "window" && f < 0 {
		return 0
	}
	if f != math.Trunc(f) || f < 0 || f > largest(name) {
		r.bad(key, strconv.FormatFloat(f, 'g', -1, 64), "")
		return 0
	}
	return int64(f)
}

// float gives a fact that need not be whole.
func (r *reader) float(name string) float64 {
	text, _ := r.raw(name)
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(f) || f < 0 || f > 1<<20 {
		return 0
	}
	return f
}

// largest bounds a fact, so that no product of what a file says can wrap round.
// It is above what any model has: widths are thousands, experts hundreds.
func largest(name string) float64 {
	if bits, ok := widest[name]; ok {
		return float64(int64(1) << bits)
	}
	return 1 << 20
}

// widest are the facts that may be larger than a width, as powers of two.
var widest = map[string]int{
	"vocab": 26, "per_layer_vocab": 26, "positions": 31, "enc_positions": 31, "ctx": 40, "window": 40, "chunk": 40,
	"ffn": 25, "expert_ffn": 25, "shared_ffn": 25, "inner": 25, "enc_ffn": 25, "dec_ffn": 25, "ffn_step": 25, "window_from": 40, "index_topk": 40,
}

// list gives a fact that is a list; nil where it is absent or no list.
func (r *reader) list(name string) []gjson.Result {
	v, key, ok := r.find(name)
	if !ok || !v.IsArray() {
		return nil
	}
	r.note(name, "per layer", key, false)
	return r.entries(key, v)
}

// ints gives a list of numbers as a set.
func (r *reader) ints(name string) map[int64]bool {
	set := map[int64]bool{}
	for _, v := range r.list(name) {
		if v.Type == gjson.Number {
			set[v.Int()] = true
		}
	}
	return set
}

// short is a value on one line of at most 40 letters.
func short(s string) string {
	runes := []rune(strings.Join(strings.Fields(s), " "))
	if len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return string(runes)
}
