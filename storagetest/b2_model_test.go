package storagetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// b2Model keeps the versions of files in the most simple way, to hold the
// server's lists against.
type b2Model struct {
	rand     *rand.Rand
	versions map[string][]b2ModelVersion // by name, the newest first
	gone     []b2ModelVersion
}

type b2ModelVersion struct{ name, id, action string }

func (m *b2Model) oneOf(list []string) string { return list[m.rand.IntN(len(list))] }

// visible is what a name stands for, if it is a file.
func (m *b2Model) visible(name string) []b2ModelVersion {
	for i, v := range m.versions[name] {
		if v.action != "start" {
			if v.action == "upload" {
				return m.versions[name][i : i+1]
			}
			break
		}
	}
	return nil
}

// change does one thing to a file, on both sides.
func (m *b2Model) change(u *b2User, bucket, name string) {
	id := ""
	action := m.oneOf([]string{"upload", "upload", "upload", "hide", "start", "delete"})
	switch action {
	case "upload":
		id = u.put(bucket, name, "x")["fileId"].(string)
	case "hide":
		status, out := u.try("b2_hide_file", jsonObject{"bucketId": bucket, "fileName": name})
		if wanted := m.visible(name) != nil; wanted != (status == 200) {
			u.t.Errorf("b2_hide_file of %q: %d %v with %v", name, status, out, m.versions[name])
		}
		id, _ = out["fileId"].(string)
	case "start":
		id = u.start(bucket, name)
	case "delete":
		if versions := m.versions[name]; len(versions) > 0 {
			i := m.rand.IntN(len(versions))
			u.call("b2_delete_file_version", jsonObject{"fileName": name, "fileId": versions[i].id})
			m.gone = append(m.gone, versions[i])
			m.versions[name] = slices.Delete(slices.Clone(versions), i, i+1)
		}
	}
	if id != "" {
		m.versions[name] = append([]b2ModelVersion{{name, id, action}}, m.versions[name]...)
	}
}

// list is what a list with these parameters shows on all of its pages together.
func (m *b2Model) list(versions bool, prefix, delimiter, start, startID string) []string {
	age := func(id string) string { return id[strings.LastIndex(id, "_u"):] }
	var names []string
	for name := range m.versions {
		if strings.HasPrefix(name, prefix) && name >= start {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var rows []string
	for _, name := range names {
		shown := m.visible(name)
		if versions {
			shown = m.versions[name]
		}
		if startID != "" && name == start {
			shown = slices.DeleteFunc(slices.Clone(shown), func(v b2ModelVersion) bool { return age(v.id) > age(startID) })
		}
		before, _, grouped := strings.Cut(name[len(prefix):], delimiter)
		if grouped && delimiter != "" {
			folder := "folder " + prefix + before + delimiter
			if len(shown) > 0 && !slices.Contains(rows, folder) {
				rows = append(rows, folder)
			}
			continue
		}
		for _, v := range shown {
			rows = append(rows, v.action+" "+v.name+" "+v.id)
		}
	}
	return rows
}

// pages asks the server for all pages of a list.
func (u *b2User) pages(call string, in jsonObject) []string {
	u.t.Helper()
	var rows []string
	for range 1000 {
		out := u.call(call, in)
		for _, row := range out["files"].([]any) {
			row := row.(jsonObject)
			text := fmt.Sprint(row["action"], " ", row["fileName"])
			if row["action"] != "folder" {
				text += fmt.Sprint(" ", row["fileId"])
			}
			rows = append(rows, text)
		}
		if out["nextFileName"] == nil {
			return rows
		}
		in = changed(in, "startFileName", out["nextFileName"])
		if in["startFileId"] = out["nextFileId"]; in["startFileId"] == nil {
			delete(in, "startFileId")
		}
	}
	u.t.Fatalf("%s goes on without end at %v", call, in["startFileName"])
	return nil
}

// Lists show what is there: whatever the names, the delimiter, the size of pages
// and where one begins.
func TestB2ListsAsTheModel(t *testing.T) {
	pieces := []string{"a", "b", "/", "-", "--", "ü", "\U00010400", "\uff61", "a/", " "}
	for seed := range uint64(8) {
		u := startB2(t, WithInMemory())
		bucket := u.bucket("photos")
		m := &b2Model{rand: rand.New(rand.NewPCG(seed, 7)), versions: map[string][]b2ModelVersion{}}
		if seed%3 == 2 {
			u.b.Configure(B2Settings{NamesPerPage: 1 + m.rand.IntN(4)})
		}
		var names []string
		for range 20 {
			name := ""
			for range 1 + m.rand.IntN(5) {
				name += m.oneOf(pieces)
			}
			names = append(names, name)
		}
		for range 80 {
			m.change(u, bucket, m.oneOf(names))
		}
		for range 60 {
			call, prefix, delimiter, start, startID := "b2_list_file_names", "", "", "", ""
			in := jsonObject{"bucketId": bucket, "maxFileCount": m.rand.IntN(6)}
			if m.rand.IntN(2) == 0 {
				name := []rune(m.oneOf(names))
				prefix = string(name[:m.rand.IntN(len(name)+1)])
				in["prefix"] = prefix
			}
			if m.rand.IntN(2) == 0 {
				delimiter = m.oneOf(pieces)
				in["delimiter"] = delimiter
			}
			if m.rand.IntN(2) == 0 {
				start = m.oneOf(names) + m.oneOf([]string{"", "", " ", "-"})
				in["startFileName"] = start
			}
			if m.rand.IntN(2) == 0 {
				call = "b2_list_file_versions"
				if known := slices.Concat(m.versions[start], m.gone); start != "" && len(known) > 0 {
					from := known[m.rand.IntN(len(known))]
					start, startID = from.name, from.id
					in["startFileName"], in["startFileId"] = start, startID
				}
			}
			want := m.list(call == "b2_list_file_versions", prefix, delimiter, start, startID)
			if got := u.pages(call, in); !slices.Equal(got, want) {
				t.Fatalf("seed %d: %s(%v)\n got %q\nwant %q", seed, call, in, got, want)
			}
		}
	}
}
