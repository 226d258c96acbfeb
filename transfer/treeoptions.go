package transfer

import (
	"errors"
	"fmt"

	"github.com/bmatcuk/doublestar/v4"
)

// treeOptions are those of CopyAll and Sync.
type treeOptions struct {
	include, exclude []string
	remove           bool
	dryRun           bool
	keepGoing        bool
	byChecksum       bool
	follow           bool
	report           func(Outcome)

	set string // one that was set
}

var errTreeOnly = errors.New("is an option of CopyAll and Sync")

// forOne returns an error if an option was set that one object has no use for.
func (t *treeOptions) forOne() error {
	if t.set != "" {
		return fmt.Errorf("%s %w", t.set, errTreeOnly)
	}
	return nil
}

// WithInclude makes [CopyAll] and [Sync] go over those names only that match one of
// the patterns. A pattern is as in a shell, with ** for any number of directories
// and {a,b} for alternatives; one without a slash may match in any directory. Names
// are those below the directory or prefix, with slashes on all systems. A pattern that
// matches a directory stands for all in it.
func WithInclude(patterns ...string) Option {
	return func(o *options) {
		o.tree.set = "WithInclude"
		o.tree.include = append(o.tree.include, o.patterns(patterns)...)
	}
}

// WithExclude makes [CopyAll] and [Sync] pass over names that match one of the
// patterns, as of [WithInclude], over which it wins. They are not deleted either.
func WithExclude(patterns ...string) Option {
	return func(o *options) {
		o.tree.set = "WithExclude"
		o.tree.exclude = append(o.tree.exclude, o.patterns(patterns)...)
	}
}

func (o *options) patterns(patterns []string) []string {
	for _, p := range patterns {
		if p == "" || !doublestar.ValidatePattern(p) {
			o.invalid("%q is not a pattern of names", p)
		}
	}
	return patterns
}

// WithDelete makes [Sync] delete what the destination has and the source has not.
// Files go, and directories that are empty then; of objects, versions stay where the
// bucket keeps them.
func WithDelete() Option {
	return func(o *options) { o.tree.set, o.tree.remove = "WithDelete", true }
}

// WithDryRun makes [CopyAll] and [Sync] only tell what they would do.
func WithDryRun() Option {
	return func(o *options) { o.tree.set, o.tree.dryRun = "WithDryRun", true }
}

// WithKeepGoing makes [CopyAll] and [Sync] go on after something has failed; the
// error is then a [*TreeError] that lists what has. Else the first failure ends
// them.
func WithKeepGoing() Option {
	return func(o *options) { o.tree.set, o.tree.keepGoing = "WithKeepGoing", true }
}

// WithCompareChecksum makes [Sync] take files and objects of the same size for the same
// if a checksum of the whole says so, and not by their times. Files are read for
// that, and of objects one more request each asks for the checksum; where the vendor
// keeps none, an ETag that is an MD5 serves. Where there is none that can be compared,
// they count as different.
func WithCompareChecksum() Option {
	return func(o *options) { o.tree.set, o.tree.byChecksum = "WithCompareChecksum", true }
}

// WithFollowLinks makes [CopyAll] and [Sync] take symbolic links in the source for
// the files and directories they lead to. A link that leads to a directory it is in
// is an error.
func WithFollowLinks() Option {
	return func(o *options) { o.tree.set, o.tree.follow = "WithFollowLinks", true }
}

// WithOutcome tells of each name that [CopyAll] and [Sync] have gone over what became
// of it. Calls are made one at a time but from several goroutines, and the work waits
// for them.
func WithOutcome(report func(Outcome)) Option {
	return func(o *options) { o.tree.set, o.tree.report = "WithOutcome", report }
}

// Action is what became of a name.
type Action string

// What [CopyAll] and [Sync] do.
const (
	ActionCopy   Action = "copy"   // it was copied
	ActionKeep   Action = "keep"   // it is the same on both sides
	ActionDelete Action = "delete" // it was deleted from the destination
	ActionSkip   Action = "skip"   // it is nothing that is copied; Outcome.Reason says why
	ActionFail   Action = "fail"   // Outcome.Err says why
)

// Outcome is what became of one name, or, with [WithDryRun], would have.
type Outcome struct {
	// Name is the name below the directory or prefix, with slashes.
	Name string

	Action Action

	// Size is that of the content, in bytes.
	Size int64

	// Reason is why it was copied or skipped.
	Reason string

	Err error
}

// Report is what [CopyAll] and [Sync] have done, or, with [WithDryRun], would have.
type Report struct {
	Copied, Kept, Deleted, Skipped, Failed int64

	// Bytes is the size of what was copied.
	Bytes int64
}

// TreeError is what went wrong in a [CopyAll] or [Sync] that went on.
type TreeError struct {
	// Count is how many names have failed, and Failed the first thousand of them.
	Count  int64
	Failed []ObjectError
}

// treeErrors is how many errors are kept.
const treeErrors = 1000

// Error names the first of them.
func (e *TreeError) Error() string {
	if len(e.Failed) == 0 {
		return "nothing has failed"
	}
	if e.Count == 1 {
		return e.Failed[0].Error()
	}
	return fmt.Sprintf("%d have failed, the first of them %v", e.Count, e.Failed[0])
}

// Unwrap returns the errors that were kept.
func (e *TreeError) Unwrap() []error {
	errs := make([]error, len(e.Failed))
	for i, failed := range e.Failed {
		errs[i] = failed
	}
	return errs
}

// wants reports whether a name is to be gone over.
func (t *treeOptions) wants(name string) bool {
	return (len(t.include) == 0 || matches(t.include, name)) && !matches(t.exclude, name)
}

// prunes reports whether all in a directory is passed over.
func (t *treeOptions) prunes(dir string) bool { return matches(t.exclude, dir) }

// matches reports whether one of the patterns matches a name, or a directory that
// it is in.
func matches(patterns []string, name string) bool {
	for _, pattern := range patterns {
		if matchesOrIn(pattern, name) {
			return true
		}
	}
	return false
}
