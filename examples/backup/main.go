// Backup packs a directory into an archive in a bucket, as it is read: its length is not
// known before, and it is never on the disk. Then it reads the archive back and compares
// it with what it has sent.
//
//	backup ~/photos s3://backups/photos.tar.gz
package main

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/entrepot-go/entrepot/examples/internal/places"
	"github.com/entrepot-go/entrepot/transfer"
)

func main() {
	places.Main("backup", func(ctx context.Context) error { return run(ctx, os.Args[1:], os.Stderr) })
}

func run(ctx context.Context, args []string, stderr io.Writer) error {
	var c places.Config
	flags := places.Flags("backup", "DIRECTORY ADDRESS", stderr)
	c.Flags(flags, "", "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 2 || !places.Is(flags.Arg(1)) {
		flags.Usage()
		return flag.ErrHelp
	}
	place, err := places.Open(ctx, flags.Arg(1), c)
	if err != nil {
		return err
	}
	if place.Name == "" {
		return fmt.Errorf("%s does not say how the archive is called", flags.Arg(1))
	}
	sent, err := upload(ctx, place, flags.Arg(0))
	if err != nil {
		return err
	}
	files, size, err := verify(ctx, place, sent)
	if err != nil {
		return fmt.Errorf("reading it back: %w", err)
	}
	fmt.Fprintf(stderr, "%d files in %d bytes, read back and compared\n", files, size)
	return nil
}

// upload packs a directory, and returns the hash of what it has sent.
func upload(ctx context.Context, place places.Place, dir string) (hash.Hash, error) {
	w := transfer.NewWriter(ctx, place.Bucket, place.Name, transfer.WithContentType("application/gzip"))
	defer w.Abort() // unless it is closed
	sent := sha256.New()
	if err := pack(io.MultiWriter(w, sent), dir); err != nil {
		return nil, err
	}
	return sent, w.Close()
}

// pack writes the files below a directory as an archive.
func pack(w io.Writer, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	zipped := gzip.NewWriter(w)
	archive := tar.NewWriter(zipped)
	err = fs.WalkDir(root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == "." {
			return err
		}
		return add(archive, root, path, d)
	})
	return errors.Join(err, archive.Close(), zipped.Close())
}

// add adds a file, a directory or a symbolic link. Others, such as sockets, have no
// content to be kept.
func add(archive *tar.Writer, root *os.Root, path string, d fs.DirEntry) error {
	info, err := d.Info()
	if err != nil {
		return err
	}
	link := ""
	switch {
	case d.Type() == fs.ModeSymlink:
		if link, err = root.Readlink(path); err != nil {
			return err
		}
	case !d.IsDir() && !d.Type().IsRegular():
		return nil
	}
	header, err := tar.FileInfoHeader(info, link)
	if err != nil {
		return err
	}
	header.Name = filepath.ToSlash(path)
	if err := archive.WriteHeader(header); err != nil || !d.Type().IsRegular() {
		return err
	}
	f, err := root.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := io.CopyN(archive, f, header.Size); err != nil { // no more than was announced
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// verify reads the archive back, file by file, and compares it with what was sent.
func verify(ctx context.Context, place places.Place, sent hash.Hash) (files int, size int64, err error) {
	r, err := transfer.NewReader(ctx, place.Bucket, place.Name)
	if err != nil {
		return 0, 0, err
	}
	defer r.Close()
	got := sha256.New()
	all := io.TeeReader(r, got)
	zipped, err := gzip.NewReader(all)
	if err != nil {
		return 0, 0, err
	}
	archive := tar.NewReader(zipped)
	for {
		header, err := archive.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return files, 0, err
		}
		if _, err := io.Copy(io.Discard, archive); err != nil {
			return files, 0, fmt.Errorf("%s: %w", header.Name, err)
		}
		if header.Typeflag == tar.TypeReg {
			files++
		}
	}
	if _, err := io.Copy(io.Discard, all); err != nil { // to the end, where its checksum is compared
		return files, 0, err
	}
	if string(got.Sum(nil)) != string(sent.Sum(nil)) {
		return files, 0, errors.New("what came back is not what was sent")
	}
	return files, r.Size(), nil
}
