package commands

import (
	"errors"
	"strings"

	"membot/estimator"
)

// wish is what a /settings line asks for: nothing more than to see what is set,
// to forget it all, or to change some of it.
type wish struct {
	server bool // the server's settings, not the asker's own
	reset  bool
	set    []Setting // an empty value forgets the key
}

// Words of a /settings line.
const (
	scopeKey  = "scope"
	serverIs  = "server"
	mineIs    = "mine"
	resetWord = "reset"
	byDefault = "default" // the value that forgets a key
)

// scopes of settings, as they may be typed.
var settingsScopes = oneNamed([]string{mineIs, serverIs}, map[string]string{
	"me": mineIs, "user": mineIs, "own": mineIs, "我": mineIs, "guild": serverIs, "here": serverIs, "服务器": serverIs,
})

// settingsAliases are other names of the keys of /settings.
var settingsAliases = map[string]string{"language": "lang", "语言": "lang", "显卡": "gpu", "count": "gpus"}

// readWish reads what follows /settings.
func readWish(rest string) (wish, *Refused) {
	p := parser{words: append([]string{"/settings"}, strings.Fields(rest)...), seen: map[string]bool{}}
	var w wish
	for p.at = 1; p.at < len(p.words); p.at++ {
		key, value, ok := cutOption(p.words[p.at])
		switch {
		case ok:
			if refused := p.wish(&w, key, value); refused != nil {
				return w, refused
			}
		case strings.EqualFold(p.words[p.at], resetWord):
			w.reset = true
		default:
			return w, p.strayWish(p.words[p.at])
		}
	}
	if w.reset && len(w.set) > 0 {
		return w, refuse(BadRequest, "settings_reset").meant("/settings reset")
	}
	return w, nil
}

func (p *parser) strayWish(word string) *Refused {
	refused := refuse(BadRequest, "stray_word", "word", shorten(word))
	if nearest(strings.ToLower(word), []string{resetWord}) != "" {
		return refused.meant(p.replaced(p.at, resetWord))
	}
	return refused.meant(p.without(p.at), "/settings gpu:4090")
}

// wish takes one key:value of the line.
func (p *parser) wish(w *wish, key, value string) *Refused {
	for _, aliases := range []map[string]string{keyAliases, settingsAliases} {
		if alias, ok := aliases[key]; ok {
			key = alias
		}
	}
	read := settingsScopes
	if key != scopeKey {
		row, ok := findPreference(key)
		if !ok {
			return p.unknownPreference(key, value)
		}
		read = row.read
	}
	if p.seen[key] {
		return refuse(BadValue, "twice", "key", key).meant(p.without(p.at))
	}
	p.seen[key] = true
	if value == byDefault && key != scopeKey {
		w.set = append(w.set, Setting{key, ""})
		return nil
	}
	canonical, bad := read(value)
	if bad != nil {
		refused := refuse(BadValue, "bad_value", "key", key, "value", shorten(value), "want", bad.want)
		if bad.near != "" {
			refused = refused.meant(p.replaced(p.at, key+":"+bad.near))
		}
		return refused
	}
	if key == scopeKey {
		w.server = canonical == serverIs
		return nil
	}
	w.set = append(w.set, Setting{key, canonical})
	return nil
}

func (p *parser) unknownPreference(key, value string) *Refused {
	keys := []string{scopeKey}
	for _, row := range preferenceRows {
		keys = append(keys, row.Key)
	}
	refused := refuse(UnknownOption, "unknown_setting", "key", shorten(key), "keys", strings.Join(keys[1:], ", "))
	if near := nearest(key, keys); near != "" {
		refused = refused.meant(p.replaced(p.at, near+":"+value))
	}
	return refused.meant("/help settings")
}

// line is the wish in canonical form.
func (w wish) line() string {
	words := []string{"/settings"}
	if w.server {
		words = append(words, scopeKey+":"+serverIs)
	}
	if w.reset {
		words = append(words, resetWord)
	}
	for i := range preferenceRows {
		for _, s := range w.set {
			if s.Key == preferenceRows[i].Key {
				words = append(words, s.Key+":"+either(s.Value, byDefault))
			}
		}
	}
	return strings.Join(words, " ")
}

func planError(err error) (*estimator.PlanError, bool) {
	return errors.AsType[*estimator.PlanError](err)
}
