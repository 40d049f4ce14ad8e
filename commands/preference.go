package commands

import (
	"context"
	"maps"
	"slices"
	"strings"

	"membot/estimator"
)

// Preferences keeps what users and servers set with /settings, by the keys of
// [PreferenceRows]. It may fail: questions are answered with the defaults then.
type Preferences interface {
	// Preferences returns what a holder has set; nothing set is empty.
	Preferences(ctx context.Context, h Holder) (map[string]string, error)
	// SetPreferences replaces what a holder has set; empty forgets it.
	SetPreferences(ctx context.Context, h Holder, set map[string]string) error
}

// Holder is whose settings are meant: a user's, or a server's.
type Holder struct {
	ID     string
	Server bool
}

// Asker is who asks and where; the zero value is somebody in a terminal, who
// has no settings.
type Asker struct {
	User, Guild string // ids; Guild is empty outside of servers
	Manages     bool   // may change the server's settings
}

// Chosen is what the settings of an asker come to: their own over the server's.
// The zero value is nothing set.
type Chosen struct {
	Lang     string // "en" or "zh-CN"
	Private  string // "on" or "off"
	Defaults []Setting
}

// ChosenBy reads what holds for an asker. What cannot be read counts as not set.
func ChosenBy(ctx context.Context, kept Preferences, who Asker) Chosen {
	var c Chosen
	if kept == nil {
		return c
	}
	merged := map[string]string{}
	for _, h := range []Holder{{who.Guild, true}, {who.User, false}} {
		if h.ID == "" {
			continue
		}
		set, err := kept.Preferences(ctx, h)
		if err != nil {
			continue // the store says so itself
		}
		maps.Copy(merged, set)
	}
	for i := range preferenceRows {
		row := &preferenceRows[i]
		value, bad := row.read(merged[row.Key])
		if bad != nil {
			continue // not set, or kept by a version that knew more values
		}
		switch row.Key {
		case "lang":
			c.Lang = value
		case "private":
			c.Private = value
		default:
			c.Defaults = append(c.Defaults, Setting{row.Key, value})
		}
	}
	return c
}

// PreferenceRow is one key of /settings.
type PreferenceRow struct {
	Key     string
	Values  []string // all there are; empty for those of the option of the same name
	Number  bool     // takes a whole number
	English string
	Chinese string

	read func(value string) (string, *valueError)
}

// PreferenceRows lists what can be set: parser, help and slash command read
// this table.
func PreferenceRows() []PreferenceRow { return preferenceRows }

var preferenceRows = []PreferenceRow{
	{Key: "gpu", English: "the card of questions that name none", Chinese: "没写显卡时用哪张", read: asOption("gpu")},
	{Key: "gpus", Number: true, English: "how many GPUs where a question does not say", Chinese: "没写数量时用几张卡", read: asOption("gpus")},
	{
		Key: "lang", Values: []string{English, Chinese}, English: "the language of the answers", Chinese: "用哪种语言回答",
		read: oneNamed([]string{English, Chinese}, map[string]string{"zh": Chinese, "cn": Chinese, "chinese": Chinese, "中文": Chinese, "english": English, "英文": English}),
	},
	{
		Key: "private", Values: []string{"on", "off"}, English: "only the asker sees the answers to slash commands", Chinese: "斜杠命令的回答是否仅提问者可见",
		read: oneNamed([]string{"on", "off"}, map[string]string{"true": "on", "yes": "on", "false": "off", "no": "off", "开": "on", "关": "off"}),
	},
}

// asOption reads a value as the option of the same name does, in the range that
// a plan may have.
func asOption(key string) func(string) (string, *valueError) {
	return func(value string) (string, *valueError) {
		o, _ := findOption(key)
		var p estimator.Plan
		canonical, bad := o.read(value, &p)
		if bad != nil {
			return "", bad
		}
		if wrong, ok := planError(p.Validate()); ok {
			return "", &valueError{want: wrong.Want, near: wrong.Near}
		}
		return canonical, nil
	}
}

// oneNamed reads one of several names, in any case, or another word for it.
func oneNamed(names []string, also map[string]string) func(string) (string, *valueError) {
	return func(value string) (string, *valueError) {
		for _, name := range names {
			if strings.EqualFold(name, value) {
				return name, nil
			}
		}
		if name, ok := also[value]; ok {
			return name, nil
		}
		return "", oneOf(value, names)
	}
}

func findPreference(key string) (*PreferenceRow, bool) {
	i := slices.IndexFunc(preferenceRows, func(row PreferenceRow) bool { return row.Key == key })
	if i < 0 {
		return nil, false
	}
	return &preferenceRows[i], true
}
