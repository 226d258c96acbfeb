package b2_test

import (
	"net/textproto"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/internal/apidrift"
	"github.com/entrepot-go/entrepot/internal/vectors"
)

// TestFacts wants every member that the description of an operation names to
// be a member here, and those it calls required to be sent always.
func TestFacts(t *testing.T) {
	sections := factSections(string(vectors.Facts(t, "b2.md")))
	seen := 0
	for _, op := range operations {
		members := make(map[string]bool) // by name on the wire; true: always sent
		collect(members, reflect.TypeOf(op.in))
		collect(members, reflect.TypeOf(op.out))
		for _, m := range factMembers(sections[op.section]) {
			seen++
			required, ok := members[m.name]
			if !ok {
				t.Errorf("%s has no member %s", op.name, m.name)
			} else if m.required && !required {
				t.Errorf("%s: %s must be required", op.name, m.name)
			}
		}
	}
	for section, v := range map[string]any{
		"4.1": b2.Bucket{}, "4.2": b2.FileVersion{}, "4.3": b2.CorsRule{}, "4.4": b2.LifecycleRule{},
		"4.5": b2.DefaultRetention{}, "4.6": struct {
			FileRetention b2.FileRetention `json:"fileRetention"`
			LegalHold     b2.LegalHold     `json:"legalHold"`
		}{}, "4.8": b2.CreateKeyOutput{}, "4.10": struct {
			b2.EventNotificationRule
			b2.Notification
		}{},
		"4.7": b2.ServerSideEncryption{}, "4.9": b2.ReplicationConfiguration{},
	} {
		members := make(map[string]bool)
		collect(members, reflect.TypeOf(v))
		for _, m := range factMembers(sections[section]) {
			seen++
			if _, ok := members[m.name]; !ok {
				t.Errorf("%T has no member %s", v, m.name)
			}
		}
	}
	if seen < 380 {
		t.Errorf("only %d members were found in the facts: they are written in another way than they were", seen)
	}
}

// collect adds the names under which the members of a type travel, down to the
// last.
func collect(members map[string]bool, typ reflect.Type) {
	switch typ.Kind() {
	case reflect.Pointer, reflect.Slice:
		collect(members, typ.Elem())
	case reflect.Struct:
		for _, f := range reflect.VisibleFields(typ) {
			for _, place := range []string{"json", "header", "headers", "query", "uri"} {
				if tag, ok := f.Tag.Lookup(place); ok {
					options := strings.Split(tag, ",")
					name := options[0]
					if strings.HasPrefix(place, "header") {
						name = textproto.CanonicalMIMEHeaderKey(name)
					}
					members[name] = members[name] || slices.Contains(options, "required")
					collect(members, f.Type)
				}
			}
		}
	}
}

// factSections cuts a page of facts into its sections, by number.
func factSections(page string) map[string]string {
	sections := make(map[string]string)
	heading := regexp.MustCompile(`(?m)^#{2,3} ([0-9]+(?:\.[0-9]+)?)\b.*$`)
	found := heading.FindAllStringSubmatchIndex(page, -1)
	for i, at := range found {
		end := len(page)
		if i+1 < len(found) {
			end = found[i+1][0]
		}
		sections[page[at[2]:at[3]]] = page[at[1]:end]
	}
	return sections
}

type factMember struct {
	name     string
	required bool
}

var (
	memberName   = regexp.MustCompile(`^[a-z][a-zA-Z0-9]*$`)
	headerName   = regexp.MustCompile(`^(?:[A-Z][A-Za-z0-9]*)(?:-[A-Za-z0-9_]+)*$`)
	quotedMember = regexp.MustCompile("`([a-z][a-zA-Z0-9]*)(?::\"[^`]*)?`( [a-z]+)?( ●)?")
	hexSum       = regexp.MustCompile(`^([0-9a-f]{32}|[0-9a-f]{40})$`)
	asides       = regexp.MustCompile(`\(v1[^)]*\)|without .*`) // older versions, and what is not there
	sampleMember = regexp.MustCompile(`"([a-z][a-zA-Z0-9]*)":`)
)

// notMembers are words that stand where a member could.
var notMembers = map[string]bool{
	"b2Checksum": true, // to be ignored
	"start":      true, // an action
	"response":   true, // a heading
	"none":       true, // a value
	"upload":     true,
	"on":         true,
	"off":        true,
	"infoType":   true, // of versions before the one that is used
}

