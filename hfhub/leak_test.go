package hfhub

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"membot/hfhub/hubtest"
	"membot/hfhub/leaktest"
)

// parrot is a Hub, or a proxy before it, that says back what it was sent.
func parrot(status int) hubtest.Mode {
	return func(_ *hubtest.Hub, w http.ResponseWriter, r *http.Request) {
		token := r.Header.Get("Authorization")
		w.Header().Set("X-Error-Message", "no access with "+token)
		w.Header().Set("X-Error-Code", token)
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, `{"error":%q,"id":%q,"sha":%q}`, "no access with "+token, token, token)
	}
}

// TestNoErrorHoldsTheToken goes through every way to ask and every way in which
// the Hub fails, with a token, and shows each error to the watch.
func TestNoErrorHoldsTheToken(t *testing.T) {
	modes := map[string]hubtest.Mode{
		"none": nil, "bad token": hubtest.Status(401, "Invalid credentials in Authorization header"), "forbidden": hubtest.Status(403, "no"),
		"missing": hubtest.Status(404, "no"), "limited": hubtest.Status(429, "slow down", "RateLimit", `"api";r=0;t=300`),
		"down": hubtest.Status(503, "down"), "dropped": hubtest.Drop(), "cut": hubtest.Cut(`{"id":`), "loop": hubtest.Loop(),
		"elsewhere": hubtest.Redirect(302, "https://elsewhere.invalid/"), "html": hubtest.Text("<html>"), "silent": hubtest.Silent(),
	}
	for _, status := range []int{200, 302, 400, 401, 403, 404, 418, 429, 500, 503} {
		modes[fmt.Sprintf("parrot %d", status)] = parrot(status)
	}
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hub := hubtest.New(t)
			repo := hub.Add("org/m", map[string][]byte{"config.json": []byte(tinyConfig)}, hubtest.Private())
			if name != "bad token" {
				hub.Allow(leaktest.Hub, "org/m")
			}
			client, _ := dial(t, hub, withToken(leaktest.Hub), func(s *Settings) { s.Timeout, s.Deadline = 300*time.Millisecond, time.Second })
			if mode != nil {
				hub.Break("hub", "", -1, mode)
			}
			ctx, errs := t.Context(), 0
			saw := func(things any, err error) {
				leaktest.Saw("an error of hfhub", err)
				leaktest.Saw("an answer of hfhub", things)
				if err != nil {
					errs++
				}
			}
			for _, id := range []string{"org/m", "org/none"} {
				info, err := client.Info(ctx, id, "")
				saw(info, err)
				file, err := client.File(ctx, id, repo.Commit(), "config.json", 1<<20)
				saw(file, err)
				span, err := client.Range(ctx, id, repo.Commit(), "config.json", 0, 10)
				saw(span, err)
				gguf, err := client.GGUF(ctx, id, repo.Commit(), "x.gguf", true)
				saw(gguf, err)
				model, err := NewResolver(client).Model(ctx, id, "")
				saw(model, err)
			}
			found, err := client.Search(ctx, "m", 5)
			saw(found, err)
			require.Positive(t, errs)
		})
	}
	for _, endpoint := range []string{"http://mirror.example", "https://" + leaktest.Password + "@mirror.example", "ftp://x", "https://u:" + leaktest.Password + "@h", "https://u:" + leaktest.Password + "@h:port", "https://h?token=" + leaktest.Password} {
		_, err := New(Settings{Endpoint: endpoint, Token: leaktest.Hub})
		require.Error(t, err)
		leaktest.Saw("an error of hfhub", err)
	}
}
