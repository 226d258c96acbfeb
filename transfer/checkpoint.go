package transfer

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// checkpointFormat is the version of what is in the files.
const checkpointFormat = 1

// checkpoint is what is kept of a transfer in a file, so that another process can
// go on with it. Of an upload or a copy it names what was begun: which parts there
// are the server tells. Of a download it names the file that holds what has come.
type checkpoint struct {
	Format int `json:"format"`
	what
	state

	// PartSize is that of parts and ranges, by which they are numbered.
	PartSize int64 `json:"partSize,omitempty"`

	Upload string `json:"upload,omitempty"` // its ID
	Copied bool   `json:"copied,omitempty"` // the server copies the parts of it
	Aside  string `json:"aside,omitempty"`  // the file beside the one that will be
	Done   []run  `json:"done,omitempty"`   // ranges that are in it
}

// what says which transfer it is.
type what struct {
	Verb   string `json:"verb"` // upload, copy, download
	From   string `json:"from"`
	To     string `json:"to"`
	Server string `json:"server,omitempty"`
}

// state says of what content it is, and with which properties. In another state a
// transfer begins afresh.
type state struct {
	Size     int64  `json:"size"`
	Offset   int64  `json:"offset,omitempty"`   // in the file from which is uploaded
	Modified string `json:"modified,omitempty"` // that file
	Version  string `json:"version,omitempty"`  // of the object that is the source
	Attrs    string `json:"attrs,omitempty"`    // digest of those of what is written
}

// run is a first and a last number.
type run [2]int

// keeper keeps the checkpoint of one transfer. A nil one keeps none.
type keeper struct {
	path string
	checkpoint

	// Of a download.
	sync    func() error // of the file aside; nil: it need not be
	writing sync.Mutex   // held while the checkpoint is written
	mu      sync.Mutex   // guards what follows, and Done
	saved   time.Time
}

// checkpointInterval is how often the checkpoint of a download is written, which
// costs more the faster it goes.
var checkpointInterval = time.Second

// keeper returns that of a transfer, with what was kept of it earlier.
func (o *options) keeper(w what) (*keeper, error) {
	if o.checkpoint == "" {
		return nil, nil
	}
	k := &keeper{path: o.checkpoint}
	content, err := os.ReadFile(k.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("the checkpoint: %w", err)
	default:
		if err := json.Unmarshal(content, &k.checkpoint); err != nil {
			return nil, fmt.Errorf("%s is not a checkpoint; delete it to begin afresh: %w", k.path, err)
		}
		if k.Format != checkpointFormat {
			return nil, fmt.Errorf("%s is not a checkpoint of format %d, which is the one known here; delete it to begin afresh", k.path, checkpointFormat)
		}
		if err := k.valid(); err != nil {
			return nil, fmt.Errorf("%s is not a checkpoint; delete it to begin afresh: %w", k.path, err)
		}
		if k.what != w {
			return nil, fmt.Errorf("the checkpoint %s is of another transfer, the %s of %q to %q; delete it to begin afresh", k.path, k.Verb, k.From, k.To)
		}
	}
	k.Format, k.what = checkpointFormat, w
	return k, nil
}

// valid returns an error if it is not as it was written.
func (c *checkpoint) valid() error {
	if c.PartSize <= 0 {
		return fmt.Errorf("parts have %d bytes", c.PartSize)
	}
	if c.Aside != "" {
		// It may be deleted, and must not be any file.
		name := filepath.Base(c.Aside)
		if filepath.Dir(c.Aside) != filepath.Dir(c.To) || !strings.HasPrefix(name, partPrefix) || !strings.HasSuffix(name, partSuffix) {
			return fmt.Errorf("%q is not the name of a file that is being downloaded to %q", c.Aside, c.To)
		}
	}
	if c.Aside == "" && len(c.Done) > 0 {
		return errors.New("there are ranges, and no file that they are in")
	}
	last := -1
	for _, r := range c.Done {
		if r[0] <= last || r[1] < r[0] {
			return fmt.Errorf("ranges are not in order: %v", c.Done)
		}
		last = r[1]
	}
	return nil
}

func (s state) String() string {
	parts := []string{fmt.Sprintf("%d bytes", s.Size)}
	if s.Offset > 0 {
		parts = append(parts, fmt.Sprintf("from %d on", s.Offset))
	}
	if s.Version != "" {
		parts = append(parts, fmt.Sprintf("version %q", s.Version))
	}
	if s.Modified != "" {
		parts = append(parts, "modified "+s.Modified)
	}
	return strings.Join(parts, ", ")
}

// differs says how what was kept differs from what is wanted.
func (s state) differs(now state) error {
	switch {
	case s == now:
		return nil
	case s.Attrs != now.Attrs:
		return errors.New("it was to have other properties")
	}
	return fmt.Errorf("the source has changed: %v then, %v now", s, now)
}

// digest returns what tells these properties from others.
func (a Attrs) digest() string {
	a.Size = 0
	content, _ := json.Marshal(a) // there is nothing in it that cannot be JSON
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:16])
}

