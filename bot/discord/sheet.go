package discord

import "strings"

// A sheet is a description under construction. What does not fit whole is left
// out, so that a code block is never cut open.
type sheet struct {
	text  strings.Builder
	used  int
	limit int
}

// add appends a block on a line of its own, if it fits.
func (s *sheet) add(block string) {
	n := units(block) + 1
	if block == "" || s.used+n > s.limit {
		return
	}
	if s.used > 0 {
		s.text.WriteByte('\n')
	}
	s.text.WriteString(block)
	s.used += n
}

// addClipped appends text, shortened to what room is left.
func (s *sheet) addClipped(block string) {
	if room := s.limit - s.used - 2; room > 20 {
		s.add(clip(block, room))
	}
}

// addRows appends lines as one code block, as many as fit, and returns how many
// were left out.
func (s *sheet) addRows(rows []string) int {
	const fences = len("```\n\n```") + 1
	room := s.limit - s.used - fences
	kept := 0
	for _, row := range rows {
		if room -= units(row) + 1; room < 0 {
			break
		}
		kept++
	}
	if kept > 0 {
		s.add("```\n" + strings.Join(rows[:kept], "\n") + "\n```")
	}
	return len(rows) - kept
}

func (s *sheet) String() string { return s.text.String() }
