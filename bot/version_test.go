package main

import (
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBuildVersion(t *testing.T) {
	set := func(rev, modified string) []debug.BuildSetting {
		return []debug.BuildSetting{{Key: "vcs.revision", Value: rev}, {Key: "vcs.modified", Value: modified}}
	}
	rows := []struct {
		name string
		info debug.BuildInfo
		want string
	}{
		{"a tagged module", debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}}, "v1.2.3"},
		{"a checkout", debug.BuildInfo{Main: debug.Module{Version: "(devel)"}, Settings: set("0123456789abcdef", "false")}, "devel-0123456789ab"},
		{"a changed checkout", debug.BuildInfo{Settings: set("0123456789abcdef", "true")}, "devel-0123456789ab-dirty"},
		{"nothing recorded", debug.BuildInfo{}, "devel"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) { require.Equal(t, row.want, buildVersion(&row.info)) })
	}
	require.NotEmpty(t, Version())
}
