package discordtest

import (
	"encoding/json"
	"net/http"
	"time"
)

// ackWithin is how long an interaction waits for its first response, in time that
// this process has run: a machine that stands still is not the bot's fault.
const ackWithin = 3 * time.Second

// tick is how often the time that this process runs is counted.
const tick = 50 * time.Millisecond

// run counts the time that this process runs, until stop is closed. What the
// machine does not let it count has not passed.
func (d *Discord) run(stop <-chan struct{}) {
	t := time.NewTicker(tick)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			d.ran.Add(int64(tick))
		case <-stop:
			return
		}
	}
}

// Asked is one interaction a human started, and what became of it.
type Asked struct {
	ID    string
	Token string

	d         *Discord
	by        *Human
	kind      int
	under     *Message // the message a component stands under
	sent      time.Time
	sentAt    int64 // of the time that this process has run
	acked     time.Time
	ack       int // type of the first response, 0 while there is none
	original  *Message
	follow    []*Message
	choices   []string
	refused   int // HTTP status of an endpoint that did not answer with 200
	following int // follow-ups sent
}

// postCallback takes the first response over REST.
func (d *Discord) postCallback(w http.ResponseWriter, r *http.Request, req *request) {
	d.checkCallback(req)
	d.mu.Lock()
	defer d.mu.Unlock()
	a := d.interactions[r.PathValue("token")]
	if status, code, why := d.accept(a, r.PathValue("id"), req); status != 0 {
		refuse(w, status, code, why)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// accept applies a first response, or says why not; d.mu is held.
func (d *Discord) accept(a *Asked, id string, req *request) (status, code int, why string) {
	switch {
	case a == nil || a.ID != id || time.Duration(d.ran.Load()-a.sentAt) > ackWithin:
		return http.StatusNotFound, 10062, "Unknown interaction"
	case a.ack != 0:
		return http.StatusBadRequest, 40060, "Interaction has already been acknowledged."
	}
	var said struct {
		Type int             `json:"type"`
		Data json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(req.json, &said); err != nil {
		return http.StatusBadRequest, 50035, "Invalid Form Body"
	}
	if !allowedAck[a.kind][said.Type] {
		d.violations = append(d.violations, "callback: a response of a type this interaction does not take")
		return http.StatusBadRequest, 50035, "Invalid Form Body"
	}
	if err := d.apply(a, said.Type, said.Data, req); err != nil {
		return http.StatusBadRequest, 50035, err.Error()
	}
	a.ack, a.acked = said.Type, time.Now()
	if d.forget && said.Type != 5 && said.Type != 6 {
		delete(d.interactions, a.Token)
	}
	d.changedLocked()
	return 0, 0, ""
}

// allowedAck says which responses each kind of interaction takes.
var allowedAck = map[int]map[int]bool{
	2: {4: true, 5: true, 9: true},
	3: {4: true, 5: true, 6: true, 7: true, 9: true},
	4: {8: true},
}

func (d *Discord) apply(a *Asked, kind int, data json.RawMessage, req *request) error {
	inner := &request{route: req.route, json: data, files: req.files}
	switch kind {
	case 4, 5:
		var flags struct {
			Flags int `json:"flags"`
		}
		_ = json.Unmarshal(data, &flags) // a deferral may have no data
		a.original = &Message{ID: d.id(), ChannelID: a.by.channel(), Flags: flags.Flags & (1 << 6), asker: a.by, thinking: kind == 5}
		if !d.forget {
			d.messages[a.original.ID] = a.original
		}
		if kind == 4 {
			return d.write(a.original, inner)
		}
	case 6:
		a.original = a.under
	case 7:
		a.original = a.under
		a.original.Edits++
		return d.write(a.original, inner)
	case 8:
		var offered struct {
			Choices []struct {
				Value any `json:"value"`
			} `json:"choices"`
		}
		_ = json.Unmarshal(data, &offered) // checked against the schema before
		for _, c := range offered.Choices {
			if s, ok := c.Value.(string); ok {
				a.choices = append(a.choices, s)
			}
		}
	}
	return nil
}

// patchOriginal edits the first response, which must have been sent.
func (d *Discord) patchOriginal(w http.ResponseWriter, r *http.Request, req *request) {
	d.check("/webhooks/{webhook_id}/{webhook_token}/messages/@original", "patch", req, true)
	d.mu.Lock()
	defer d.mu.Unlock()
	a := d.interactions[r.PathValue("token")]
	if a == nil || a.original == nil || r.PathValue("app") != d.AppID {
		refuse(w, http.StatusNotFound, 10015, "Unknown Webhook")
		return
	}
	if err := d.write(a.original, req); err != nil {
		refuse(w, http.StatusBadRequest, 50035, err.Error())
		return
	}
	a.original.thinking = false
	a.original.Edits++
	if d.forget {
		delete(d.interactions, a.Token)
	}
	d.changedLocked()
	reply(w, http.StatusOK, a.original.payload(d))
}

func (d *Discord) getOriginal(w http.ResponseWriter, r *http.Request, _ *request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a := d.interactions[r.PathValue("token")]
	if a == nil || a.original == nil {
		refuse(w, http.StatusNotFound, 10015, "Unknown Webhook")
		return
	}
	reply(w, http.StatusOK, a.original.payload(d))
}

// postFollowUp adds a message; the first one after "thinking…" becomes the
// answer instead.
func (d *Discord) postFollowUp(w http.ResponseWriter, r *http.Request, req *request) {
	d.check("/webhooks/{webhook_id}/{webhook_token}", "post", req, true)
	d.mu.Lock()
	defer d.mu.Unlock()
	a := d.interactions[r.PathValue("token")]
	if a == nil || a.ack == 0 || r.PathValue("app") != d.AppID {
		refuse(w, http.StatusNotFound, 10015, "Unknown Webhook")
		return
	}
	m := &Message{ID: d.id(), ChannelID: a.by.channel(), asker: a.by}
	if a.original != nil && a.original.thinking {
		m, m.thinking = a.original, false
	} else {
		var flags struct {
			Flags int `json:"flags"`
		}
		_ = json.Unmarshal(req.json, &flags) // read again below
		m.Flags = flags.Flags & (1 << 6)
		a.follow = append(a.follow, m)
		d.messages[m.ID] = m
	}
	if a.following++; a.following > 5 {
		d.violations = append(d.violations, "followup: more than five for one interaction")
	}
	if err := d.write(m, req); err != nil {
		refuse(w, http.StatusBadRequest, 50035, err.Error())
		return
	}
	d.changedLocked()
	reply(w, http.StatusOK, m.payload(d))
}
