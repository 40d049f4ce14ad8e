package words

import "strings"

// conceptAt is how much must speak of a topic before it is answered, and
// conceptSure how much before a word of speed or quality no longer counts.
const (
	conceptAt   = 2
	conceptSure = 4
)

// topicOf finds the concept that the question is about, and how surely: each
// row of the tables counts once, and a question of why or what adds one. A
// topic named outright needs no such question.
func (s *scan) topicOf() (topic string, score int) {
	if s.topic == nil {
		name, sure := s.weighTopics()
		s.topic = &weighed{name, sure}
	}
	return s.topic.name, s.topic.score
}

// weighed is a topic and how much speaks of it.
type weighed struct {
	name  string
	score int
}

func (s *scan) weighTopics() (topic string, score int) {
	scores := map[string]int{}
	counted := map[string]bool{}
	var names []string
	for _, f := range s.marks {
		if f.tag.key != "topic" || counted[f.tag.value] {
			continue
		}
		counted[f.tag.value] = true
		fields := strings.Fields(f.tag.value)
		if scores[fields[0]] == 0 {
			names = append(names, fields[0])
		}
		scores[fields[0]] += int(atoi(fields[1]))
	}
	for _, f := range s.marks { // hints count beside the topic itself
		if f.tag.key != "hint" || counted[f.tag.value] {
			continue
		}
		if fields := strings.Fields(f.tag.value); scores[fields[0]] > 0 {
			counted[f.tag.value] = true
			scores[fields[0]] += int(atoi(fields[1]))
		}
	}
	best, top := "", 0
	for _, name := range names {
		if name == "params_vs_disk" && s.amounts > 0 {
			scores[name]++
		}
		if scores[name] > top {
			best, top = name, scores[name]
		}
	}
	if top > 0 && (s.asks("what") || s.asks("why") || s.asks("compare")) {
		top++
	}
	return best, top
}

// namedOutright says that a phrase means the topic and nothing else.
func (s *scan) namedOutright(topic string) bool {
	for _, f := range s.marks {
		if f.tag.key == "topic" && strings.HasPrefix(f.tag.value, topic+" 2 ") {
			return true
		}
	}
	return false
}

// asks says that the question asks this.
func (s *scan) asks(what string) bool { return s.has("ask", what) }

// offTopic says what the question is about when it is not memory: the kind of
// which most is said, and whether that is sure.
func (s *scan) offTopic() (string, bool) {
	kind, most := "", 0
	for _, k := range []string{"install", "other", "quality", "speed"} {
		if n := s.said("strong", k); n > most {
			kind, most = k, n
		}
	}
	if s.isSmalltalk(kind) {
		return "smalltalk", true
	}
	if kind != "" {
		return kind, true
	}
	for _, kind := range []string{"speed", "install", "quality", "other"} {
		if s.said("off", kind) > 0 {
			return kind, kind == "speed"
		}
	}
	return "", false
}

// isSmalltalk says that a greeting or thanks is all, and not the beginning of a
// question.
func (s *scan) isSmalltalk(kind string) bool {
	for _, f := range s.marks {
		if f.tag == (tag{"strong", "smalltalk"}) && (len(s.atoms)-(f.to-f.from) <= maxGreeting || kind == "" && !s.asksSizing()) {
			return true
		}
	}
	return false
}

// maxGreeting is how many atoms may stand beside a greeting that is all.
const maxGreeting = 6

// asksSizing says that something was said of running, training or of what is
// needed.
func (s *scan) asksSizing() bool {
	return s.aboutMemory() || s.asks("need") || len(s.all("mode")) > 0 || len(s.all("method")) > 0
}

// said counts the words of a kind, leaving out what was merely measured: "gives
// 20 t/s", 速度 30.
func (s *scan) said(key, kind string) int {
	n := 0
	for _, f := range s.marks {
		measured := kind == "speed" && len(s.models) > 0 && (s.isNumber(f.from-1) || s.isNumber(f.to))
		if f.tag == (tag{key, kind}) && !measured {
			n++
		}
	}
	return n
}

// isNumber says that a number stands at i.
func (s *scan) isNumber(i int) bool { return i >= 0 && i < len(s.atoms) && s.atoms[i].kind == number }
