package discordtest

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/gorilla/websocket"
)

// maxPacket is the largest packet a bot may send, in bytes.
const maxPacket = 4096

// privileged are the intents that need Discord's leave.
const privileged = 1<<1 | 1<<8 | 1<<15

// read serves one connection until it is over, and returns its session.
func (g *Gateway) read(s *session, conn *websocket.Conn) *session {
	for {
		_, data, err := conn.ReadMessage()
		if err != nil {
			return s
		}
		if len(data) > maxPacket {
			g.d.violate("gateway: a packet of %d bytes", len(data))
		}
		var p struct {
			Op   int             `json:"op"`
			Data json.RawMessage `json:"d"`
		}
		if json.Unmarshal(data, &p) != nil {
			s.close(4002)
			return s
		}
		switch p.Op {
		case 1:
			g.heartbeat(s)
		case 2:
			if !g.identify(s, p.Data) {
				return s
			}
		case 6:
			s = g.resume(s, conn, p.Data)
		}
	}
}

func (g *Gateway) heartbeat(s *session) {
	g.mu.Lock()
	g.stats.Heartbeats++
	mute := g.mute
	g.mu.Unlock()
	if !mute {
		s.send(packet{Op: 11})
	}
}

// next takes what the connection is to meet instead of a session.
func (g *Gateway) next() string {
	if len(g.plan) == 0 {
		return ""
	}
	what := g.plan[0]
	g.plan = g.plan[1:]
	return what
}

// meets are the packets a connection may meet first.
var meets = map[string]packet{"op7": {Op: 7}, "op9": {Op: 9, Data: false}, "op9resumable": {Op: 9, Data: true}}

func (g *Gateway) identify(s *session, data json.RawMessage) bool {
	var who struct {
		Token   string `json:"token"`
		Intents int    `json:"intents"`
		Shard   []int  `json:"shard"`
	}
	_ = json.Unmarshal(data, &who) // what is missing is refused below
	g.mu.Lock()
	g.stats.Identifies++
	code, first := g.closeAs, g.next()
	g.changedLocked()
	g.mu.Unlock()
	if who.Intents&privileged != 0 {
		g.d.violate("gateway: asks for a privileged intent (%d)", who.Intents)
		code = 4014
	}
	if who.Token != g.d.Token && who.Token != "Bot "+g.d.Token {
		code = 4004
	}
	if code != 0 {
		s.close(code)
		return false
	}
	if p, ok := meets[first]; ok {
		s.send(p)
		return true
	}
	s.id = "session-" + g.d.id()
	g.mu.Lock()
	g.sessions[s.id], g.live[s] = s, true
	g.mu.Unlock()
	s.dispatch("READY", g.ready(s))
	s.dispatch("GUILD_CREATE", map[string]any{
		"id": g.guild, "name": "a server", "unavailable": false, "member_count": 2, "channels": []any{}, "members": []any{},
		"roles": []any{}, "emojis": []any{}, "features": []any{}, "presences": []any{}, "voice_states": []any{}, "threads": []any{},
		"stickers": []any{}, "stage_instances": []any{}, "guild_scheduled_events": []any{}, "soundboard_sounds": []any{}, "owner_id": g.d.BotID,
		"afk_timeout": 300, "premium_tier": 0, "preferred_locale": "en-US", "verification_level": 0, "default_message_notifications": 0,
		"explicit_content_filter": 0, "mfa_level": 0, "system_channel_flags": 0, "nsfw_level": 0, "premium_progress_bar_enabled": false, "joined_at": "2020-01-01T00:00:00Z", "large": false,
	})
	g.mu.Lock()
	g.changedLocked()
	g.mu.Unlock()
	return true
}

// resumesAt is the gateway's other address.
func (d *Discord) resumesAt() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.resumes.URL
}

func (g *Gateway) ready(s *session) map[string]any {
	own := "ws" + strings.TrimPrefix(g.d.resumesAt(), "http") + "/gateway-resume/" // another host and path than the first
	g.mu.Lock()
	url := cmp.Or(g.resumeAt, own)
	g.mu.Unlock()
	return map[string]any{
		"v": 10, "user": g.d.botUser(), "session_id": s.id, "resume_gateway_url": url, "session_type": "normal",
		"guilds": []any{map[string]any{"id": g.guild, "unavailable": true}}, "private_channels": []any{}, "relationships": []any{},
		"application": map[string]any{"id": g.d.AppID, "flags": 0}, "shard": []int{0, 1},
	}
}

// resume continues a session with what it missed, or refuses.
func (g *Gateway) resume(s *session, conn *websocket.Conn, data json.RawMessage) *session {
	var from struct {
		Session string `json:"session_id"`
		Seq     int64  `json:"seq"`
	}
	_ = json.Unmarshal(data, &from) // an unknown session is refused below
	g.mu.Lock()
	old, known := g.sessions[from.Session]
	first := g.next()
	refused := g.refuse || !known
	if refused {
		g.stats.Refused++
		delete(g.sessions, from.Session)
	}
	g.changedLocked()
	g.mu.Unlock()
	if p, ok := meets[first]; ok {
		s.send(p)
		return s
	}
	if refused {
		s.send(packet{Op: 9, Data: false})
		return s
	}
	s.mu.Lock()
	s.conn = nil
	s.mu.Unlock()
	old.mu.Lock()
	old.conn = conn
	for _, p := range old.log {
		if *p.Seq > from.Seq {
			old.writeLocked(p)
		}
	}
	old.mu.Unlock()
	old.dispatch("RESUMED", map[string]any{})
	g.mu.Lock()
	g.live[old] = true
	g.stats.Resumes++
	if s.there {
		g.stats.ResumedThere++
	}
	g.changedLocked()
	g.mu.Unlock()
	return old
}
