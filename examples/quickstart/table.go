package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// row is what moving the file on one provider took.
type row struct {
	provider string
	bytes    int64
	up, down leg
	verified string // the vendor's checksum that the download was compared with
}

// leg is one direction of it.
type leg struct {
	parts, retries int
	took           time.Duration
}

func printTable(w io.Writer, rows []row) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "provider\tway\tparts\tbytes\ttime\tMB/s\tretries\tverified by\t")
	for _, r := range rows {
		r.up.print(t, r.provider, "up", r.bytes, "")
		r.down.print(t, r.provider, "down", r.bytes, r.verified)
	}
	t.Flush()
}

func (l leg) print(w io.Writer, provider, way string, bytes int64, verified string) {
	if way == "down" {
		// Whatever the vendor keeps, the whole file's SHA-256 was compared.
		verified = "SHA-256 " + verified
	}
	fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%s\t%.0f\t%d\t%s\t\n", provider, way, l.parts, bytes,
		l.took.Round(time.Millisecond), float64(bytes)/1e6/l.took.Seconds(), l.retries, verified)
}
