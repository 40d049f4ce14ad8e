package hubtest

import (
	"encoding/json"
	"maps"
	"net/http"
	"path"
	"sort"
	"strconv"
	"strings"
)

// info is the answer about a model: all fields, or those that expand names.
func (r *Repo) info(commit string, files map[string]Content, expand []string, blobs bool) map[string]any {
	all := map[string]any{
		"_id": r.commit[:24], "id": r.id, "modelId": r.id, "author": strings.Split(r.id, "/")[0],
		"sha": commit, "private": r.private, "disabled": r.disabled, "gated": r.gate(),
		"library_name": r.library, "pipeline_tag": r.pipeline, "tags": append([]string{r.library}, r.tags...),
		"downloads": r.downloads, "likes": 1, "lastModified": "2026-01-02T03:04:05.000Z",
		"siblings": r.siblings(files, blobs), "cardData": map[string]any{"license": "apache-2.0"},
	}
	if len(r.base) > 0 {
		all["cardData"] = map[string]any{"base_model": r.base}
	}
	if config := r.configSummary(files); config != nil {
		all["config"] = config
	}
	if counted := r.safetensors(files); counted != nil {
		all["safetensors"] = counted
	}
	if r.gguf != nil {
		all["gguf"] = r.gguf
	}
	maps.Copy(all, r.fields)
	if len(expand) == 0 {
		return all
	}
	some := map[string]any{"_id": all["_id"], "id": all["id"]}
	for _, name := range expand {
		if value, ok := all[name]; ok {
			some[name] = value
		}
	}
	return some
}

func (r *Repo) gate() any {
	if r.gated == "" {
		return false
	}
	return r.gated
}

func (r *Repo) siblings(files map[string]Content, blobs bool) []map[string]any {
	list := []map[string]any{}
	for _, path := range sortedPaths(files) {
		one := map[string]any{"rfilename": path}
		if blobs {
			one["size"], one["blobId"] = files[path].size(), files[path].etag()[:40]
		}
		if blobs && r.isLarge(path, files[path]) {
			one["lfs"] = map[string]any{"sha256": files[path].etag(), "size": files[path].size(), "pointerSize": 135}
		}
		list = append(list, one)
	}
	return list
}

func (r *Repo) tree(files map[string]Content) []map[string]any {
	list := []map[string]any{}
	for _, path := range sortedPaths(files) {
		list = append(list, map[string]any{"type": "file", "path": path, "size": files[path].size(), "oid": files[path].etag()[:40]})
	}
	return list
}

// configSummary is the little that the Hub shows of config.json.
func (r *Repo) configSummary(files map[string]Content) map[string]any {
	var config map[string]any
	if json.Unmarshal(files["config.json"].Head, &config) != nil {
		return nil
	}
	some := map[string]any{"tokenizer_config": map[string]any{"chat_template": strings.Repeat("{{ x }}", 200)}}
	for _, key := range []string{"architectures", "model_type", "quantization_config"} {
		if value, ok := config[key]; ok {
			some[key] = value
		}
	}
	return some
}

// safetensors counts stored elements per dtype as the Hub does, from the headers.
func (r *Repo) safetensors(files map[string]Content) any {
	if r.noSummary || r.summary != nil {
		return r.summary
	}
	parameters, total := map[string]int64{}, int64(0)
	for _, file := range weightFiles(files) {
		for name, tensor := range header(files[file].Head) {
			elements := int64(1)
			for _, dim := range tensor.Shape {
				elements *= dim
			}
			if name != "__metadata__" {
				parameters[tensor.DType] += elements
				total += elements
			}
		}
	}
	if total == 0 {
		return nil
	}
	return map[string]any{"parameters": parameters, "total": total}
}

// weightFiles are model.safetensors, or the shards that its index names.
func weightFiles(files map[string]Content) []string {
	if _, ok := files["model.safetensors"]; ok {
		return []string{"model.safetensors"}
	}
	var index struct {
		Map map[string]string `json:"weight_map"`
	}
	if json.Unmarshal(files["model.safetensors.index.json"].Head, &index) != nil {
		return nil
	}
	seen := map[string]bool{}
	var list []string
	for _, file := range index.Map {
		if file = path.Clean(file); !seen[file] {
			seen[file] = true
			list = append(list, file)
		}
	}
	return list
}

// serveSearch answers /api/models?search=….
func (h *Hub) serveSearch(w http.ResponseWriter, r *http.Request, token string) {
	words := strings.ToLower(r.URL.Query().Get("search"))
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil {
		limit = 1000
	}
	h.mu.Lock()
	var found []*Repo
	for id, repo := range h.repos {
		if strings.Contains(id, words) {
			found = append(found, repo)
		}
	}
	h.mu.Unlock()
	sort.Slice(found, func(i, j int) bool {
		return found[i].downloads > found[j].downloads || found[i].downloads == found[j].downloads && found[i].id < found[j].id
	})
	list := []map[string]any{}
	for _, repo := range found {
		if repo.private && !h.may(token, repo.id) || len(list) >= limit {
			continue
		}
		list = append(list, map[string]any{
			"_id": repo.commit[:24], "id": repo.id, "modelId": repo.id, "downloads": repo.downloads,
			"library_name": repo.library, "pipeline_tag": repo.pipeline, "gated": repo.gate(),
		})
	}
	reply(w, list)
}
