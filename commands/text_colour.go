package commands

// style is a rune of the private use area that stands for a colour until the
// page is finished, so that it takes no column and no stranger's text can send
// a terminal its codes.
type style rune

// The styles. Verdicts and parts have the colours of the picture: Okabe and Ito
// (2008), which colour-blind eyes tell apart.
const (
	normal style = 0xE000 + iota
	bold
	dim
	green
	amber
	red
	blue
	orange
	vermillion
	teal
	paleGreen
	yellow
	sky
	purple
	palePurple
	grey
)

// ansi is the code of each style.
var ansi = map[rune]string{
	rune(normal):     "\x1b[0m",
	rune(bold):       "\x1b[1m",
	rune(dim):        "\x1b[2m",
	rune(green):      "\x1b[1;32m",
	rune(amber):      "\x1b[1;33m",
	rune(red):        "\x1b[1;31m",
	rune(blue):       "\x1b[38;2;0;114;178m",
	rune(orange):     "\x1b[38;2;230;159;0m",
	rune(vermillion): "\x1b[38;2;213;94;0m",
	rune(teal):       "\x1b[38;2;0;158;115m",
	rune(paleGreen):  "\x1b[38;2;143;214;193m",
	rune(yellow):     "\x1b[38;2;240;228;66m",
	rune(sky):        "\x1b[38;2;86;180;233m",
	rune(purple):     "\x1b[38;2;204;121;167m",
	rune(palePurple): "\x1b[38;2;235;203;221m",
	rune(grey):       "\x1b[38;2;138;141;147m",
}

// partStyles give each part the colour it has in the picture; the context's
// black would be lost on a dark terminal, so it is grey here.
var partStyles = map[string]style{
	"weights": blue, "kv_cache": orange, "optimizer": orange, "state": vermillion, "gradients": vermillion,
	"activations": teal, "workspace": paleGreen, "logits": yellow, "graphs": yellow, "buffers": sky,
	"master": purple, "adapters": palePurple,
}

func partStyle(name string) style {
	if s, ok := partStyles[name]; ok {
		return s
	}
	return grey
}

// paint puts the text in a style.
func paint(s style, text string) string {
	return string(rune(s)) + text + string(rune(normal))
}
