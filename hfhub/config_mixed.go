package hfhub

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"membot/estimator"
)

const (
	maxParts   = 64      // schemes of one repository
	maxModules = 100_000 // that one of them names
)

// parted gathers the parts of a mixed scheme.
type parted struct {
	parts []estimator.QuantPart
	seen  map[string]bool
}

// add puts modules in the part of that scheme; nil are all that no other part names.
func (p *parted) add(s estimator.Quant, modules []string) {
	at := slices.IndexFunc(p.parts, func(o estimator.QuantPart) bool {
		return o.DType == s.DType && o.Bits == s.Bits && o.Group == s.Group && (o.Modules == nil) == (modules == nil)
	})
	if at < 0 {
		if len(p.parts) >= maxParts {
			return
		}
		p.parts, at = append(p.parts, estimator.QuantPart{DType: s.DType, Bits: s.Bits, Group: s.Group}), len(p.parts)
	}
	if p.seen == nil {
		p.seen = map[string]bool{}
	}
	for _, m := range modules {
		if !p.seen[m] && len(p.seen) < maxModules {
			p.seen[m] = true
			p.parts[at].Modules = append(p.parts[at].Modules, m)
		}
	}
}

// mixedScheme is the scheme of parts: the first, until their weights are known.
func mixedScheme(parts []estimator.QuantPart) estimator.Quant {
	if len(parts) == 0 {
		return estimator.Quant{}
	}
	s := estimator.Quant{DType: parts[0].DType, Bits: parts[0].Bits, Group: parts[0].Group}
	if len(parts) > 1 {
		s.Parts = parts
	}
	return s
}

// foremost makes the part that holds most of the weights the one that names the
// scheme: many small modules may be in another.
func foremost(q *estimator.Quant, a *estimator.Arch) {
	weights := make([]int64, len(q.Parts))
	rest, all := -1, a.LinearWeights([]string{"model"})
	for i := range q.Parts {
		if q.Parts[i].Modules == nil {
			rest = i
			continue
		}
		weights[i] = a.LinearWeights(q.Parts[i].Modules)
		all -= weights[i]
	}
	if rest >= 0 {
		weights[rest] = all
	}
	most := int64(-1)
	for i, p := range q.Parts {
		if weights[i] > most {
			q.DType, q.Bits, q.Group, most = p.DType, p.Bits, p.Group, weights[i]
		}
	}
}

// expertNumber is the number of an expert in a module's name: all of a block are
// alike.
var expertNumber = regexp.MustCompile(`(experts)\.\d+\.`)

// blockNumber is the number of a block in a module's name.
var blockNumber = regexp.MustCompile(`layers\.\d+\.`)

// mixedWords are names of modules that other classes have for a linear of llama's.
var mixedWords = strings.NewReplacer(
	"linear_attn.in_proj_qkvz", "linear_attn.in_proj", "linear_attn.in_proj_qkv", "linear_attn.in_proj", "linear_attn.in_proj_z", "linear_attn.in_proj",
	"mixer.in_proj", "linear_attn.in_proj", "mixer.out_proj", "linear_attn.out_proj", "mixer.experts", "mlp.experts", "mixer.shared_expert", "mlp.shared_expert",
	"mixer.up_proj", "mlp.up_proj", "mixer.down_proj", "mlp.down_proj", "mixer.", "self_attn.",
)

// moduleNames writes a module's name, or a pattern of names, in llama's words.
func moduleNames(name string) []string {
	name = expertNumber.ReplaceAllString(moduleWords.Replace(name), "$1.*.")
	name = strings.TrimPrefix(mixedWords.Replace(name), "re:")
	if strings.HasPrefix(name, "layers.") {
		name = "model." + name
	}
	return alternatives(name)
}

// targetsOf are the modules of a group of compressed-tensors; nil where it names a
// class, which is all that no other group names.
func targetsOf(group gjson.Result) []string {
	var names []string
	for _, target := range texts(group.Get("targets")) {
		if !strings.ContainsAny(target, ".:*") && target != "lm_head" {
			return nil
		}
		names = append(names, moduleNames(target)...)
	}
	return names
}
