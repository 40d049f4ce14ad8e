package discord

import (
	"unicode/utf16"

	"membot/commands"
)

// Discord's limits, in characters as it counts them (UTF-16 units, to be on the
// safe side), and its flags.
const (
	maxContent     = 2000
	maxTitle       = 256
	maxDescription = 4096
	maxFieldName   = 256
	maxFieldValue  = 1024
	maxFields      = 25
	maxFooter      = 2048
	maxEmbedTotal  = 6000
	maxCustomID    = 100
	maxLabel       = 80
	maxOptionText  = 100
	maxPlaceholder = 150
	maxMenuOptions = 25
	maxRows        = 5

	flagEphemeral = 1 << 6
)

// Kinds of response.
const (
	respondPong               = 1
	respondMessage            = 4
	respondDefer              = 5
	respondDeferUpdate        = 6
	respondUpdate             = 7
	respondAutocomplete       = 8
	componentRow              = 1
	componentButton           = 2
	componentMenu             = 3
	buttonPrimary             = 1
	buttonSecondary           = 2
	attachmentName            = "memory.png"
	attachedConfigName        = "config.json"
	maxConfigBytes      int64 = 1 << 20
)

// Response is what one interaction is answered with.
type Response struct {
	Type    int
	Message *Message // for a message or an update
	Choices []Choice // for autocomplete
	inline  []byte   // the whole without files, if it is encoded already
	outcome string   // for the metrics
}

// ephemeral reports whether only the asker sees the response.
func (r Response) ephemeral() bool {
	return r.Message != nil && r.Message.Flags&flagEphemeral != 0
}

// Choice is one value offered while the user types.
type Choice struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Message is one message to send. Every list is sent, empty ones too, so that
// an edit leaves nothing of what stood there.
type Message struct {
	Content         string          `json:"content"`
	Embeds          []Embed         `json:"embeds"`
	Components      []Row           `json:"components"`
	Attachments     []Attachment    `json:"attachments"`
	AllowedMentions AllowedMentions `json:"allowed_mentions"`
	Flags           int             `json:"flags,omitempty"`
	Nonce           string          `json:"nonce,omitempty"`
	EnforceNonce    bool            `json:"enforce_nonce,omitempty"`
	Reference       *Reference      `json:"message_reference,omitempty"`

	files  []file
	draw   *commands.Answer // the picture still to be drawn
	alt    string           // and its description
	secret bool             // read with the operator's token: never public
}

// newMessage is a message that mentions nobody.
func newMessage(embeds ...Embed) *Message {
	if embeds == nil {
		embeds = []Embed{}
	}
	return &Message{Embeds: embeds, Components: []Row{}, Attachments: []Attachment{}, AllowedMentions: AllowedMentions{Parse: []string{}}}
}

// AllowedMentions says whom a message may ping: nobody.
type AllowedMentions struct {
	Parse []string `json:"parse"`
}

// Reference makes a message a reply.
type Reference struct {
	MessageID     string `json:"message_id"`
	FailIfMissing bool   `json:"fail_if_not_exists"`
}

// Attachment names a file that a message keeps or brings.
type Attachment struct {
	ID          string `json:"id"`
	Filename    string `json:"filename,omitempty"`
	Description string `json:"description,omitempty"`
}

type file struct {
	name, kind string
	data       []byte
}

// Embed is the framed part of a message.
type Embed struct {
	Title       string  `json:"title,omitempty"`
	Description string  `json:"description,omitempty"`
	URL         string  `json:"url,omitempty"`
	Color       int     `json:"color"`
	Fields      []Field `json:"fields,omitempty"`
	Image       *Image  `json:"image,omitempty"`
	Footer      *Footer `json:"footer,omitempty"`
}

// Field is a named paragraph of an embed.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Image is a picture of an embed.
type Image struct {
	URL string `json:"url"`
}

// Footer is the last line of an embed, shown without markdown.
type Footer struct {
	Text string `json:"text"`
}

// Row is a line of buttons, or one menu.
type Row struct {
	Type       int         `json:"type"`
	Components []Component `json:"components"`
}

// Component is a button or a menu.
type Component struct {
	Type        int          `json:"type"`
	CustomID    string       `json:"custom_id"`
	Label       string       `json:"label,omitempty"`
	Style       int          `json:"style,omitempty"`
	Placeholder string       `json:"placeholder,omitempty"`
	Options     []MenuOption `json:"options,omitempty"`
}

// MenuOption is one line of a menu.
type MenuOption struct {
	Label       string `json:"label"`
	Value       string `json:"value"`
	Description string `json:"description,omitempty"`
}

// units counts text as Discord does at its strictest.
func units(text string) int {
	n := 0
	for _, r := range text {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}

// clip shortens text to a limit and says so with an ellipsis.
func clip(text string, limit int) string {
	if len(text) <= limit || units(text) <= limit {
		return text
	}
	n := 0
	for at, r := range text {
		n += max(1, utf16.RuneLen(r))
		if n > limit-1 {
			return text[:at] + "…"
		}
	}
	return text
}
