// Command bench measures this module's clients against bare net/http (the
// floor) and against other clients, and prints a table in Markdown for each
// API, with the budgets that are to be kept.
//
//	go run -C bench .                            # all of it: some forty minutes
//	go run -C bench . -quick                     # whether it works; its times say little
//	go run -C bench . -rows put,get -rounds 9
//	go run -C bench . -rows download -clients entrepot -cpuprofile /tmp/profiles
//
// Every measurement is a process of its own: a program of client/ that works
// against one server process on the loopback, which keeps nothing. Its CPU
// time, user and system, is that of the work alone, without the start. The
// clients take turns, so that whatever else the machine does meets all of them,
// and what is printed are medians: of the ratios to the floor of the same
// round, and of the times.
//
// The small calls and the rows of CPU time have clients that are set up alike: AWS Signature V4, 8 parts of 8 MiB in flight,
// checksums as each library computes and verifies them by itself. Where the
// payload is not signed, it is covered by a CRC. minio-go does not verify what
// it downloads. Whole transfers, a table of their own, are as each library makes
// them by default; the floor has 8 parts of 8 MiB in flight, or 64 small requests.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strings"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("bench: ")
	var c config
	flag.Func("rows", "rows to measure, comma-separated (default all): "+strings.Join(rowNames(), ", "), list(&c.rows))
	flag.Func("clients", "clients to measure, comma-separated (default all): "+strings.Join(clients, ", "), list(&c.clients))
	flag.IntVar(&c.rounds, "rounds", 5, "measurements of each client, of which the median is shown")
	flag.IntVar(&c.calls, "n", 0, "small calls in one measurement (default 20000; 1000 pages of a list; 200 other calls of 1000 keys or buckets; rclone makes fewer)")
	size := flag.Float64("size", 2048, "MiB of the large object")
	flag.BoolVar(&c.quick, "quick", false, "one round of little work")
	flag.StringVar(&c.dir, "dir", "", "directory for the large file (default that of temporary files)")
	svg := flag.String("svg", "", "file to draw a chart in of what is compared with the other clients of S3")
	flag.StringVar(&c.cpuProfiles, "cpuprofile", "", "write CPU profiles of the clients into this directory")
	flag.StringVar(&c.memProfiles, "memprofile", "", "write profiles of all allocations into this directory; spoils the times")
	flag.Parse()
	c.size = int64(*size * (1 << 20))
	if c.quick {
		c.rounds, c.size = 1, 64<<20
		if c.calls == 0 {
			c.calls = 200
		}
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	t, err := run(ctx, c)
	if err != nil {
		stop()
		log.Fatal(err)
	}
	t.print(os.Stdout)
	if *svg != "" {
		var chart bytes.Buffer
		t.chart(&chart)
		if err := os.WriteFile(*svg, chart.Bytes(), 0o666); err != nil {
			log.Fatal(err)
		}
	}
}

// list is a flag of names.
func list(to *[]string) func(string) error {
	return func(v string) error {
		*to = append(*to, strings.Split(v, ",")...)
		return nil
	}
}

func rowNames() []string {
	var names []string
	for _, r := range rows {
		names = append(names, r.name)
	}
	return names
}

// run measures what the configuration asks for.
func run(ctx context.Context, c config) (*table, error) {
	selected, err := selectRows(c.rows)
	if err != nil {
		return nil, err
	}
	if c.clients, err = selectClients(c.clients); err != nil {
		return nil, err
	}
	b, err := newBench(ctx, c, selected)
	if err != nil {
		return nil, err
	}
	defer b.close()
	t := &table{rows: selected, clients: c.clients, config: c}
	for i := range c.rounds {
		r, err := b.round(ctx, selected, i == 0)
		if err != nil {
			return nil, err
		}
		t.rounds = append(t.rounds, r)
		fmt.Fprintf(os.Stderr, "round %d of %d\n", i+1, c.rounds)
	}
	return t, nil
}
