package hubtest

import (
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// Load adds every repository of a txtar archive: files named
// hub/<owner>/<name>/<path>. Other files are left alone.
func (h *Hub) Load(archive []byte, options ...Option) {
	repos := map[string]map[string][]byte{}
	for _, file := range txtar.Parse(archive).Files {
		parts := strings.SplitN(file.Name, "/", 4)
		if len(parts) != 4 || parts[0] != "hub" {
			continue
		}
		id := parts[1] + "/" + parts[2]
		if repos[id] == nil {
			repos[id] = map[string][]byte{}
		}
		repos[id][parts[3]] = file.Data
	}
	for id, files := range repos {
		h.Add(id, files, options...)
	}
}
