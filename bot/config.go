package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"membot/commands"
)

// maxConfig is the longest config.json that is read, bytes.
const maxConfig = 4 << 20

// ask answers a question; where its line names a config.json by path or
// address, as only a terminal may, the file goes with it.
func ask(ctx context.Context, from commands.Answerer, q commands.Question) commands.Answer {
	for word := range strings.FieldsSeq(q.Text) {
		if q.Config != nil || !strings.HasSuffix(strings.ToLower(word), ".json") {
			continue
		}
		config, err := readConfig(ctx, word)
		if err != nil {
			return commands.Answer{Error: noConfig(q.Lang, word)}
		}
		q.Config = config
	}
	return from.Answer(ctx, q)
}

func noConfig(lang, word string) *commands.Refusal {
	w := commands.Words(lang)
	return &commands.Refusal{
		Code: commands.NoConfig, Text: w.Text("failure.unreadable", "file", word),
		Advice: w.Text("advice.no_config"), DidYouMean: []string{},
	}
}

// readConfig reads a file or an address; a page of the Hub is left to the Hub's
// own client, which knows how to ask.
func readConfig(ctx context.Context, name string) ([]byte, error) {
	if strings.HasPrefix(name, "https://huggingface.co/") || strings.HasPrefix(name, "https://hf.co/") {
		return nil, nil
	}
	if strings.HasPrefix(name, "http://") || strings.HasPrefix(name, "https://") {
		return fetchConfig(ctx, name)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return bounded(file)
}

func fetchConfig(ctx context.Context, address string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, err
	}
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer reply.Body.Close()
	if reply.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("read %s: status %d", address, reply.StatusCode)
	}
	return bounded(reply.Body)
}

func bounded(from io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(from, maxConfig+1))
	if err == nil && len(data) > maxConfig {
		err = fmt.Errorf("longer than %d bytes", maxConfig)
	}
	return data, err
}
