package main

import (
	"encoding/xml"
	"slices"
	"strings"
	"testing"
)

// TestEveryClientDoesItsWork runs each client at each task but compiling, which
// would build the standard library anew, and looks at no time.
func TestEveryClientDoesItsWork(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and runs eighteen programs")
	}
	names := slices.DeleteFunc(rowNames(), func(name string) bool { return name == "compile" })
	c := config{rows: names, rounds: 1, calls: 20, size: 20 << 20, quick: true, dir: t.TempDir()}
	table, err := run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	var out, chart strings.Builder
	table.print(&out)
	table.chart(&chart)
	if n := strings.Count(chart.String(), ">AWS SDK v2</text>"); n != len(panels) {
		t.Errorf("the chart shows the AWS SDK %d times, not %d:\n%s", n, len(panels), chart.String())
	}
	if err := xml.Unmarshal([]byte(chart.String()), new(struct{})); err != nil {
		t.Errorf("the chart: %v", err)
	}
	for _, r := range table.rows {
		for _, who := range clients {
			if r.name == "size" && who == floor || r.name == "size-own" && who != entrepot ||
				!slices.Contains(clientsAt(r.task), who) {
				continue
			}
			if table.median(r, who) == 0 {
				t.Errorf("%s by %s was not measured:\n%s", r.name, who, out.String())
			}
		}
		if r.limit != nil && table.load(r, r.limit) == 0 {
			t.Errorf("%s was not compared with its budget:\n%s", r.name, out.String())
		}
	}
}

func TestTheMedianIsOfWhatWasMeasured(t *testing.T) {
	put := func(ours, base float64) round {
		return round{"put": {floor: {cpu: base}, entrepot: {cpu: ours}}}
	}
	r := row{task: "put", value: cpu, limit: floors("put", cpu, 2)}
	for _, tt := range []struct {
		name   string
		rounds []round
		ratio  float64
		result string
	}{
		{"ratios are taken within a round", []round{put(3, 1), put(3, 2), put(30, 20)}, 1.5, "pass"},
		{"an even number has its median in between", []round{put(3, 1), put(5, 1)}, 4, "**miss by 100.0 %**"},
		{"a round without the floor does not count", []round{put(3, 0), put(2, 1)}, 2, "pass"},
		{"nothing measured is no result", []round{{}}, 0, "–"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table := &table{rounds: tt.rounds}
			if got := table.ratio(r, entrepot, floor); got != tt.ratio {
				t.Errorf("the ratio is %v, not %v", got, tt.ratio)
			}
			if got := table.result(r); got != tt.result {
				t.Errorf("the result is %q, not %q", got, tt.result)
			}
		})
	}
}

func TestUnknownNamesAreErrors(t *testing.T) {
	for _, c := range []config{{rows: []string{"put", "patch"}}, {clients: []string{"curl"}}} {
		if _, err := run(t.Context(), c); err == nil || !strings.Contains(err.Error(), "there is no") {
			t.Errorf("run(%+v) = %v, want an error that names what there is not", c, err)
		}
	}
}
