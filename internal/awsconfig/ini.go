package awsconfig

import (
	"bytes"
	"fmt"
	"strings"
)

// section holds the properties of one section, by lower-case name. Those
// nested under a property without a value are named "parent.child".
type section map[string]string

// parse reads a shared file. The rules are those of AWS's own tools:
//
//   - "[name]" begins a section, and one that comes again goes on; blanks
//     around and within the name count as one.
//   - "key = value" is a property; names ignore case, and the last one counts.
//   - A line that is indented deeper than the property above belongs to it: a
//     nested property when that one has no value, a further line of the value
//     otherwise.
//   - A line that begins with "#" or ";" is a comment; so is the rest of a line
//     after a blank and one of these, or after a section's name.
//   - Quotes around a whole value are dropped.
//
// lines holds the numbers of the lines that properties stand in. Errors name
// the line but never show it: it may hold a secret.
func parse(file string, data []byte) (sections map[string]section, lines map[string]map[string]int, err error) {
	sections, lines = make(map[string]section), make(map[string]map[string]int)
	var at map[string]int // of current
	var current section
	var key string // of the property above
	var indent int // of its line

	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	number := 0
	for line := range strings.Lines(string(data)) {
		number++
		text := strings.TrimSpace(line)
		if text == "" || isComment(text) {
			continue
		}
		depth := len(line) - len(strings.TrimLeft(line, " \t"))
		invalid := func(problem string) error {
			return fmt.Errorf("%s, line %d: %s", file, number, problem)
		}

		if key != "" && depth > indent {
			parent := current[key]
			child, value, ok := strings.Cut(text, "=")
			switch child = name(child); {
			case parent != "":
				current[key] = parent + "\n" + withoutComment(text)
			case ok && child != "":
				at[key+"."+child] = number
				current[key+"."+child] = unquote(withoutComment(strings.TrimSpace(value)))
			default:
				return nil, nil, invalid("neither a nested property nor the rest of a value")
			}
			continue
		}

		if text[0] == '[' {
			title, rest, ok := strings.Cut(text[1:], "]")
			title, rest = strings.Join(strings.Fields(title), " "), strings.TrimSpace(rest)
			if !ok || title == "" || rest != "" && !isComment(rest) {
				return nil, nil, invalid("a section begins with [name]")
			}
			if sections[title] == nil {
				sections[title], lines[title] = make(section), make(map[string]int)
			}
			current, at, key = sections[title], lines[title], ""
			continue
		}

		left, value, ok := strings.Cut(text, "=")
		switch left = name(left); {
		case !ok || left == "":
			return nil, nil, invalid("neither [section] nor key = value")
		case current == nil:
			return nil, nil, invalid("a property outside of any section")
		}
		key, indent = left, depth
		at[key] = number
		current[key] = unquote(withoutComment(strings.TrimSpace(value)))
	}
	return sections, lines, nil
}

func name(text string) string { return strings.ToLower(strings.TrimSpace(text)) }

func isComment(text string) bool {
	return strings.HasPrefix(text, "#") || strings.HasPrefix(text, ";")
}

// withoutComment cuts off a comment, unless it is within quotes.
func withoutComment(text string) string {
	if isComment(text) {
		return ""
	}
	from := 0
	if end := closingQuote(text); end > 0 {
		from = end
	}
	for i := from; i+1 < len(text); i++ {
		if (text[i] == ' ' || text[i] == '\t') && isComment(text[i+1:]) {
			return strings.TrimRight(text[:i], " \t")
		}
	}
	return text
}

func unquote(text string) string {
	if end := closingQuote(text); end > 0 && end == len(text)-1 {
		return text[1:end]
	}
	return text
}

// closingQuote is the index of the quote that closes the one text begins with,
// or −1.
func closingQuote(text string) int {
	if text == "" || text[0] != '"' && text[0] != '\'' {
		return -1
	}
	if end := strings.IndexByte(text[1:], text[0]); end >= 0 {
		return end + 1
	}
	return -1
}
