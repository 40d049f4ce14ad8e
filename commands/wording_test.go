package commands

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"
	"unicode"

	"membot/estimator"
	"membot/hfhub"

	"github.com/BurntSushi/toml"
	"github.com/stretchr/testify/require"
)

// messages reads a file of wording as id → text, plural forms joined to one.
func messages(t *testing.T, lang string) map[string]string {
	t.Helper()
	data, err := locales.ReadFile("locales/" + lang + ".toml")
	require.NoError(t, err)
	var tree map[string]any
	require.NoError(t, toml.Unmarshal(data, &tree))
	all := map[string]string{}
	flatten("", tree, all)
	return all
}

func flatten(prefix string, tree map[string]any, all map[string]string) {
	for key, value := range tree {
		switch v := value.(type) {
		case string:
			if key == "other" || key == "one" {
				if key == "other" {
					all[strings.TrimSuffix(prefix, ".")] = v
				}
				continue
			}
			all[prefix+key] = v
		case map[string]any:
			flatten(prefix+key+".", v, all)
		}
	}
}

var place = regexp.MustCompile(`\{\{\.\w+\}\}`)

func places(text string) []string {
	found := place.FindAllString(text, -1)
	sort.Strings(found)
	return slices.Compact(found)
}

func TestBothLanguagesSayTheSameThings(t *testing.T) {
	english, chinese := messages(t, English), messages(t, Chinese)
	for id, text := range english {
		other, ok := chinese[id]
		require.True(t, ok, "%s has no Chinese", id)
		require.Equal(t, places(text), places(other), id)
		require.NotEmpty(t, strings.TrimSpace(text), id)
		require.Equal(t, strings.Count(text, "{{"), len(place.FindAllString(text, -1)), "%s has a place that is no name", id)
	}
	for id := range chinese {
		require.Contains(t, english, id)
	}
}

// sentence is four English words in a row, of which none is a key or a formula.
var sentence = regexp.MustCompile(`(?:\b[A-Za-z][a-z']+ ){3}[a-z']+`)

// quoted is what Chinese texts may quote from programs and commands.
var quoted = regexp.MustCompile("\"[^\"]*\"|/[a-z]+ [^。；，]*|《[^》]*》")

func TestChineseIsChinese(t *testing.T) {
	for id, text := range messages(t, Chinese) {
		bare := quoted.ReplaceAllString(place.ReplaceAllString(text, ""), "")
		require.Empty(t, sentence.FindString(bare), id)
		if strings.HasPrefix(id, "method.") || id == "part.logits" {
			continue
		}
		require.True(t, strings.ContainsFunc(text, func(r rune) bool {
			return unicode.Is(unicode.Han, r) || strings.ContainsRune("，；", r) || id == "source.hub"
		}), "%s: %q", id, text)
	}
}

// Every name that an answer can carry has words.
func TestEveryNameIsWorded(t *testing.T) {
	var ids []string
	for _, name := range estimator.PartNames() {
		ids = append(ids, "part."+name.String())
	}
	for _, m := range estimator.Methods() {
		ids = append(ids, "method."+m.String())
	}
	for _, moments := range []estimator.Moments{estimator.WhileServing, estimator.WhileTraining} {
		for _, name := range moments.Names() {
			ids = append(ids, "peak."+name, "moment."+name)
		}
	}
	for _, b := range []estimator.Basis{estimator.Counted, estimator.Derived, estimator.Allowance} {
		ids = append(ids, "basis."+b.String())
	}
	for _, source := range []string{"hub", "cache", "catalogue", "file", "size", "custom"} {
		ids = append(ids, "source."+source)
	}
	for _, f := range failures {
		ids = append(ids, "failure."+f.id, "advice."+f.code)
	}
	ids = append(ids, "advice.bad_request", "advice.unknown_option", "advice.bad_value", "advice.internal")
	for _, lang := range []string{English, Chinese} {
		for _, id := range ids {
			require.True(t, Words(lang).Has(id), "%s in %s", id, lang)
		}
	}
}

