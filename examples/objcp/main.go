// Objcp copies files and objects: up, down, and between any two of the four
// providers, one or whole directories. Called again after a failure, or after it
// was killed, it goes on where it stopped.
//
//	objcp film.mov s3://videos/film.mov
//	objcp -r photos/ b2://backup/photos/
//	objcp -sync -delete s3://videos/2026/ ibm://archive/2026/
//	tar c home | objcp - lightsail://backup/home.tar
package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/entrepot-go/entrepot/examples/internal/places"
	"github.com/entrepot-go/entrepot/transfer"
)

func main() {
	places.Main("objcp", func(ctx context.Context) error { return run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr) })
}

// command is what the arguments say.
type command struct {
	recursive, sync, remove, dryRun, keepGoing, checksum, quiet bool
	afresh                                                      bool
	include, exclude                                            []string
	send, receive                                               int64
	from, to                                                    places.Config

	in       io.Reader
	out, err io.Writer
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	c := command{in: stdin, out: stdout, err: stderr}
	flags := places.Flags("objcp", "SOURCE DESTINATION\n\nEach is a path, an address, or - for standard input and output.", stderr)
	flags.BoolVar(&c.recursive, "r", false, "copy all files of a directory, or all objects with a prefix")
	flags.BoolVar(&c.sync, "sync", false, "the same, but only what differs")
	flags.BoolVar(&c.remove, "delete", false, "with -sync, delete what the source has not")
	flags.BoolVar(&c.checksum, "checksum", false, "with -sync, compare checksums, not times")
	flags.BoolVar(&c.dryRun, "dry-run", false, "with -r or -sync, only say what would be done")
	flags.BoolVar(&c.keepGoing, "keep-going", false, "with -r or -sync, go on after something has failed")
	flags.BoolVar(&c.afresh, "afresh", false, "do not go on with what an earlier call has begun")
	flags.BoolVar(&c.quiet, "q", false, "show no progress")
	flags.Func("include", "with -r or -sync, go over names only that match this `pattern`", add(&c.include))
	flags.Func("exclude", "with -r or -sync, pass over names that match this `pattern`", add(&c.exclude))
	flags.Int64Var(&c.send, "send-rate", 0, "send at most so many `bytes` per second")
	flags.Int64Var(&c.receive, "receive-rate", 0, "receive at most so many `bytes` per second")
	c.from.Flags(flags, "from-", " for the source")
	c.to.Flags(flags, "to-", " for the destination")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 2 {
		flags.Usage()
		return flag.ErrHelp
	}
	return c.copy(ctx, flags.Arg(0), flags.Arg(1))
}

func add(to *[]string) func(string) error {
	return func(s string) error {
		*to = append(*to, s)
		return nil
	}
}

// end is where something comes from or goes to: a bucket or, without one, a path.
type end struct {
	places.Place
	path string
}

func open(ctx context.Context, address string, c places.Config) (end, error) {
	if !places.Is(address) {
		return end{path: address}, nil
	}
	p, err := places.Open(ctx, address, c)
	return end{Place: p}, err
}

func (e end) isStream() bool { return e.Bucket == nil && e.path == "-" }

// isDirectory reports whether e names what other things are in.
func (e end) isDirectory() bool {
	if e.Bucket != nil {
		return e.Name == "" || strings.HasSuffix(e.Name, "/")
	}
	stat, err := os.Stat(e.path)
	return err == nil && stat.IsDir() || strings.HasSuffix(e.path, string(filepath.Separator))
}

// base is the last part of its name.
func (e end) base() string {
	if e.Bucket != nil {
		return path.Base(e.Name)
	}
	return filepath.Base(e.path)
}

func (e end) tree() transfer.Tree {
	if e.Bucket != nil {
		return transfer.Under(e.Bucket, e.Name)
	}
	return transfer.Dir(e.path)
}

func (c *command) copy(ctx context.Context, source, destination string) error {
	from, err := open(ctx, source, c.from)
	if err != nil {
		return err
	}
	to, err := open(ctx, destination, c.to)
	if err != nil {
		return err
	}
	opts := []transfer.Option{transfer.WithManager(&transfer.Manager{SendRate: c.send, ReceiveRate: c.receive})}
	if !c.quiet {
		bar := newBar(c.err)
		defer bar.end()
		opts = append(opts, transfer.WithProgress(bar.show))
	}
	if !from.isStream() && !to.isStream() && !c.dryRun {
		kept, err := checkpoint(source, destination, c.afresh)
		if err != nil {
			fmt.Fprintln(c.err, "objcp: if this fails, it will have to begin afresh:", err)
		} else {
			opts = append(opts, transfer.WithCheckpoint(kept))
			if c.recursive || c.sync {
				defer os.Remove(kept) // the directory of many, unless something is in it
			}
		}
	}
	if c.recursive || c.sync {
		return c.copyTree(ctx, to, from, opts)
	}
	switch {
	case c.remove || c.dryRun || c.keepGoing || c.checksum || c.include != nil || c.exclude != nil:
		return errors.New("-delete, -checksum, -dry-run, -keep-going, -include and -exclude are for -r and -sync")
	case !from.isStream() && from.isDirectory():
		return fmt.Errorf("%s is a directory or a prefix: -r copies it", source)
	case !to.isStream() && to.isDirectory() && from.isStream():
		return fmt.Errorf("%s is a directory or a prefix: standard input has no name to be given there", destination)
	case to.Bucket != nil && to.isDirectory():
		to.Name += from.base()
	case to.Bucket == nil && !to.isStream() && to.isDirectory():
		to.path = filepath.Join(to.path, from.base())
	}
	return c.copyOne(ctx, to, from, opts)
}

