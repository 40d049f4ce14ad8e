package hubtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// serveHub answers as the Hub itself.
func (h *Hub) serveHub(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(strings.Trim(r.URL.EscapedPath(), "/"), "/")
	for i := range parts {
		parts[i], _ = url.PathUnescape(parts[i])
	}
	bucket := "api"
	if parts[0] != "api" || len(parts) > 1 && parts[1] == "resolve-cache" {
		bucket = "resolvers"
	}
	if !h.spend(w, bucket) {
		refuse(w, http.StatusTooManyRequests, "", "You have reached your rate limit.")
		return
	}
	token, known := h.token(r)
	if token != "" && !known {
		refuse(w, http.StatusUnauthorized, "", "Invalid credentials in Authorization header")
		return
	}
	switch {
	case len(parts) == 2 && parts[0] == "api" && parts[1] == "models":
		h.serveSearch(w, r, token)
	case len(parts) >= 3 && parts[0] == "api" && parts[1] == "models":
		h.serveModel(w, r, parts[2:], token)
	case len(parts) >= 5 && parts[0] == "api" && parts[1] == "resolve-cache":
		h.serveCached(w, r, parts[3:], token)
	default:
		h.serveResolve(w, r, parts, token)
	}
}

// token is the bearer of a request, and whether the Hub knows it.
func (h *Hub) token(r *http.Request) (string, bool) {
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	h.mu.Lock()
	defer h.mu.Unlock()
	_, known := h.tokens[token]
	return token, known
}

func (h *Hub) may(token, id string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Contains(h.tokens[token], strings.ToLower(id))
}

// visible finds a repository that the token may know of, or refuses.
func (h *Hub) visible(w http.ResponseWriter, r *http.Request, id, token string) *Repo {
	repo, moved := h.find(id)
	if moved != "" {
		path := strings.Replace(r.URL.EscapedPath(), id, moved, 1)
		if r.URL.RawQuery != "" {
			path += "?" + r.URL.RawQuery
		}
		w.Header().Set("Location", path)
		w.WriteHeader(http.StatusTemporaryRedirect)
		return nil
	}
	switch {
	case repo != nil && (!repo.private || h.may(token, id)):
		return repo
	case token == "":
		refuse(w, http.StatusUnauthorized, "", "Invalid username or password.")
	default:
		refuse(w, http.StatusNotFound, "RepoNotFound", "Repository not found")
	}
	return nil
}

// splitID takes the id off the front: two parts, or one for old names.
func (h *Hub) splitID(parts []string, verbs ...string) (id string, rest []string) {
	if len(parts) == 1 || slices.Contains(verbs, parts[1]) {
		return parts[0], parts[1:]
	}
	return parts[0] + "/" + parts[1], parts[2:]
}

// serveModel answers /api/models/{id}[/revision/{rev}] and …/tree/{rev}.
func (h *Hub) serveModel(w http.ResponseWriter, r *http.Request, parts []string, token string) {
	id, rest := h.splitID(parts, "revision", "tree")
	repo := h.visible(w, r, id, token)
	if repo == nil {
		return
	}
	revision := "main"
	if len(rest) >= 2 {
		revision = rest[1]
	}
	commit, files := repo.snapshot(revision)
	if files == nil {
		refuse(w, http.StatusNotFound, "RevisionNotFound", "Invalid rev id: "+revision)
		return
	}
	w.Header().Set("X-Repo-Commit", commit)
	if len(rest) > 0 && rest[0] == "tree" {
		reply(w, repo.tree(files))
		return
	}
	query := r.URL.Query()
	expand := slices.Concat(query["expand"], query["expand[]"])
	blobs := query.Get("blobs") == "true" || query.Get("blobs") == "1"
	if len(expand) > 0 && blobs {
		refuse(w, http.StatusBadRequest, "", "expand cannot be combined with blobs")
		return
	}
	reply(w, repo.info(commit, files, expand, blobs))
}

