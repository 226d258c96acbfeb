// Serve serves the objects of a bucket, or those with a prefix, as a web site: files
// with their ranges, index.html, lists of directories.
//
//	serve s3://photos/2026/
//	serve -listen localhost:8080 b2://backup
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/entrepot-go/entrepot/examples/internal/places"
	"github.com/entrepot-go/entrepot/transfer"
)

func main() {
	places.Main("serve", func(ctx context.Context) error { return run(ctx, os.Args[1:], os.Stderr) })
}

func run(ctx context.Context, args []string, stderr io.Writer) error {
	var c places.Config
	flags := places.Flags("serve", "ADDRESS", stderr)
	listen := flags.String("listen", "localhost:8000", "`host:port` to listen at")
	c.Flags(flags, "", "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 || !places.Is(flags.Arg(0)) {
		flags.Usage()
		return flag.ErrHelp
	}
	handler, err := handlerOf(ctx, flags.Arg(0), c)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	fmt.Fprintf(stderr, "serving %s at http://%s\n", flags.Arg(0), l.Addr())
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	ended := context.AfterFunc(ctx, func() {
		// What is being sent has a moment to end.
		ending, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = server.Shutdown(ending)
	})
	defer ended()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// handlerOf serves the objects at an address.
func handlerOf(ctx context.Context, address string, c places.Config) (http.Handler, error) {
	place, err := places.Open(ctx, address, c)
	if err != nil {
		return nil, err
	}
	root := strings.Trim(place.Name, "/")
	// Each request has its own file system, whose reading ends with it.
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fsys := transfer.FS(r.Context(), place.Bucket)
		if root != "" {
			sub, err := fs.Sub(fsys, root)
			if err != nil {
				http.Error(w, "the address is no directory", http.StatusInternalServerError)
				return
			}
			fsys = sub
		}
		http.FileServer(http.FS(fsys)).ServeHTTP(w, r)
	}), nil
}
