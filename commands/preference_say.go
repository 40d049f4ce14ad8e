package commands

import (
	"context"
	"maps"
	"strings"
)

// settings answers /settings: what is set, after what the line changes of it.
func (s *Service) settings(ctx context.Context, r *Request, w *Wording) (Answer, error) {
	if s.Preferences == nil || r.Asker.User == "" {
		return Answer{}, refuse(BadRequest, "settings_here")
	}
	wanted, refused := readWish(r.Rest)
	if refused != nil {
		return Answer{}, refused
	}
	if wanted.server {
		if refused := mayManage(r.Asker, wanted); refused != nil {
			return Answer{}, refused
		}
	}
	if err := s.change(ctx, r.Asker, wanted); err != nil {
		return Answer{}, refuse(Internal, "settings_down")
	}
	own, err := s.Preferences.Preferences(ctx, Holder{ID: r.Asker.User})
	if err != nil {
		return Answer{}, refuse(Internal, "settings_down")
	}
	if lang := own["lang"]; lang != "" {
		w = Words(lang) // what was just chosen is spoken at once
	}
	lines := append([]string{w.Text("text.settings")}, settingsText(w, "text.settings_mine", "/settings", own)...)
	if r.Asker.Guild != "" {
		shared, err := s.Preferences.Preferences(ctx, Holder{r.Asker.Guild, true})
		if err != nil {
			return Answer{}, refuse(Internal, "settings_down")
		}
		lines = append(lines, settingsText(w, "text.settings_server", "/settings scope:server", shared)...)
	}
	return Answer{Kind: "settings", Question: wanted.line(), Text: strings.Join(lines, "\n")}, nil
}

// mayManage refuses a change of a server's settings to those who may not make
// it, and outside of servers.
func mayManage(who Asker, w wish) *Refused {
	mine := w
	mine.server = false
	switch {
	case who.Guild == "":
		return refuse(BadRequest, "settings_no_server").meant(mine.line())
	case !who.Manages && (w.reset || len(w.set) > 0):
		return refuse(BadRequest, "settings_manage").meant(mine.line())
	}
	return nil
}

// change keeps what the line wants kept.
func (s *Service) change(ctx context.Context, who Asker, w wish) error {
	h := Holder{ID: who.User}
	if w.server {
		h = Holder{who.Guild, true}
	}
	switch {
	case w.reset:
		return s.Preferences.SetPreferences(ctx, h, nil)
	case len(w.set) == 0:
		return nil
	}
	before, err := s.Preferences.Preferences(ctx, h)
	if err != nil {
		return err
	}
	after := maps.Clone(before)
	if after == nil {
		after = map[string]string{}
	}
	for _, setting := range w.set {
		if after[setting.Key] = setting.Value; setting.Value == "" {
			delete(after, setting.Key)
		}
	}
	return s.Preferences.SetPreferences(ctx, h, after)
}

// settingsText is what one holder has set, as a line that sets the same.
func settingsText(w *Wording, id, lead string, set map[string]string) []string {
	var words []string
	for i := range preferenceRows {
		if value := set[preferenceRows[i].Key]; value != "" {
			words = append(words, preferenceRows[i].Key+":"+value)
		}
	}
	if len(words) == 0 {
		return []string{w.Text(id), "  " + w.Text("text.settings_none")}
	}
	return []string{w.Text(id), "  " + lead + " " + strings.Join(words, " ")}
}

// settingsHelp lists the keys of /settings.
func settingsHelp(w *Wording) []string {
	lines := []string{""}
	for i := range preferenceRows {
		row := &preferenceRows[i]
		lines = append(lines, "  "+pad(row.Key, 7)+"  "+w.in(row.English, row.Chinese))
	}
	return append(lines, "", w.Text("text.settings_help"))
}
