package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"membot/commands"
)

// configLine is the question that an attached config.json asks by itself.
const configLine = "/mem config.json"

// attachedConfig reads the first config.json among the files into the question,
// and returns which it was.
func (b *Bot) attachedConfig(ctx context.Context, files []ReceivedFile, q *commands.Question) (*ReceivedFile, phrase) {
	at := slices.IndexFunc(files, func(f ReceivedFile) bool { return isConfig(f.Name) })
	if at < 0 {
		return nil, phrase{}
	}
	f := files[at]
	if f.Bytes > maxConfigBytes {
		return nil, wordBigConfig
	}
	data, err := b.fetch(ctx, f.URL)
	if errors.Is(err, errTooLarge) {
		return nil, wordBigConfig
	}
	if err != nil {
		b.log.WarnContext(ctx, "cannot read an attached config.json", "error", err)
		return nil, wordBadConfig
	}
	if !json.Valid(data) {
		return nil, wordNotJSON
	}
	q.Config = data
	return &f, phrase{}
}

// withConfig names the attached file as the model of a line that names none.
func withConfig(line string) string {
	words := strings.Fields(line)
	if len(words) == 0 {
		return configLine
	}
	if !strings.HasPrefix(words[0], "/") {
		return line
	}
	if len(words) == 1 || words[1] == "train" || words[1] == "infer" || strings.Contains(words[1], ":") {
		words = slices.Insert(words, 1, attachedConfigName)
	}
	return strings.Join(words, " ")
}

// lacksConfig reports whether a line names the attached file though none is
// there, so that the Hub is not asked for a model of that name.
func lacksConfig(q commands.Question) bool {
	words := strings.Fields(q.Text)
	return q.Config == nil && len(words) > 1 && slices.Contains(sizing, words[0]) && slices.Contains(words[1:], attachedConfigName)
}

// sizing are the commands that a model is named to.
var sizing = []string{"/mem", "/fit", "/compare", "/explain"}

func isConfig(name string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, ".json") && strings.Contains(name, "config")
}

// keepConfig attaches the file to the answer, so that its buttons can read it
// again: nothing else holds it, before or after a restart.
func keepConfig(m *Message, config []byte) {
	if m == nil || config == nil || !m.stateful() {
		return
	}
	m.files = append(m.files, file{name: attachedConfigName, kind: "application/json", data: config})
	m.Attachments = append(m.Attachments, Attachment{ID: fmt.Sprint(len(m.files) - 1), Filename: attachedConfigName})
}

var errTooLarge = errors.New("file too large")

// attachmentHosts are where Discord keeps what people attach.
var attachmentHosts = []string{"cdn.discordapp.com", "media.discordapp.net"}

// fetch reads a file from Discord's own store, or from the host of the
// configured interface when that is another (a proxy, a test); from nowhere
// else, because an address in a payload is somebody's claim.
func (b *Bot) fetch(ctx context.Context, address string) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("fetch attachment: bad address")
	}
	if !slices.Contains(attachmentHosts, u.Host) || u.Scheme != "https" {
		api, err := url.Parse(b.cfg.APIURL)
		if err != nil || api.Host != u.Host || api.Scheme != u.Scheme || b.cfg.APIURL == PublicAPI {
			return nil, errors.New("fetch attachment: not one of Discord's hosts")
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, errors.New("fetch attachment: bad address")
	}
	reply, err := b.rest.http.GetClient().Do(request)
	if err != nil {
		return nil, errors.New("fetch attachment: no reply") // the address holds a signature
	}
	defer reply.Body.Close()
	if reply.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetch attachment: status %d", reply.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(reply.Body, maxConfigBytes+1))
	if err != nil {
		return nil, errors.New("fetch attachment: broken off")
	}
	if int64(len(data)) > maxConfigBytes {
		return nil, errTooLarge
	}
	return data, nil
}
