package estimator

import (
	"strings"
)

// GPU is a card. The zero value is none.
type GPU struct {
	Name     string // as people type it
	Vendor   string
	Memory   Bytes // as marketed
	Usable   Bytes // what a program can get
	Measured bool  // Usable was read off a real card
}

// nominalGPU is a card of which only a size is known.
func nominalGPU(name string, memory Bytes) GPU {
	return GPU{Name: name, Memory: memory, Usable: memory}
}

// gpus are the cards that people own or rent.
var gpus = []GPU{
	{"h100-80g", "NVIDIA", 80 * GiB, 81080 * MiB, true},
	{"a100-80g", "NVIDIA", 80 * GiB, 81153 * MiB, true},
	{"a100-40g", "NVIDIA", 40 * GiB, 40448 * MiB, true},
	{"4090", "NVIDIA", 24 * GiB, 24084 * MiB, true},
}

// GPUs lists the cards.
func GPUs() []GPU { return gpus }

// FindGPU finds a card by name, or makes one of any size ("24g", "4090-48g").
func FindGPU(name string) (GPU, bool) {
	name = strings.ToLower(name)
	for _, g := range gpus {
		if g.Name == name {
			return g, true
		}
	}
	size := name[strings.LastIndexByte(name, '-')+1:]
	memory, err := ParseBytes(size)
	if err != nil || memory < GiB || memory > 4*TiB {
		return GPU{}, false
	}
	return nominalGPU(name, memory), true
}