// spoken finds the ids that this package's own code asks for.
var spoken = regexp.MustCompile(`\.(?:Text|Or)\((?:[\w.]+, )?"([a-z_]+(?:\.[a-z_]+)+)"|refuse\(\w+, "([a-z_]+)"`)

func TestEveryIDInTheCodeIsWorded(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	seen := 0
	for _, file := range files {
		code, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, found := range spoken.FindAllStringSubmatch(string(code), -1) {
			id := found[1]
			if id == "" {
				id = "refused." + found[2]
			}
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			seen++
			require.True(t, Words(English).Has(id), "%s: %s", file, id)
		}
	}
	require.Greater(t, seen, 30)
}

// What an option takes is said in Chinese too, whatever the option.
func TestWantsAreWorded(t *testing.T) {
	w := Words(Chinese)
	code := ""
	for _, pattern := range []string{"*.go", "../estimator/validate.go"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			code += string(data)
		}
	}
	said := regexp.MustCompile(`(?:want|Want): *(?:fmt.Sprintf\()?"([^"]+)"( \+)?`).FindAllStringSubmatch(code, -1)
	require.NotEmpty(t, said)
	for _, s := range said {
		english := strings.NewReplacer("%d", "8", "%s", "1, 2").Replace(s[1])
		if s[2] != "" { // the rest is worked out
			english += map[bool]string{true: "32 heads: 1, 2", false: "9"}[strings.Contains(s[1], "divisor")]
		}
		if !strings.Contains(english, " ") || english == "on, off" {
			continue
		}
		require.NotEqual(t, english, w.wanted(english))
	}
	require.Equal(t, "32 个头的约数：1, 2, 4", w.wanted("a divisor of 32 heads: 1, 2, 4"))
	require.Equal(t, "a, b, c", w.wanted("a, b, c"))
}

func TestHelpSaysWhatTheTablesSay(t *testing.T) {
	for _, lang := range []string{English, Chinese} {
		w := Words(lang)
		general, err := helpText(w, "")
		require.NoError(t, err)
		all, err := helpText(w, "options")
		require.NoError(t, err)
		for _, c := range Commands() {
			require.Contains(t, general, c.Usage)
			text, err := helpText(w, "/"+c.Name)
			require.NoError(t, err)
			require.Contains(t, text, c.Usage)
		}
		for _, o := range Options() {
			require.Contains(t, general, o.Key)
			require.Contains(t, all, o.Key)
			text, err := helpText(w, o.Key)
			require.NoError(t, err)
			require.NotContains(t, text, "no value")
		}
		for _, text := range []string{w.Text("text.about"), w.Text("text.privacy")} {
			require.NotContains(t, text, "no value")
		}
	}
	for name, example := range examples {
		_, err := Parse(example)
		require.NoError(t, err, name)
	}
	_, err := helpText(Words(English), "zeroo")
	require.ErrorContains(t, err, "no_help")
}

// Every id that a table names is worded.
func TestTablesAreWorded(t *testing.T) {
	for _, lang := range []string{English, Chinese} {
		w := Words(lang)
		for _, c := range changes {
			require.True(t, w.Has("cost."+c.cost), c.cost)
		}
		for _, p := range peers {
			require.True(t, w.Has("why."+p.why), p.why)
		}
		for _, row := range wants {
			require.True(t, w.Has("want."+row.id), row.id)
		}
	}
}

func TestWording(t *testing.T) {
	require.Equal(t, Chinese, Spoken("zh-TW"))
	require.Equal(t, Chinese, Spoken("zh"))
	require.Equal(t, English, Spoken(""))
	require.Equal(t, English, Spoken("de"))
	require.Equal(t, " (1 day ago)", Words("en").Text("age.days", "n", int64(1)))
	require.Equal(t, " (3 days ago)", Words("en").Text("age.days", "n", int64(3)))
	require.Equal(t, "（1 天前）", Words("zh-CN").Text("age.days", "n", int64(1)))
	require.Equal(t, "some new code", Words("en").Text("warning.some_new_code"))
	require.Equal(t, "otherwise", Words("zh").Or("otherwise", "warning.some_new_code"))
}