// factMembers finds the members in a section: in the first column of its
// tables, behind "Request:" and "Response:", and in its samples.
func factMembers(section string) (members []factMember) {
	add := func(name string, required bool) {
		if !notMembers[name] && !hexSum.MatchString(name) {
			members = append(members, factMember{name, required})
		}
	}
	// Older versions come first where the answer depends on the version.
	if at := strings.Index(section, "**v4"); at >= 0 {
		section = section[at:]
	}
	sample := false
	for line := range strings.Lines(section) {
		switch {
		case strings.HasPrefix(line, "```"):
			sample = !sample
		case sample:
			for _, m := range sampleMember.FindAllStringSubmatch(line, -1) {
				add(m[1], false)
			}
		case strings.HasPrefix(line, "| "):
			cells := strings.Split(line, "|")
			required := strings.Contains(cells[1], "●") || len(cells) > 3 && strings.Contains(cells[3], "●")
			for _, name := range cellNames(cells[1]) {
				add(name, required)
			}
			for _, m := range sampleMember.FindAllStringSubmatch(line, -1) {
				add(m[1], false)
			}
		case strings.HasPrefix(line, "Request:"), strings.HasPrefix(line, "Response:"):
			line = asides.ReplaceAllString(line, "")
			request := strings.HasPrefix(line, "Request:")
			for _, m := range quotedMember.FindAllStringSubmatch(line, -1) {
				add(m[1], request && m[3] != "")
			}
		}
	}
	return members
}

// cellNames are the members in the first column of a table. A cell may name
// several, and leave out what the names have in common.
func cellNames(cell string) (names []string) {
	cell = strings.ReplaceAll(cell, "●", "")
	for _, name := range strings.FieldsFunc(strings.ReplaceAll(cell, " / ", ","), func(r rune) bool { return r == ',' || r == '+' }) {
		name, _, _ = strings.Cut(strings.TrimSpace(name), ":")
		name = strings.Replace(name, "...-Customer", "-Customer", 1)
		switch {
		case strings.HasPrefix(name, "-Customer"):
			name = "X-Bz-Server-Side-Encryption" + name
		case strings.HasPrefix(name, "X-Bz-Info-"), strings.HasPrefix(name, "-b2-"):
			name = "X-Bz-Info-" // any
		}
		switch {
		case memberName.MatchString(name):
			names = append(names, name)
		case name == "X-Bz-Info-" || headerName.MatchString(name) && strings.Contains(name, "-"):
			names = append(names, textproto.CanonicalMIMEHeaderKey(name))
		case strings.HasPrefix(name, "allowed."):
			names = append(names, strings.TrimPrefix(name, "allowed."))
		}
	}
	return names
}

// TestFactsOfEnums wants the values that the facts list to be constants.
func TestFactsOfEnums(t *testing.T) {
	sections := factSections(string(vectors.Facts(t, "b2.md")))
	enums, err := apidrift.Enums(".")
	if err != nil {
		t.Fatal(err)
	}
	want := make(map[string][]string)
	for _, row := range regexp.MustCompile(`(?m)^\| [a-z ]+ \| (.*) \|$`).FindAllStringSubmatch(sections["4.11"], -1) {
		want["Capability"] = append(want["Capability"], strings.Split(row[1], ", ")...)
	}
	if row := regexp.MustCompile(`(?m)^\| allowedOperations .*\| ([^|]*) \|$`).FindStringSubmatch(sections["4.3"]); row != nil {
		want["CorsOperation"] = strings.Split(row[1], ", ")
	}
	line := regexp.MustCompile(`(?m)^Event types: (.*)$`).FindString(sections["4.10"])
	category := ""
	for _, m := range regexp.MustCompile("`(b2:[A-Za-z]+)?((?::[A-Za-z*]+)?)`").FindAllStringSubmatch(line, -1) {
		if m[1] != "" {
			category = m[1]
		}
		want["EventType"] = append(want["EventType"], category+m[2])
	}
	for typ, least := range map[string]int{"Capability": 30, "CorsOperation": 9, "EventType": 15} {
		if len(want[typ]) < least {
			t.Errorf("only %d values of %s were found in the facts: %q", len(want[typ]), typ, want[typ])
		}
		for _, value := range want[typ] {
			if !slices.Contains(enums[typ], value) {
				t.Errorf("%s has no constant for %s", typ, value)
			}
		}
	}
}
