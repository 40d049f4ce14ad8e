package discordtest

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Gateway is Discord's websocket, with the ways it goes wrong.
type Gateway struct {
	d              *Discord
	guild, channel string

	mu       sync.Mutex
	live     map[*session]bool
	sessions map[string]*session
	plan     []string // what the next sessions meet: "op7", "op9", "op9resumable", or a close code as "close:4004"
	resumeAt string   // told to new sessions; empty: the fake's own
	closeAs  int      // every identify is closed with this code; 0: none
	refuse   bool     // resumes
	mute     bool     // heartbeats are not acknowledged
	interval time.Duration
	stats    Stats
	changed  chan struct{}
	stopped  bool
	wait     sync.WaitGroup
}

// Stats counts what bots did; ResumedThere are the resumes at the address that
// READY named for them.
type Stats struct{ Connections, Identifies, Resumes, ResumedThere, Refused, Heartbeats int }

type session struct {
	id    string
	there bool // at the address for resumes
	mu    sync.Mutex
	conn  *websocket.Conn // nil while away
	seq   int64
	log   []packet // for resumes
}

type packet struct {
	Op   int             `json:"op"`
	Data any             `json:"d"`
	Seq  *int64          `json:"s"`
	Kind *string         `json:"t"`
	Raw  json.RawMessage `json:"-"`
}

func newGateway(d *Discord) *Gateway {
	return &Gateway{
		d: d, guild: d.id(), channel: d.id(), live: map[*session]bool{}, sessions: map[string]*session{},
		interval: 30 * time.Second, changed: make(chan struct{}),
	}
}

// Stats returns the counts so far.
func (g *Gateway) Stats() Stats {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.stats
}

// Meet lines up what the next identified or resumed connection meets as its
// first packet instead of READY or RESUMED: "op7", "op9", "op9resumable".
func (g *Gateway) Meet(what ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.plan = append(g.plan, what...)
}

// RefuseIdentify closes every identifying connection with a code.
func (g *Gateway) RefuseIdentify(code int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closeAs = code
}

// RefuseResumes forgets every session, as a restarted Discord does.
func (g *Gateway) RefuseResumes(refuse bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.refuse = refuse
}

// ResumeAt sets the address that sessions from now on are told to resume at.
func (g *Gateway) ResumeAt(url string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.resumeAt = url
}

// Mute stops acknowledging heartbeats, and sets how often they are asked for
// from the next connection on.
func (g *Gateway) Mute(mute bool, interval time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.mute, g.interval = mute, interval
}

// Reconnect asks every connection to come again (op 7).
func (g *Gateway) Reconnect() { g.toAll(func(s *session) { s.send(packet{Op: 7}) }) }

// Invalidate ends every session (op 9).
func (g *Gateway) Invalidate(resumable bool) {
	g.toAll(func(s *session) { s.send(packet{Op: 9, Data: resumable}) })
}

// CloseAll closes every connection with a code.
func (g *Gateway) CloseAll(code int) {
	g.toAll(func(s *session) { s.close(code) })
}

// Break drops every connection without a word.
func (g *Gateway) Break() {
	g.toAll(func(s *session) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.conn != nil {
			_ = s.conn.NetConn().Close() // that is the point
		}
	})
}

func (g *Gateway) toAll(do func(*session)) {
	g.mu.Lock()
	var all []*session
	for s := range g.live {
		all = append(all, s)
	}
	g.mu.Unlock()
	for _, s := range all {
		do(s)
	}
}

// Live waits until so many sessions have been made or resumed in all, and at
// least one is connected.
func (g *Gateway) Live(began int, within time.Duration) bool {
	deadline := time.After(within)
	for {
		g.mu.Lock()
		ok := g.stats.Identifies+g.stats.Resumes >= began && len(g.live) > 0
		changed := g.changed
		g.mu.Unlock()
		if ok {
			return true
		}
		select {
		case <-changed:
		case <-deadline:
			return false
		}
	}
}

// Dispatch sends an event to every session; one that is away gets it when it
// resumes.
func (g *Gateway) Dispatch(kind string, data any) {
	g.mu.Lock()
	var all []*session
	for _, s := range g.sessions {
		all = append(all, s)
	}
	g.mu.Unlock()
	if len(all) == 0 {
		g.d.t.Errorf("discordtest: nobody is logged in to hear of %s", kind)
	}
	for _, s := range all {
		s.dispatch(kind, data)
	}
}

func (s *session) dispatch(kind string, data any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq++
	seq := s.seq
	p := packet{Op: 0, Data: data, Seq: &seq, Kind: &kind}
	if len(s.log) < 1000 {
		s.log = append(s.log, p)
	}
	s.writeLocked(p)
}

func (s *session) send(p packet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writeLocked(p)
}

func (s *session) writeLocked(p packet) {
	if s.conn == nil {
		return
	}
	_ = s.conn.SetWriteDeadline(time.Now().Add(5 * time.Second)) // a connection already gone shows at the next read
	_ = s.conn.WriteJSON(p)                                      // as above
}

func (s *session) close(code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != nil {
		_ = s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second)) // as above
		_ = s.conn.NetConn().Close()                                                                                         // as above
	}
}

func (g *Gateway) changedLocked() {
	close(g.changed)
	g.changed = make(chan struct{})
}

func (g *Gateway) stop() {
	g.mu.Lock()
	g.stopped = true
	g.mu.Unlock()
	g.Break()
	g.wait.Wait()
}

var upgrader = websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}

func (g *Gateway) serve(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	g.mu.Lock()
	if g.stopped {
		g.mu.Unlock()
		_ = conn.Close() // nobody is there any more
		return
	}
	g.wait.Add(1)
	g.stats.Connections++
	interval := g.interval
	g.mu.Unlock()
	defer g.wait.Done()
	if query := r.URL.Query(); query.Get("encoding") != "json" || query.Get("v") == "" {
		g.d.violate("gateway: connects with %q", r.URL.RawQuery)
	}
	s := &session{conn: conn, there: r.URL.Path == "/gateway-resume/" && strings.HasSuffix(g.d.resumesAt(), "://"+r.Host)}
	s.send(packet{Op: 10, Data: map[string]any{"heartbeat_interval": interval.Milliseconds()}})
	s = g.read(s, conn)
	g.mu.Lock()
	delete(g.live, s)
	g.changedLocked()
	g.mu.Unlock()
	s.mu.Lock()
	if s.conn == conn {
		s.conn = nil
	}
	s.mu.Unlock()
	_ = conn.Close() // it is over
}