// serveResolve answers /{id}/resolve/{rev}/{path} and …/raw/….
func (h *Hub) serveResolve(w http.ResponseWriter, r *http.Request, parts []string, token string) {
	id, rest := h.splitID(parts, "resolve", "raw")
	if len(rest) < 3 || rest[0] != "resolve" && rest[0] != "raw" {
		refuse(w, http.StatusNotFound, "", "Sorry, we can't find the page you are looking for.")
		return
	}
	repo := h.visible(w, r, id, token)
	if repo == nil || !h.open(w, repo, token) {
		return
	}
	commit, files := repo.snapshot(rest[1])
	path := strings.Join(rest[2:], "/")
	if files == nil {
		refuse(w, http.StatusNotFound, "RevisionNotFound", "Invalid rev id: "+rest[1])
		return
	}
	content, found := files[path]
	w.Header().Set("X-Repo-Commit", commit)
	if !found {
		refuse(w, http.StatusNotFound, "EntryNotFound", "Entry not found")
		return
	}
	large := repo.isLarge(path, content)
	w.Header().Set("Etag", `"`+content.etag()[:40]+`"`)
	switch {
	case rest[0] == "raw" && large:
		pointer := fmt.Sprintf("version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n", content.etag(), content.size())
		serveContent(w, r, Bytes([]byte(pointer)))
	case rest[0] == "raw":
		serveContent(w, r, content)
	case large:
		w.Header().Set("X-Linked-Size", fmt.Sprint(content.size()))
		w.Header().Set("X-Linked-Etag", `"`+content.etag()+`"`)
		w.Header().Set("Accept-Ranges", "bytes")
		w.Header().Set("Location", h.cdn.URL+"/"+id+"/"+commit+"/"+escapePath(path)+"?Expires=1&Signature=secret")
		w.WriteHeader(http.StatusFound)
	default:
		w.Header().Set("Location", "/api/resolve-cache/models/"+id+"/"+commit+"/"+escapePath(path)+"?etag=%22"+content.etag()[:40]+"%22")
		w.WriteHeader(http.StatusTemporaryRedirect)
	}
}

// open says whether the token may read the files, or refuses.
func (h *Hub) open(w http.ResponseWriter, repo *Repo, token string) bool {
	switch {
	case repo.disabled:
		refuse(w, http.StatusForbidden, "", "Access to this resource is disabled.")
	case repo.gated != "" && token == "":
		refuse(w, http.StatusUnauthorized, "GatedRepo", "Access to model "+repo.id+" is restricted. You must have access to it and be authenticated to access it. Please log in.")
	case repo.gated != "" && !h.may(token, repo.id):
		refuse(w, http.StatusForbidden, "GatedRepo", "Access to model "+repo.id+" is restricted and you are not in the authorized list. Visit https://huggingface.co/"+repo.id+" to ask for access.")
	default:
		return true
	}
	return false
}

// serveCached answers /api/resolve-cache/models/{id}/{commit}/{path}.
func (h *Hub) serveCached(w http.ResponseWriter, r *http.Request, parts []string, token string) {
	id, rest := parts[0]+"/"+parts[1], parts[2:]
	if repo, _ := h.find(parts[0]); repo != nil {
		id, rest = parts[0], parts[1:]
	}
	repo := h.visible(w, r, id, token)
	if repo == nil || !h.open(w, repo, token) {
		return
	}
	if len(rest) < 2 || repo.snapshots[rest[0]] == nil {
		refuse(w, http.StatusBadRequest, "", "resolve-cache wants a commit")
		return
	}
	content, found := repo.snapshots[rest[0]][strings.Join(rest[1:], "/")]
	if !found {
		refuse(w, http.StatusNotFound, "EntryNotFound", "Entry not found")
		return
	}
	w.Header().Set("X-Repo-Commit", rest[0])
	w.Header().Set("Etag", `"`+content.etag()[:40]+`"`)
	serveContent(w, r, content)
}

// serveCDN answers a signed address. Like the real one it refuses a request that
// also carries a token.
func (h *Hub) serveCDN(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("Signature") != "secret" || r.Header.Get("Authorization") != "" {
		http.Error(w, "<Error><Code>AccessDenied</Code></Error>", http.StatusForbidden)
		return
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	for split := 1; split <= 2 && len(parts) > split+1; split++ {
		repo, _ := h.find(strings.Join(parts[:split], "/"))
		if repo == nil {
			continue
		}
		if content, found := repo.snapshots[parts[split]][strings.Join(parts[split+1:], "/")]; found {
			w.Header().Set("Etag", `"cdn-`+content.etag()[:16]+`"`)
			serveContent(w, r, content)
			return
		}
	}
	http.NotFound(w, r)
}

func serveContent(w http.ResponseWriter, r *http.Request, c Content) {
	w.Header().Set("Content-Type", "application/octet-stream")
	http.ServeContent(w, r, "", time.Time{}, c.reader())
}

func escapePath(path string) string {
	return strings.ReplaceAll(url.PathEscape(path), "%2F", "/")
}

func reply(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(value)
}

// refuse answers with a status, a code and a message, as the Hub words them.
func refuse(w http.ResponseWriter, status int, code, message string) {
	if code != "" {
		w.Header().Set("X-Error-Code", code)
	}
	w.Header().Set("X-Error-Message", message)
	w.Header().Set("X-Request-Id", "Root=1-hubtest")
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": message})
}
