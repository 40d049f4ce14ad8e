package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/textproto"
)

// A body is a request's bytes and their type; they are made once, so that a
// second attempt sends the same.
type body struct {
	data []byte
	kind string
}

func jsonBody(value any) (body, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return body{}, fmt.Errorf("encode request: %w", err)
	}
	return body{data: data, kind: "application/json"}, nil
}

// withFiles wraps a payload and files as Discord wants them: payload_json, then
// files[n].
func withFiles(payload any, files []file) (body, error) {
	plain, err := jsonBody(payload)
	if err != nil || len(files) == 0 {
		return plain, err
	}
	var out bytes.Buffer
	form := multipart.NewWriter(&out)
	if err := addPart(form, `form-data; name="payload_json"`, "application/json", plain.data); err != nil {
		return body{}, err
	}
	for n, f := range files {
		disposition := fmt.Sprintf(`form-data; name="files[%d]"; filename=%q`, n, f.name)
		if err := addPart(form, disposition, f.kind, f.data); err != nil {
			return body{}, err
		}
	}
	if err := form.Close(); err != nil {
		return body{}, fmt.Errorf("encode files: %w", err)
	}
	return body{data: out.Bytes(), kind: form.FormDataContentType()}, nil
}

func addPart(form *multipart.Writer, disposition, kind string, data []byte) error {
	part, err := form.CreatePart(textproto.MIMEHeader{"Content-Disposition": {disposition}, "Content-Type": {kind}})
	if err == nil {
		_, err = part.Write(data)
	}
	if err != nil {
		return fmt.Errorf("encode files: %w", err)
	}
	return nil
}

// payload is a response on the wire.
type payload struct {
	Type int `json:"type"`
	Data any `json:"data,omitempty"`
}

// wire turns a response into what Discord reads.
func (r Response) wire() payload {
	switch r.Type {
	case respondAutocomplete:
		choices := r.Choices
		if choices == nil {
			choices = []Choice{}
		}
		return payload{Type: r.Type, Data: map[string]any{"choices": choices}}
	case respondDefer:
		if r.ephemeral() {
			return payload{Type: r.Type, Data: map[string]int{"flags": flagEphemeral}}
		}
	case respondMessage, respondUpdate:
		return payload{Type: r.Type, Data: r.Message}
	}
	return payload{Type: r.Type}
}

func (r *rest) callback(ctx context.Context, i *Interaction, response Response) error {
	var files []file
	if response.Message != nil {
		files = response.Message.files
	}
	b, err := withFiles(response.wire(), files)
	if err != nil {
		return err
	}
	return r.call(ctx, routeCallback, "callback/"+i.ID, map[string]string{"id": i.ID, "token": i.Token}, b, nil)
}

func (r *rest) edit(ctx context.Context, i *Interaction, m *Message) error {
	b, err := withFiles(m, m.files)
	if err != nil {
		return err
	}
	return r.call(ctx, routeEdit, "hook/"+i.Token, r.hook(i), b, nil)
}

func (r *rest) followUp(ctx context.Context, i *Interaction, m *Message) error {
	b, err := withFiles(m, m.files)
	if err != nil {
		return err
	}
	return r.call(ctx, routeFollowUp, "hook/"+i.Token, r.hook(i), b, nil)
}

func (r *rest) hook(i *Interaction) map[string]string {
	return map[string]string{"app": i.ApplicationID, "token": i.Token}
}

func (r *rest) createMessage(ctx context.Context, channel string, m *Message) error {
	b, err := withFiles(m, m.files)
	if err != nil {
		return err
	}
	return r.call(ctx, routeMessage, "channel/"+channel, map[string]string{"channel": channel}, b, nil)
}

func (r *rest) typing(ctx context.Context, channel string) error {
	return r.call(ctx, routeTyping, "typing/"+channel, map[string]string{"channel": channel}, body{}, nil)
}

// gatewayInfo is where to connect, and how.
type gatewayInfo struct {
	URL    string `json:"url"`
	Shards int    `json:"shards"`
	Start  struct {
		Remaining   *int  `json:"remaining"`
		ResetAfter  int64 `json:"reset_after"` // milliseconds
		Concurrency int   `json:"max_concurrency"`
	} `json:"session_start_limit"`
}

func (r *rest) gateway(ctx context.Context) (gatewayInfo, error) {
	var info gatewayInfo
	err := r.call(ctx, routeGatewayBot, "gateway", nil, body{}, &info)
	if refused, ok := asAPIError(err); ok && refused.Status == 404 { // a proxy that knows only the plain route
		err = r.call(ctx, routeGateway, "gateway", nil, body{}, &info)
	}
	return info, err
}
