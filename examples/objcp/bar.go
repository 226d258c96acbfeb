package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/entrepot-go/entrepot/transfer"
)

// bar shows how far a copy has come.
type bar struct {
	w io.Writer

	mu    sync.Mutex
	bar   *progressbar.ProgressBar
	title string
}

func newBar(w io.Writer) *bar {
	return &bar{w: w, bar: progressbar.NewOptions64(-1,
		progressbar.OptionSetWriter(w),
		progressbar.OptionShowBytes(true),
		progressbar.OptionSetWidth(30),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetSpinnerChangeInterval(0), // a goroutine of its own would turn it, in a data race
		progressbar.OptionClearOnFinish())}
}

// show is called for each event, of one object or of many.
func (b *bar) show(e transfer.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	bytes, total, title := e.Bytes, e.Total, e.Name
	if e.All.TotalObjects > 0 {
		bytes, total = e.All.Bytes, e.All.TotalBytes
		title = fmt.Sprintf("%d of %d", e.All.Objects, e.All.TotalObjects)
	}
	if len(title) > 30 {
		title = "…" + title[len(title)-29:]
	}
	switch {
	case e.Refused != nil:
		b.say("begun before, but of no use: %v", e.Refused)
	case e.Retry != nil:
		b.say("again in %v: %v", e.Wait.Round(time.Millisecond), e.Retry)
	}
	if title != b.title { // each time, it is drawn
		b.title = title
		b.bar.Describe(title)
	}
	if total > 0 && b.bar.GetMax64() != total {
		b.bar.ChangeMax64(total)
	}
	_ = b.bar.Set64(bytes) // it fails only where it cannot be shown
}

func (b *bar) say(format string, args ...any) {
	_ = b.bar.Clear()
	fmt.Fprintf(b.w, format+"\n", args...)
}

func (b *bar) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	_ = b.bar.Finish()
}
