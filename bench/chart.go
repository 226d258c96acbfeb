package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// A panel of the chart is what one row of the table shows, as a bar for each
// client.
type panel struct {
	row   string
	title string
	unit  string
}

var panels = []panel{
	{"put", "PUT 1 KiB", "µs CPU"},
	{"list", "list 1,000,000 keys", "µs CPU a key"},
	{"put-allocs", "allocations a PUT", ""},
	{"files-up", "10,000 files of 4 KiB, 20 ms away", "ms a file"},
	{"move-up", "upload of a large file, TLS", "s/GiB"},
	{"move-down", "download of it, TLS", "s/GiB"},
	{"stalled-tail", "GET 1 MiB, 20 ms away, 1 of 100 stalls for 2 s: p99", "ms"},
	{"crowd", "100 uploads at a time: memory", "MiB"},
}

var colors = map[string]string{floor: "#9aa5b1", entrepot: "#0b7285", aws: "#e8890c", minio: "#b5495b"}

const (
	chartWidth  = 860
	panelWidth  = 420
	panelHeight = 112
	barHeight   = 15
	barLeft     = 92
	barMost     = 236
)

// chart draws what is compared with S3's other clients, as an SVG. Rows that were
// not measured are left out. The longest bar of a panel is that of its largest
// value.
func (t *table) chart(w io.Writer) {
	var drawn []panel
	values := make(map[string]map[string]float64)
	for _, p := range panels {
		for _, r := range t.rows {
			if r.name != p.row {
				continue
			}
			values[p.row] = make(map[string]float64)
			for _, c := range clientsOf[s3] {
				if v := t.median(r, c); v != 0 {
					values[p.row][c] = v
				}
			}
			drawn = append(drawn, p)
		}
	}
	height := (len(drawn)+1)/2*panelHeight + 34
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" font-family="system-ui, sans-serif" font-size="12">`+"\n", chartWidth, height)
	fmt.Fprintf(w, `<rect width="%d" height="%d" fill="#ffffff"/>`+"\n", chartWidth, height)
	for i, p := range drawn {
		t.drawPanel(w, 10+i%2*panelWidth, 8+i/2*panelHeight, p, values[p.row])
	}
	label(w, 10, height-12, `fill="#52606d"`, "Less is better. "+t.machine()[:strings.Index(t.machine(), ";")]+".")
	fmt.Fprintln(w, `</svg>`)
}

func (t *table) drawPanel(w io.Writer, x, y int, p panel, values map[string]float64) {
	title := p.title
	if p.unit != "" {
		title += ", " + p.unit
	}
	label(w, x, y+14, `font-weight="600" fill="#1f2933"`, title)
	most := 0.0
	for _, v := range values {
		most = max(most, v)
	}
	line := y + 22
	for _, c := range clientsOf[s3] {
		v, ok := values[c]
		if !ok {
			continue
		}
		label(w, x+8, line+barHeight-3, `fill="#52606d"`, titles[c])
		length := max(1, int(v/most*barMost))
		fmt.Fprintf(w, `<rect x="%d" y="%d" width="%d" height="%d" rx="2" fill="%s"/>`+"\n", x+barLeft, line+2, length, barHeight-3, colors[c])
		label(w, x+barLeft+length+6, line+barHeight-3, `fill="#1f2933"`, short(v))
		line += barHeight + 4
	}
}

func label(w io.Writer, x, y int, attributes, text string) {
	fmt.Fprintf(w, `<text x="%d" y="%d" %s>`, x, y, attributes)
	xml.EscapeText(w, []byte(text))
	fmt.Fprintln(w, `</text>`)
}

// short writes three digits.
func short(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}