// copyOne copies a file or an object.
func (c *command) copyOne(ctx context.Context, to, from end, opts []transfer.Option) error {
	var info transfer.Info
	var err error
	switch {
	case from.Bucket != nil && to.Bucket != nil:
		info, err = transfer.Copy(ctx, to.Bucket, to.Name, from.Bucket, from.Name, opts...)
	case to.Bucket != nil:
		info, err = c.upload(ctx, to, from, opts)
	case from.Bucket == nil:
		return errors.New("neither is a bucket")
	case to.isStream():
		info, err = transfer.DownloadTo(ctx, from.Bucket, from.Name, c.out, opts...)
	default:
		info, err = transfer.DownloadFile(ctx, from.Bucket, from.Name, to.path, append(opts, transfer.WithModTime())...)
	}
	if err == nil && !c.quiet {
		fmt.Fprintf(c.err, "%d bytes%s\n", info.Size, how(info))
	}
	return err
}

func (c *command) upload(ctx context.Context, to, from end, opts []transfer.Option) (transfer.Info, error) {
	if from.isStream() {
		return transfer.Upload(ctx, to.Bucket, to.Name, c.in, opts...)
	}
	file, err := os.Open(from.path)
	if err != nil {
		return transfer.Info{}, err
	}
	defer file.Close()
	stat, err := file.Stat()
	if err != nil {
		return transfer.Info{}, err
	}
	return transfer.Upload(ctx, to.Bucket, to.Name, file, append(opts, transfer.WithAttrs(transfer.Attrs{ModTime: stat.ModTime()}))...)
}

// how says how a transfer was made, and verified.
func how(i transfer.Info) string {
	s := ""
	if i.Copied {
		s += ", copied by the server"
	}
	if i.Verified != "" {
		s += ", verified by its " + i.Verified
	}
	return s
}

// copyTree copies a directory, or the objects with a prefix.
func (c *command) copyTree(ctx context.Context, to, from end, opts []transfer.Option) error {
	if from.isStream() || to.isStream() {
		return errors.New("-r and -sync are for directories and prefixes")
	}
	opts = append(opts, transfer.WithInclude(c.include...), transfer.WithExclude(c.exclude...))
	for _, o := range []struct {
		set bool
		opt func() transfer.Option
	}{{c.dryRun, transfer.WithDryRun}, {c.keepGoing, transfer.WithKeepGoing}, {c.remove, transfer.WithDelete}, {c.checksum, transfer.WithCompareChecksum}} {
		if o.set {
			opts = append(opts, o.opt())
		}
	}
	if !c.quiet || c.dryRun {
		opts = append(opts, transfer.WithOutcome(c.tell))
	}
	copyAll := transfer.CopyAll
	if c.sync {
		copyAll = transfer.Sync
	}
	report, err := copyAll(ctx, to.tree(), from.tree(), opts...)
	fmt.Fprintf(c.err, "%d copied (%d bytes), %d the same, %d deleted, %d skipped, %d failed\n",
		report.Copied, report.Bytes, report.Kept, report.Deleted, report.Skipped, report.Failed)
	var all *transfer.TreeError
	if errors.As(err, &all) {
		return fmt.Errorf("%d of the names could not be copied", all.Count) // they have been told
	}
	return err
}

// tell says what became of a name.
func (c *command) tell(o transfer.Outcome) {
	switch {
	case o.Err != nil:
		fmt.Fprintf(c.err, "%s %s: %v\n", o.Action, o.Name, o.Err)
	case o.Action == transfer.ActionKeep:
	case c.dryRun && o.Reason != "":
		fmt.Fprintf(c.out, "%s %s (%s)\n", o.Action, o.Name, o.Reason)
	case c.dryRun:
		fmt.Fprintf(c.out, "%s %s\n", o.Action, o.Name)
	case o.Action == transfer.ActionSkip:
		fmt.Fprintf(c.err, "%s %s (%s)\n", o.Action, o.Name, o.Reason)
	}
}

// checkpoint is the path of what is kept of a copy, to go on with it.
func checkpoint(source, destination string, afresh bool) (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir = filepath.Join(dir, "objcp")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	here, err := os.Getwd() // to which paths may be relative
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(here + "\x00" + source + "\x00" + destination))
	kept := filepath.Join(dir, hex.EncodeToString(sum[:16]))
	if afresh {
		return kept, os.RemoveAll(kept)
	}
	return kept, nil
}
