package places

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

// Main runs a program, whose context an interrupt ends.
func Main(name string, run func(ctx context.Context) error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx)
	switch {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, name+":", err)
		os.Exit(1)
	}
}

// Flags returns the flags of a program, none so far. Arguments are what follows
// them; the help ends in that about addresses.
func Flags(name, arguments string, stderr io.Writer) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintf(stderr, "usage: %s [flags] %s\n\n%s\n", name, arguments, Help)
		flags.PrintDefaults()
	}
	return flags
}

// Flags has flags set c. Prefix begins their names, and purpose ends what they are for.
func (c *Config) Flags(flags *flag.FlagSet, prefix, purpose string) {
	flags.StringVar(&c.Profile, prefix+"profile", "", "`profile` of the AWS files"+purpose)
	flags.StringVar(&c.Endpoint, prefix+"endpoint", "", "`URL` of the service"+purpose)
}
