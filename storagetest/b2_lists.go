package storagetest

import (
	"net/http"
	"slices"
	"strings"
)

const b2MaxPage = 10_000

type b2ListFileNames struct {
	BucketID  string `json:"bucketId" required:"true"`
	Start     string `json:"startFileName"`
	Count     int    `json:"maxFileCount"`
	Prefix    string `json:"prefix"`
	Delimiter string `json:"delimiter"`
}

func (s *b2Session) listFileNames(in *b2ListFileNames) (any, error) {
	visible := func(versions []*b2File) []*b2File {
		if f := versions[0].bucket.current(versions[0].name); f != nil {
			return []*b2File{f}
		}
		return nil
	}
	page, err := s.list(in, "", visible)
	if err != nil {
		return nil, err
	}
	return map[string]any{"files": page.rows, "nextFileName": nullable(page.nextName)}, nil
}

type b2ListFileVersions struct {
	b2ListFileNames
	StartFileID string `json:"startFileId"`
}

func (s *b2Session) listFileVersions(in *b2ListFileVersions) (any, error) {
	page, err := s.list(&in.b2ListFileNames, in.StartFileID, func(versions []*b2File) []*b2File { return versions })
	if err != nil {
		return nil, err
	}
	return map[string]any{"files": page.rows, "nextFileName": nullable(page.nextName), "nextFileId": nullable(page.nextID)}, nil
}

// listable refuses a list that may show names which the key must not see. Version
// 1 leaves those out without a word.
func (s *b2Session) listable(prefix string) error {
	if s.version == 1 {
		return nil
	}
	return s.within(prefix)
}

// b2Page is a page of a list, and where the next one begins.
type b2Page struct {
	rows     []*b2Document
	nextName string // empty: there is no more
	nextID   string
}

// list walks the names of a bucket from where it is told to. of says which
// versions of a name are rows.
func (s *b2Session) list(in *b2ListFileNames, startID string, of func([]*b2File) []*b2File) (*b2Page, error) {
	bucket, err := s.bucket(in.BucketID)
	if err != nil {
		return nil, err
	}
	if err := s.listable(in.Prefix); err != nil {
		return nil, err
	}
	if in.Start != "" {
		if err := s.listable(in.Start); err != nil {
			return nil, err
		}
	}
	count, err := b2PageSize("maxFileCount", in.Count, b2MaxPage)
	if err != nil {
		return nil, err
	}
	if startID != "" && in.Start == "" {
		return nil, b2BadRequest("startFileId needs startFileName")
	}
	if startID != "" && (!b2IsFileID(startID) || !strings.Contains(startID, "_u")) {
		return nil, b2Fail(http.StatusBadRequest, "invalid_file_id", "Invalid startFileId: %s", startID)
	}
	page := &b2Page{rows: []*b2Document{}}
	at, _ := slices.BinarySearch(bucket.names, max(in.Start, in.Prefix))
	folder := "" // the latest folder row
	for examined := 0; at < len(bucket.names); at++ {
		name := bucket.names[at]
		if !strings.HasPrefix(name, in.Prefix) {
			break
		}
		if folder != "" && strings.HasPrefix(name, folder) || s.key.within(name) != nil {
			continue
		}
		rows := of(bucket.history[name])
		if startID != "" && name == in.Start {
			rows = b2FromVersion(rows, startID)
		}
		if s.settings.NamesPerPage > 0 && examined == s.settings.NamesPerPage {
			page.nextName = name
			if len(rows) > 0 {
				page.nextID = rows[0].id
			}
			break
		}
		examined++
		if f := b2Folder(name, in.Prefix, in.Delimiter); f != "" && len(rows) > 0 {
			if len(page.rows) == count {
				page.nextName = f
				break
			}
			folder = f
			page.rows = append(page.rows, s.inList(&b2Document{
				AccountID: s.accountID, Action: b2ActionFolder, BucketID: bucket.id, FileInfo: map[string]string{}, FileName: folder,
			}))
			continue
		}
		for _, f := range rows {
			if len(page.rows) == count {
				page.nextName, page.nextID = f.name, f.id
				return page, nil
			}
			page.rows = append(page.rows, s.inList(s.document(f, s.key)))
		}
	}
	return page, nil
}

// b2Folder is the folder that a name falls into, or empty.
func b2Folder(name, prefix, delimiter string) string {
	if delimiter == "" {
		return ""
	}
	i := strings.Index(name[len(prefix):], delimiter)
	if i < 0 {
		return ""
	}
	return name[:len(prefix)+i+len(delimiter)]
}

// b2FromVersion leaves out the versions newer than the one with the given id,
// which need not be there any more.
func b2FromVersion(rows []*b2File, id string) []*b2File {
	if at := slices.IndexFunc(rows, func(f *b2File) bool { return f.id == id }); at >= 0 {
		return rows[at:]
	}
	for len(rows) > 0 && b2Age(rows[0].id) > b2Age(id) {
		rows = rows[1:]
	}
	return rows
}

// b2Age sorts the ids of a name's versions from the oldest to the newest: by the
// time of the upload and, where that is the same, by the number of the id.
func b2Age(id string) string {
	_, id, _ = strings.Cut(id, "_f")
	number, id, _ := strings.Cut(id, "_d")
	_, uploaded, _ := strings.Cut(id, "_u")
	return uploaded + " " + number[min(1, len(number)):] // without the digit for the kind
}