func TestAdvice(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	limited := &hfhub.Error{Kind: hfhub.ErrRateLimited, ID: "a/b", RetryAt: now.Add(90 * time.Second)}
	r := Advise(Words(English), fmt.Errorf("ask: %w", limited), now)
	require.Equal(t, "hub_rate_limited", r.Code)
	require.Contains(t, r.Advice, "in 91 s")
	r = Advise(Words(Chinese), &hfhub.Error{Kind: hfhub.ErrGated, ID: "meta-llama/x"}, now)
	require.Equal(t, "model_gated", r.Code)
	require.Contains(t, r.Text, "meta-llama/x")
	r = Advise(Words(English), errors.New("token hf_S3CR3Tsecret at https://host"), now)
	require.Equal(t, "internal", r.Code)
	require.NotContains(t, r.Text+r.Advice, "hf_S3CR3Tsecret")
	require.Equal(t, "timeout", Advise(Words(English), context.DeadlineExceeded, now).Code)
	r = Advise(Words(English), fmt.Errorf("read a/b: %w", &hfhub.UnsupportedError{ModelType: "new", Kind: "weird_attention", Floor: 5 << 30}), now)
	require.Equal(t, UnsupportedArchitecture, r.Code)
	require.Contains(t, r.Text, "weird_attention")
	require.Contains(t, r.Text, "5.00 GiB")
	for _, lang := range []string{English, Chinese} {
		for _, f := range failures {
			r := Advise(Words(lang), &hfhub.Error{Kind: f.kind, ID: "owner/name", Revision: "v1"}, now)
			require.Equal(t, f.code, r.Code)
			require.NotContains(t, r.Text+r.Advice, "no value", f.id)
		}
	}
}

// noteCode finds the codes of notes that the estimator and the readers make.
var noteCode = regexp.MustCompile(`Note\{(?:Code: )?"([a-z_]+)"|[^.\w]note\("([a-z_]+)"|Code: +"([a-z_]+)"`)

func TestEveryNoteIsWorded(t *testing.T) {
	for _, dir := range []string{"../estimator", "../hfhub", "."} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		require.NoError(t, err)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			code, err := os.ReadFile(file)
			require.NoError(t, err)
			for _, found := range noteCode.FindAllStringSubmatch(string(code), -1) {
				id := "note." + found[1] + found[2] + found[3]
				require.True(t, Words(English).Has(id), "%s: %s", file, id)
			}
		}
	}
}

// said finds what the estimator says of letters and sources, and cited what
// needs no translation: papers and products by name.
var (
	said  = regexp.MustCompile(`(?:[sS]ource *[:=] *|^\s*\{"[A-Za-z0-9]+", )"([^"]+)"`)
	cited = regexp.MustCompile(`et al\. \d{4}|^DeepSeek-V2, section|^[a-z]+$`)
)

// Every term of the estimator has Chinese words: add them to terms.zh-CN.toml.
func TestTermsOfTheEstimatorAreWorded(t *testing.T) {
	files, err := filepath.Glob("../estimator/*.go")
	require.NoError(t, err)
	seen := 0
	for _, file := range files {
		code, err := os.ReadFile(file)
		require.NoError(t, err)
		for line := range strings.SplitSeq(string(code), "\n") {
			if strings.HasSuffix(file, "_test.go") || !strings.Contains(strings.ToLower(line), "source") && !strings.Contains(line, "func(") {
				continue
			}
			for _, found := range said.FindAllStringSubmatch(line, -1) {
				for term := range strings.SplitSeq(strings.TrimSuffix(found[1], "; "), "; ") {
					if _, ok := chineseTerms()[term]; !ok && !cited.MatchString(term) {
						t.Errorf("%s: %q has no Chinese in terms.zh-CN.toml", file, term)
					}
					seen++
				}
			}
		}
	}
	require.Greater(t, seen, 100)
}

func BenchmarkWording(b *testing.B) {
	w := Words(English)
	for b.Loop() {
		_ = w.Text("failure.gated", "model", "a/b")
	}
}
