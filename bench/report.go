package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
)

// table is what is printed.
type table struct {
	rows    []row
	clients []string
	config  config
	rounds  []round
}

func (t *table) print(w io.Writer) {
	fmt.Fprintln(w, t.machine())
	for _, api := range apis {
		t.printAPI(w, api)
	}
}

// printAPI prints the rows of an API, if there are any.
func (t *table) printAPI(w io.Writer, api string) {
	rows := slices.DeleteFunc(slices.Clone(t.rows), func(r row) bool { return apiOf(r.task) != api })
	if len(rows) == 0 {
		return
	}
	peers := slices.DeleteFunc(slices.Clone(clientsOf[api]), func(c string) bool { return c == floor || !slices.Contains(t.clients, c) })
	line := []string{"work"}
	for _, c := range peers {
		line = append(line, titles[c]+" ÷ floor")
	}
	line = append(line, "budget", "result", "floor")
	for _, c := range peers {
		line = append(line, titles[c])
	}
	fmt.Fprintln(w)
	printLine(w, line)
	printLine(w, slices.Repeat([]string{"---"}, len(line)))
	for _, r := range rows {
		line := []string{r.title}
		for _, c := range peers {
			line = append(line, number("%.2f", t.ratio(r, c, floor)))
		}
		line = append(line, dash(r.budget), t.result(r))
		for _, c := range append([]string{floor}, peers...) {
			line = append(line, number(r.format, t.median(r, c)))
		}
		printLine(w, line)
	}
	for _, hash := range []struct{ task, title string }{{"sha256", "SHA-256"}, {"sha1", "SHA-1"}} {
		if slices.ContainsFunc(rows, func(r row) bool { return slices.Contains(r.needs, hash.task) }) {
			v := t.over(func(r round) float64 { return r[hash.task][floor].cpu })
			fmt.Fprintf(w, "\n%s alone: %.2f CPU s/GiB.\n", hash.title, v)
		}
	}
}

func printLine(w io.Writer, cells []string) {
	fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
}

func dash(text string) string {
	if text == "" {
		return "–"
	}
	return text
}

// number leaves out what was not measured.
func number(format string, v float64) string {
	if v == 0 {
		return "–"
	}
	return fmt.Sprintf(format, v)
}

// machine says what was measured where.
func (t *table) machine() string {
	cpu := runtime.GOARCH
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(info)) {
			if name, ok := strings.CutPrefix(line, "model name"); ok {
				cpu = strings.Trim(name, " \t:\n")
				break
			}
		}
	}
	kernel := runtime.GOOS
	if out, err := exec.Command("uname", "-sr").Output(); err == nil {
		kernel = strings.TrimSpace(string(out))
	}
	return fmt.Sprintf("%s, %d cores, %s, %s; large object of %d MiB, medians of %d; AWS SDK s3 %s and lightsail %s, minio-go %s, blazer %s, rclone %s, IBM SDK %s.",
		cpu, runtime.NumCPU(), runtime.Version(), kernel, t.config.size>>20, t.config.rounds,
		versionOf("github.com/aws/aws-sdk-go-v2/service/s3"), versionOf("github.com/aws/aws-sdk-go-v2/service/lightsail"),
		versionOf("github.com/minio/minio-go/v7"),
		versionOf("github.com/Backblaze/blazer"), versionOf("github.com/rclone/rclone"),
		versionOf("github.com/IBM/ibm-cos-sdk-go"))
}

// versionOf returns the version of a module that the clients are built with.
func versionOf(module string) string {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Version}}", module).Output()
	if err != nil {
		return "?"
	}
	return strings.TrimSpace(string(out))
}

// over returns the median over the rounds in which v is not zero.
func (t *table) over(v func(round) float64) float64 {
	var values []float64
	for _, r := range t.rounds {
		if x := v(r); x != 0 {
			values = append(values, x)
		}
	}
	return median(values)
}

// median sorts values; of none it is 0.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	mid := len(values) / 2
	if len(values)%2 == 0 {
		return (values[mid-1] + values[mid]) / 2
	}
	return values[mid]
}

func (t *table) median(r row, client string) float64 {
	return t.over(func(m round) float64 { return r.value(m[r.task][client]) })
}

func (t *table) ratio(r row, client, to string) float64 {
	return t.over(func(m round) float64 {
		if base := r.value(m[r.task][to]); base != 0 {
			return r.value(m[r.task][client]) / base
		}
		return 0
	})
}

// load is how much of a limit entrepot takes: 1 is all of it.
func (t *table) load(r row, limit func(round) float64) float64 {
	return t.over(func(m round) float64 {
		if l := limit(m); l != 0 {
			return r.value(m[r.task][entrepot]) / l
		}
		return 0
	})
}

// result says whether the budget was kept.
func (t *table) result(r row) string {
	if r.limit == nil {
		return "–"
	}
	load := t.load(r, r.limit)
	switch {
	case load == 0:
		return "–"
	case load > 1:
		return fmt.Sprintf("**miss by %.1f %%**", (load-1)*100)
	case r.goal != nil && t.load(r, r.goal) <= 1:
		return "pass, and the goal"
	}
	return "pass"
}
