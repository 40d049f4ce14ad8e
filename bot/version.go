package main

import (
	"runtime/debug"
	"strings"
)

// version is set by the release build: -ldflags "-X main.version=v1.2.3".
var version string

// Version says which build this is: the release's own name, else the module
// version or the commit that Go recorded, else "devel".
func Version() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	return buildVersion(info)
}

func buildVersion(info *debug.BuildInfo) string {
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	recorded := map[string]string{}
	for _, s := range info.Settings {
		recorded[s.Key] = s.Value
	}
	commit := recorded["vcs.revision"]
	if commit == "" {
		return "devel"
	}
	name := "devel-" + commit[:min(12, len(commit))]
	if strings.EqualFold(recorded["vcs.modified"], "true") {
		name += "-dirty"
	}
	return name
}
