package deploytest

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"membot/bot/ops"
	"membot/commands"
	"membot/hfhub/leaktest"
)

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(deploy, name))
	require.NoError(t, err)
	return string(data)
}

// TestUnit asks systemd itself, and holds what makes the unit safe.
func TestUnit(t *testing.T) {
	unit := read(t, "systemd/membot.service")
	for _, line := range []string{"DynamicUser=yes", "StateDirectory=membot", "NoNewPrivileges=yes", "ProtectSystem=strict", "Restart=always"} {
		require.Contains(t, unit, "\n"+line+"\n")
	}
	for _, secret := range []string{"DISCORD_TOKEN", "HF_TOKEN", "MEMBOT_ASK_TOKEN"} {
		require.Contains(t, unit, "LoadCredential="+secret+":")
	}
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("skipped: systemd-analyze is not installed (Debian: systemd)")
	}
	// The binary is not installed here; another stands in for it.
	path := filepath.Join(t.TempDir(), "membot.service")
	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(unit, "/usr/local/bin/membot", "/bin/true", 1)), 0o600))
	var said bytes.Buffer
	cmd := exec.CommandContext(t.Context(), analyze, "verify", path)
	cmd.Stdout, cmd.Stderr = &said, &said
	require.NoError(t, cmd.Run(), said.String())
	require.NotContains(t, said.String(), "membot.service:", "no warning about the unit")
}

// known are the metrics that the process has.
func known(t *testing.T) map[string]bool {
	t.Helper()
	m := ops.NewMetrics("v1")
	m.HubCall("api", 200, time.Second)
	m.HubQuota("api", 1)
	m.CacheRead("store", "hit")
	m.Gateway("ready", 1)
	m.Waited("hub", time.Second)
	m.Interaction("command", "answered", time.Second)
	m.Request("callback", 200, time.Second)
	m.Limited("user")
	m.StoreError("get")
	ops.Observe(nobody{}, m, leaktest.Log()).Answer(t.Context(), commands.Question{})
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	names := map[string]bool{"up": true}
	for _, match := range regexp.MustCompile(`(?m)^([a-z_]+)[ {]`).FindAllStringSubmatch(w.Body.String(), -1) {
		names[match[1]] = true
	}
	return names
}

type nobody struct{}

func (nobody) Answer(context.Context, commands.Question) commands.Answer { return commands.Answer{} }

var metricName = regexp.MustCompile(`\b(?:membot|go|process)_[a-z_]+\b`)

func checkExpression(t *testing.T, names map[string]bool, expression string) {
	t.Helper()
	require.NotEmpty(t, expression)
	for _, pair := range []string{"()", "[]", "{}"} {
		require.Equal(t, strings.Count(expression, pair[:1]), strings.Count(expression, pair[1:]), expression)
	}
	for _, name := range metricName.FindAllString(expression, -1) {
		require.True(t, names[name], "%s is no metric of membot: %s", name, expression)
	}
}

func TestDashboardShowsMetricsThatExist(t *testing.T) {
	var board struct {
		Title  string `json:"title"`
		Panels []struct {
			ID      int    `json:"id"`
			Title   string `json:"title"`
			GridPos struct {
				X, Y, W, H int
			} `json:"gridPos"`
			Targets []struct {
				Expr string `json:"expr"`
			} `json:"targets"`
		} `json:"panels"`
	}
	text := read(t, "grafana/membot.json")
	require.NoError(t, json.Unmarshal([]byte(text), &board))
	names, shown := known(t), map[string]bool{}
	for _, p := range board.Panels {
		require.LessOrEqual(t, p.GridPos.X+p.GridPos.W, 24, p.Title)
		for _, target := range p.Targets {
			checkExpression(t, names, target.Expr)
		}
	}
	for _, name := range metricName.FindAllString(text, -1) {
		shown[strings.TrimSuffix(name, "_bucket")] = true
	}
	for name := range names {
		base := regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(name, "")
		if strings.HasPrefix(name, "membot_") {
			require.True(t, shown[base], "%s is not on the dashboard", base)
		}
	}
}

func TestAlertsHaveMetricsAndRunbookSections(t *testing.T) {
	var rules struct {
		Groups []struct {
			Name  string `json:"name"`
			Rules []struct {
				Alert       string            `json:"alert"`
				Expr        string            `json:"expr"`
				For         string            `json:"for"`
				Labels      map[string]string `json:"labels"`
				Annotations map[string]string `json:"annotations"`
			} `json:"rules"`
		} `json:"groups"`
	}
	require.NoError(t, yaml.UnmarshalStrict([]byte(read(t, "prometheus/alerts.yaml")), &rules))
	names, runbook := known(t), read(t, "RUNBOOK.md")
	alerts := 0
	for _, rule := range rules.Groups[0].Rules {
		alerts++
		checkExpression(t, names, rule.Expr)
		require.Contains(t, []string{"page", "ticket"}, rule.Labels["severity"])
		require.NotEmpty(t, rule.Annotations["summary"])
		require.Contains(t, runbook, "\n### "+rule.Alert+"\n", "the runbook says what it means")
	}
	require.Equal(t, alerts, strings.Count(runbook, "\n### "), "no section without its alert")
}
