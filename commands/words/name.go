package words

import (
	"cmp"
	"slices"
	"strings"
)

// named is a model as the typed line names it.
type named struct {
	line   string   // what the line says
	stands []string // what to size when line is not found, the nearest first
	taken  string   // "size", "version" or "model" where one was chosen for the asker
	others []string // what else it may mean
	vague  bool     // only a family was said, which has several sizes
}

// name finds the typed name of a mention.
func (s *scan) name(m *model) named {
	switch {
	case m.id != "":
		return named{line: m.id, stands: some(sizeIn(m.id))}
	case m.family == nil && len(m.prefix) == 0:
		return knownSize(m.sizes[0])
	case m.family == nil:
		return named{line: strings.Join(m.prefix, "-"), stands: some(m.sizes[0])}
	}
	found := m.family.candidates(m)
	if len(found) == 0 {
		return named{line: m.asTyped(), stands: some(m.baseOf())}
	}
	found = s.bySize(found)
	best := found[0]
	n := named{line: best.id, stands: some(sizeOf(best))}
	if best.id == best.name && len(m.finish) > 0 && m.finish[0] != "hf" && m.finish[0] != "base" {
		n.line, n.stands = best.name+"-"+m.finish[0], append([]string{best.name}, n.stands...)
	}
	if m.edition != "" {
		n.line, n.stands = m.asTyped(), append([]string{best.id}, n.stands...)
	}
	if m.context != "" {
		n.line, n.stands = best.name+"-"+m.context, append([]string{best.id}, n.stands...)
	}
	if len(m.prefix) > 0 {
		n.line, n.stands = m.asTyped(), append([]string{best.id}, n.stands...)
	}
	for _, e := range found[1:] {
		if !slices.Contains(n.others, e.id) && e.id != best.id {
			n.others = append(n.others, e.id)
		}
	}
	n.vague = len(m.sizes) == 0 && len(best.sizes) > 0 && len(n.others) > 0 && !best.whole
	switch {
	case best.whole && len(m.sizes) == 0 && m.version == "":
		n.others = nil
	case n.vague, len(m.sizes) == 0 && m.version == "" && len(n.others) > 0:
		n.taken = "model"
	case m.version == "" && best.version != "" && len(n.others) > 0:
		n.taken = "version"
	default:
		n.others = nil
	}
	return n
}

// onlySizes are the sizes that one well-known model alone has.
var onlySizes = map[string]string{"65b": "llama-65b", "405b": "llama-3.1-405b", "8x7b": "mixtral-8x7b", "8x22b": "mixtral-8x22b", "671b": "deepseek-ai/DeepSeek-V3"}

// knownSize names a size, or the only model of it.
func knownSize(size string) named {
	if name := onlySizes[size]; name != "" {
		return named{line: name, taken: "only", stands: some(size)}
	}
	return named{line: size}
}

// bySize puts the smallest or the largest first where that was asked for.
func (s *scan) bySize(found []entry) []entry {
	order := 0
	switch {
	case s.has("size", "smallest"):
		order = 1
	case s.has("size", "largest"):
		order = -1
	default:
		return found
	}
	found = slices.Clone(found)
	slices.SortStableFunc(found, func(a, b entry) int {
		return order * cmp.Compare(billions(a.sizes), billions(b.sizes))
	})
	return found
}

// asTyped spells a mention that no table knows.
func (m *model) asTyped() string {
	stem := m.family.stem
	rest := m.typed
	if m.version != "" && len(rest) > 0 && rest[0] == m.version {
		stem, rest = stem+m.family.join+m.version, rest[1:]
	}
	return strings.Join(append(append(slices.Clone(m.prefix), stem), rest...), "-")
}

// baseOf is what stands for a model that is not found: its size.
func (m *model) baseOf() string {
	if len(m.sizes) > 0 && !activeMarks[m.sizes[0][:1]] {
		return m.sizes[0]
	}
	return ""
}

// sizeOf is the size of an entry: the table's own note of it, or what its name
// says.
func sizeOf(e entry) string {
	if e.params != "" || len(e.sizes) == 0 || strings.Contains(e.sizes[0], "x") || activeMarks[e.sizes[0][:1]] {
		return e.params
	}
	return e.sizes[0]
}

// some is a list of what is not empty.
func some(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}

// sizeIn is the size in a Hub id's name.
func sizeIn(id string) string {
	atoms := atomize(id[strings.IndexByte(id, '/')+1:], nil)
	for i := range atoms {
		if p, ok := partAt(atoms, i); ok && p.what == 's' && strings.HasSuffix(p.text, "b") && !activeMarks[p.text[:1]] && !strings.Contains(p.text, "x") {
			return p.text
		}
	}
	return ""
}
