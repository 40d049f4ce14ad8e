package hfhub

import (
	"maps"
	"sync"
)

// memo keeps the table and its rows once read: parsing their words again for
// each model would take longer than reading it.
var memo struct {
	once  sync.Once
	rows  map[string]family
	stems map[string]string // flattened name → row
	read  sync.Map          // name → *resolved
}

// families is the table of architectures, put together once.
func families() map[string]family {
	memo.once.Do(func() {
		memo.rows = map[string]family{}
		for _, table := range []func() map[string]family{
			llamaLike, mixtures, moreMixtures, latents, gptLike, rareDecoders, newer, groupedHybrids, rwkvs, hybrids, gemmas, wrappers, moreWrappers, moreTowers, crossed, textBlocks, encoders, moreEncoders, pairs, morePairs, visions,
		} {
			maps.Copy(memo.rows, table())
		}
		memo.stems = map[string]string{}
		for name := range memo.rows {
			if name != "decoder" {
				memo.stems[flatten(name)] = name
			}
		}
	})
	return memo.rows
}

// rowOfStem leads from a flattened class name to its row.
func rowOfStem(flat string) (string, bool) {
	families()
	name, ok := memo.stems[flat]
	return name, ok
}