// reopen returns the upload that was kept, with its parts by number; nil if there is
// none, or none that can become the object in its state now. Such a one is aborted.
func (k *keeper) reopen(ctx context.Context, b Bucket, a Attrs, now state, p *progress) (up MultipartUpload, parts map[int]Part, err error) {
	if k == nil {
		return nil, nil, nil
	}
	was, id := k.state, k.Upload
	k.state, k.Upload = now, ""
	if id == "" {
		return nil, nil, nil
	}
	left, err := b.(Reopener).Reopen(ctx, k.To, id, a)
	if errors.Is(err, fs.ErrNotExist) {
		p.refused(err)
		k.PartSize = 0
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if differs := cmp.Or(was.differs(now), left.Differs, tooMany(left.Parts, int(ceilDiv(now.Size, k.PartSize)))); differs != nil {
		p.refused(abort(ctx, left.Upload, fmt.Errorf("upload %s: %w", id, differs)))
		k.PartSize = 0
		return nil, nil, nil
	}
	return left.Upload, byNumber(left.Parts), nil
}

// tooMany returns an error if there is a part that is not wanted: it would stand in
// the way of finishing.
func tooMany(parts []Part, count int) error {
	if len(parts) > 0 && parts[len(parts)-1].Number > count {
		return fmt.Errorf("it has a part %d, and there will be only %d", parts[len(parts)-1].Number, count)
	}
	return nil
}

func byNumber(parts []Part) map[int]Part {
	kept := make(map[int]Part, len(parts))
	for _, p := range parts {
		kept[p.Number] = p
	}
	return kept
}

// begun keeps the ID of an upload that has been begun.
func (k *keeper) begun(up MultipartUpload, partSize int64, copied bool) error {
	if k == nil {
		return nil
	}
	k.Upload, k.PartSize, k.Copied = up.ID(), partSize, copied
	return k.save(k.path, true)
}

// save writes the file, so that there is either the old one or the new. Sync says
// that it is to survive a crash of the machine as well.
func (c checkpoint) save(path string, sync bool) (err error) {
	content, err := json.MarshalIndent(c, "", "\t")
	if err != nil {
		return err
	}
	f, name, err := anywhere.createBeside(path, 0o600)
	if err != nil {
		return fmt.Errorf("keeping the checkpoint: %w", err)
	}
	_, err = f.Write(append(content, '\n'))
	if err == nil && sync {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(name, path)
	}
	if err != nil {
		_ = os.Remove(name)
		return fmt.Errorf("keeping the checkpoint: %w", err)
	}
	return nil
}

// forget deletes the file: there is nothing to go on with.
func (k *keeper) forget() {
	if k != nil {
		// One that stays names what is gone, and then it is begun afresh.
		_ = os.Remove(k.path)
	}
}

// knows reports whether what the checkpoint is of is certain not to have changed, also
// without looking at the content.
func (k *keeper) knows() bool { return k != nil && (k.Modified != "" || k.Version != "") }

// useless reports whether nothing can be made any more of what was moved before a
// transfer failed with err.
func useless(err error) bool {
	return errors.Is(err, ErrSourceChanged) || errors.Is(err, ErrObjectChanged) || errors.Is(err, ErrChecksum)
}

// ranges keeps what is downloaded in so many ranges; one alone is not worth it.
func (k *keeper) ranges(d *downloader, count int) error {
	if k == nil || count == 1 {
		return nil
	}
	k.Version, k.Size, k.PartSize = d.pin, d.info.Size, d.part
	k.saved = time.Now()
	return k.save(k.path, k.sync != nil)
}

// fetched keeps that a range has been written.
func (k *keeper) fetched(i int) error {
	if k == nil || k.PartSize == 0 {
		return nil
	}
	k.mu.Lock()
	k.add(i)
	due := time.Since(k.saved) >= checkpointInterval
	if due {
		k.saved = time.Now()
	}
	k.mu.Unlock()
	if !due {
		return nil
	}
	return k.keepRanges()
}

var errNothingKept = errors.New("there is nothing to be kept")

// keepRanges keeps the ranges that have been written, once they are on the disk.
func (k *keeper) keepRanges() error {
	if k == nil {
		return errNothingKept
	}
	k.writing.Lock()
	defer k.writing.Unlock()
	k.mu.Lock()
	now := k.checkpoint
	now.Done = slices.Clone(now.Done)
	k.mu.Unlock()
	if len(now.Done) == 0 {
		return errNothingKept
	}
	if k.sync != nil {
		if err := k.sync(); err != nil {
			return err
		}
	}
	return now.save(k.path, k.sync != nil)
}

// has reports whether a range has been fetched.
func (k *keeper) has(i int) bool {
	if k == nil {
		return false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	at, found := k.search(i)
	return found || at > 0 && k.Done[at-1][1] >= i
}

// reaches returns up to where a file must have been written.
func (k *keeper) reaches(s spans) int64 {
	if len(k.Done) == 0 {
		return 0
	}
	off, n := s.at(min(k.Done[len(k.Done)-1][1], s.count-1))
	return off + n
}

// search returns where a run that begins with i is, or would be.
func (c *checkpoint) search(i int) (int, bool) {
	return slices.BinarySearchFunc(c.Done, i, func(r run, i int) int { return cmp.Compare(r[0], i) })
}

// add notes that a range has been fetched.
func (c *checkpoint) add(i int) {
	at, _ := c.search(i)
	joins := at > 0 && c.Done[at-1][1] == i-1
	joined := at < len(c.Done) && c.Done[at][0] == i+1
	switch {
	case joins && joined:
		c.Done[at-1][1] = c.Done[at][1]
		c.Done = slices.Delete(c.Done, at, at+1)
	case joins:
		c.Done[at-1][1] = i
	case joined:
		c.Done[at][0] = i
	default:
		c.Done = slices.Insert(c.Done, at, run{i, i})
	}
}

// checkpointName is the name of the checkpoint of one of many transfers.
func checkpointName(dir string, of ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(of, "\x00")))
	return filepath.Join(dir, hex.EncodeToString(sum[:16])+".json")
}
