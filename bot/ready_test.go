package main

import (
	"encoding/hex"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"membot/bot/discord/discordtest"
	"membot/hfhub/hubtest"
)

// status is the status of a page of the operations address.
func (r *running) status(path string) int {
	r.t.Helper()
	res, err := http.Get(r.ops + path)
	require.NoError(r.t, err)
	defer res.Body.Close()
	return res.StatusCode
}

// TestReadiness: what answers over HTTP is ready whatever becomes of the gateway,
// even where Discord refuses the token for good; what has the gateway alone is
// ready while it is connected. The gateway's state is in the metrics either way.
func TestReadiness(t *testing.T) {
	const ready, down = `membot_gateway_shards{state="ready"} 1`, `membot_gateway_shards{state="down"} 1`
	for name, row := range map[string]struct {
		token, http bool
		refusal     int // of every identify; 0: none
		status      int
		metric      string
	}{
		"gateway alone":                       {token: true, status: 200},
		"gateway alone, down":                 {token: true, refusal: 4000, status: 503, metric: down},
		"HTTP alone":                          {http: true, status: 200},
		"both":                                {token: true, http: true, status: 200},
		"both, gateway down":                  {token: true, http: true, refusal: 4000, status: 200, metric: down},
		"both, the gateway refused the token": {token: true, http: true, refusal: 4004, status: 200, metric: down},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hub, d := hubtest.New(t), discordtest.New(t)
			addModel(hub, "acme/ready")
			vars := map[string]string{"HF_ENDPOINT": hub.URL(), "DISCORD_APP_ID": d.AppID, "DISCORD_API_URL": d.URL}
			if row.token {
				maps.Copy(vars, map[string]string{"DISCORD_TOKEN": d.Token})
			}
			if row.http {
				maps.Copy(vars, map[string]string{"DISCORD_PUBLIC_KEY": hex.EncodeToString(d.PublicKey)})
			}
			if row.refusal != 0 {
				d.Gateway.RefuseIdentify(row.refusal)
			}
			r := startServing(t, vars)
			require.Eventually(t, func() bool { return r.status("/readyz") == row.status }, time.Minute, 10*time.Millisecond)
			if row.refusal != 0 {
				require.Eventually(t, func() bool { return containsAny(r.log.String(), "gateway connection over", "no gateway;") }, time.Minute, 10*time.Millisecond)
				require.Equal(t, row.status, r.status("/readyz"), "after a refusal too")
			}
			metrics := r.get("/metrics")
			require.Contains(t, metrics, row.metric)
			require.Equal(t, row.token, containsAny(metrics, ready, down), "%s", metrics)
			require.Equal(t, http.StatusOK, r.status("/healthz"))
			if row.http {
				d.UseHTTP(r.http + "/interactions")
				asked := d.Human("ann").Slash("mem", discordtest.Option{Name: "model", Value: "acme/ready"})
				require.Contains(t, asked.Answer().Text(), "GiB")
			}
		})
	}
}

func containsAny(text string, parts ...string) bool {
	for _, part := range parts {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}
