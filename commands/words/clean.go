package words

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// idMark stands before a Hub id that was taken from a link. It is a private
// rune that [clean] removes from what people send.
const idMark = '\uE000'

var (
	maskedLink = regexp.MustCompile(`\[[^\]]{0,200}\]\(([^)\s]{0,500})\)`)
	link       = regexp.MustCompile(`(?i)(?:\b[a-z][a-z0-9+.-]{1,15}://|\bwww\.|\b(?:huggingface\.co|hf\.co|hf-mirror\.com|modelscope\.cn)/)[^\s<>"'）)，。]*`)
	hubLink    = regexp.MustCompile(`(?i)^(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co|hf-mirror\.com|modelscope\.cn/models)/([A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)`)
	mention    = regexp.MustCompile(`<[@#:][^>\s]{0,80}>|@(?:everyone|here)\b`)
	path       = regexp.MustCompile(`(?:^|[\s"'(=])(?:\.{1,2}/|~?/)[^\s]*|[^\s]*\.\./[^\s]*`)
)

// counted is a star that multiplies, and no markup: 8*H20, A100*8.
var counted = regexp.MustCompile(`\b\*(\w)`)

// escaped is a mark of markup that was to be seen: 3\*8\*A100.
var escaped = regexp.MustCompile(`\\([*_~#])`)

// notModels are the parts of the Hub that hold no models.
var notModels = map[string]bool{"datasets": true, "spaces": true, "docs": true, "papers": true, "blog": true, "collections": true, "organizations": true, "models": true}

// clean makes text plain: one width of letters, no links but the Hub ids in
// them, no mentions, no paths, nothing that cannot be seen.
func clean(text string) string {
	text = visible(text)
	if strings.Contains(text, `\`) {
		text = escaped.ReplaceAllString(text, "$1")
	}
	if strings.Contains(text, "](") {
		text = maskedLink.ReplaceAllStringFunc(text, func(s string) string {
			return hubID(maskedLink.FindStringSubmatch(s)[1])
		})
	}
	if anyOf(text, "://", "www.", "WWW.", ".co/", ".CO/", ".com/", ".COM/", ".cn/", ".CN/") {
		text = link.ReplaceAllStringFunc(text, hubID)
	}
	if strings.ContainsAny(text, "<@") {
		text = mention.ReplaceAllString(text, " ")
	}
	if strings.HasPrefix(text, "/") || anyOf(text, " /", "./", "~/", "\"/", "'/", "(/", "=/") {
		text = path.ReplaceAllStringFunc(text, folderModel)
	}
	return text
}

// sizedName is a folder's name that holds a number of parameters, as those of
// models do: Meta-Llama-3-8B, models--Qwen--Qwen2.5-7B.
var sizedName = regexp.MustCompile(`(?i)^(?:models--[\w.-]*--)?([a-z][\w.-]*?[-_.]?\d+(?:[._]\d+)?(?:x\d+)?b(?:[-_.][\w.-]*)?)$`)

// stageName is the stage of ZeRO in the name of a configuration: zero2.json,
// ds_z3_offload_config.json.
var stageName = regexp.MustCompile(`(?i)[/_-](?:zero|z)[-_]?(?:stage)?[-_]?([0-3])([-_]offload)?[\w.-]*\.json`)

// folderModel gives the model that a path leads to, by the name of its last
// folder of that kind, or the stage that it configures; a space for any other path.
func folderModel(path string) string {
	if strings.Contains(path, "..") {
		return " "
	}
	folders := strings.FieldsFunc(path, func(c rune) bool { return strings.ContainsRune("/\"'()=,; \t", c) })
	if stage := stageName.FindStringSubmatch(path); stage != nil {
		return " zero " + stage[1] + " " + strings.TrimLeft(stage[2], "_-") + " "
	}
	for _, folder := range slices.Backward(folders) {
		if name := sizedName.FindStringSubmatch(folder); name != nil && !strings.HasSuffix(name[1], ".py") {
			return " " + name[1] + " "
		}
	}
	return " "
}

// anyOf says that the text holds one of the signs, without which the search for
// a pattern need not begin.
func anyOf(text string, signs ...string) bool {
	return slices.ContainsFunc(signs, func(sign string) bool { return strings.Contains(text, sign) })
}

// hubID gives the Hub id a link leads to, marked; a space for any other link.
func hubID(url string) string {
	found := hubLink.FindStringSubmatch(url)
	if found == nil {
		return " "
	}
	owner, name, _ := strings.Cut(found[1], "/")
	if notModels[strings.ToLower(owner)] {
		return " "
	}
	return " " + string(idMark) + owner + "/" + strings.TrimRight(name, ".-") + " "
}

// halfWidth are the marks whose narrow form is not 0xFEE0 below.
var halfWidth = map[rune]rune{
	'\u3000': ' ', '、': ';', '，': ';', '。': ';', '·': ' ', '×': '*', '✕': '*', '∗': '*', '“': '"', '”': '"', '‘': '\'', '’': '\'',
	'【': '(', '】': ')', '—': '-', '–': '-', '−': '-', '‑': '-', '～': '~', '`': ' ', idMark: ' ',
}

// visible keeps what can be seen, in one width, up to [MaxRunes].
func visible(text string) string { return seen(text, narrow) }

// shown keeps what can be seen as it was typed, but for marks that could be
// taken for markup or a mention.
func shown(text string) string {
	return seen(text, func(c rune) rune {
		if n := narrow(c); strings.ContainsRune("@`*|<>[]()", n) || unicode.IsSpace(n) {
			return n
		}
		return c
	})
}

// narrow gives a mark or letter in its half width.
func narrow(c rune) rune {
	if half, ok := halfWidth[c]; ok {
		return half
	}
	if c >= '！' && c <= '～' {
		return c - 0xFEE0
	}
	return c
}

// seen keeps what can be seen, up to [MaxRunes], each rune as it is to be
// written.
func seen(text string, written func(rune) rune) string {
	var b strings.Builder
	b.Grow(min(len(text), 4*MaxRunes))
	read := 0
	for _, c := range text {
		if read++; read > MaxRunes {
			break
		}
		if c > ' ' && c <= '~' && c != '`' || c >= firstHan && c <= lastHan {
			b.WriteRune(c) // as most are, and the same however it is to be written
			continue
		}
		c = written(c)
		switch {
		case c == unicode.ReplacementChar, unicode.IsSpace(c):
			b.WriteByte(' ')
		case unicode.IsControl(c), unicode.Is(unicode.Cf, c), unicode.Is(unicode.Co, c), unicode.Is(unicode.Mn, c):
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// Quote repeats a question safely: no link, no mention, no markup, one line, at
// most 200 runes.
func Quote(text string) string {
	text = shown(text)
	text = maskedLink.ReplaceAllString(text, " ")
	text = link.ReplaceAllStringFunc(text, func(url string) string {
		return strings.ReplaceAll(hubID(url), string(idMark), "")
	})
	text = mention.ReplaceAllString(text, " ")
	text = counted.ReplaceAllString(text, "×$1")
	text = strings.Map(func(c rune) rune {
		if strings.ContainsRune("@`*|<>[]", c) {
			return ' '
		}
		return c
	}, text)
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > 200 {
		runes = append(runes[:199], '…')
	}
	return string(runes)
}
