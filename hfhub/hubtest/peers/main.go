// Command peers counts what other clients of the Hub ask for the same answer:
// see the README beside it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"membot/hfhub"
	"membot/hfhub/hubtest"
)

// question is one model to be read, by us and by a peer's command.
type question struct {
	name, id, path string
	peers          []string // commands under $PEERS
}

func main() {
	hub := hubtest.Start()
	defer hub.Close()
	fill(hub)
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		fmt.Println(hub.URL())
		select {}
	}
	fmt.Printf("%-22s %-28s %8s %10s %8s  %s\n", "model", "client", "requests", "bytes", "ms", "answer")
	for _, q := range questions {
		row(hub, q, "membot", func() string { return ours(hub.URL(), q) })
		for _, peer := range q.peers {
			row(hub, q, peer, func() string { return theirs(hub.URL(), peer, q) })
		}
	}
}

var (
	node = []string{"safetensors.mjs"}
	gguf = []string{"gguf.mjs", "gguf-parser"}
)

var questions = []question{
	{"single", "org/single", "", node},
	{"two shards", "org/two", "", node},
	{"195 KB header", "org/long", "", node},
	{"99,996 byte header", "org/border", "", node},
	{"AWQ", "org/awq", "", node},
	{"renamed", "org/old", "", node},
	{"gated, anonymous", "org/gated", "", node},
	{"missing", "org/none", "", node},
	{"163 shards", "org/many", "", node},
	{"GGUF, 20k tokens", "org/gguf20k", "model-Q4_K_M.gguf", gguf},
	{"GGUF, 250k tokens", "org/gguf250k", "model-Q4_K_M.gguf", gguf},
}

// row resets the log, asks, and prints what it cost.
func row(hub *hubtest.Hub, q question, client string, ask func() string) {
	hub.Reset()
	start := time.Now()
	answer := ask()
	took := time.Since(start)
	fmt.Printf("%-22s %-28s %8d %10d %8d  %s\n", q.name, client, hub.Count(""), hub.Bytes(), took.Milliseconds(), answer)
}

func ours(url string, q question) string {
	client, err := hfhub.New(hfhub.Settings{Endpoint: url})
	if err != nil {
		return err.Error()
	}
	defer client.Close()
	info, err := client.Info(context.Background(), q.id, "")
	if err != nil {
		return err.Error()
	}
	w, err := client.Tensors(context.Background(), info, hfhub.TensorOptions{})
	if err != nil {
		return err.Error()
	}
	var parts []string
	for _, d := range w.DTypes {
		parts = append(parts, fmt.Sprintf("%s %d", d.Name, d.Parameters))
	}
	return strings.Join(parts, ", ")
}

// theirs runs a peer's command with the Hub's address, the id and the path.
func theirs(url, peer string, q question) string {
	at := os.Getenv("PEERS") + "/" + peer
	command := []string{at, url, q.id, q.path}
	if strings.HasSuffix(peer, ".mjs") {
		command = append([]string{"node"}, command...)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, command[0], command[1:]...).CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) || os.IsNotExist(err) {
		return "not installed"
	}
	return strings.Join(strings.Fields(string(out)), " ")
}
