package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/entrepot-go/entrepot/bench/client"
)

// config is what the flags say.
type config struct {
	rows, clients []string
	rounds        int
	calls         int   // of small ones; 0: as the task has it
	size          int64 // of the large object
	quick         bool
	dir           string

	cpuProfiles, memProfiles string
}

const module = "github.com/entrepot-go/entrepot"

func selectClients(names []string) ([]string, error) {
	if len(names) == 0 {
		return clients, nil
	}
	for _, name := range names {
		if !slices.Contains(clients, name) {
			return nil, fmt.Errorf("there is no client %q", name)
		}
	}
	return names, nil
}

// bench is a server at work and the programs to be measured against it.
type bench struct {
	config
	temp    string // directory
	file    string // the large one
	roots   string // the server's authority
	plain   string // endpoints
	secure  string
	native  string // of B2
	control string // of Lightsail
	late    string // of S3 that takes its time
	stalled string // of S3 that comes to a halt

	server *exec.Cmd
	stdin  io.Closer
}

func newBench(ctx context.Context, c config, rows []row) (_ *bench, err error) {
	b := &bench{config: c}
	if b.temp, err = os.MkdirTemp(c.dir, "entrepot-bench-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			b.close()
		}
	}()
	for _, dir := range []string{c.cpuProfiles, c.memProfiles} {
		if dir != "" {
			if err := os.MkdirAll(dir, 0o777); err != nil {
				return nil, err
			}
		}
	}
	if err := b.makeFile(); err != nil {
		return nil, err
	}
	if _, err := b.goTool(ctx, nil, "build", "-o", b.program("server"), "./server"); err != nil {
		return nil, err
	}
	built := make(map[string]bool)
	for _, api := range apis {
		for _, who := range clientsOf[api] {
			from := source(api, who)
			if built[from] || !b.needs(rows, api, who) {
				continue
			}
			if _, err := b.goTool(ctx, nil, "build", "-o", b.program(from), from); err != nil {
				return nil, err
			}
			built[from] = true
		}
	}
	return b, b.serve()
}

// needs reports whether rows are about a client of an API: some take long to
// build.
func (b *bench) needs(rows []row, api, who string) bool {
	return slices.Contains(b.clients, who) && slices.ContainsFunc(tasksOf(rows), func(task string) bool {
		return tasks[task].job != "" && apiOf(task) == api && slices.Contains(clientsAt(task), who)
	})
}

// source is where the program of a client is.
func source(api, who string) string {
	if api == s3 || api == moves || api == ibmcos && who == floor {
		return "./client/" + who
	}
	return "./client/" + api + "/" + who
}

// program is where a program is built to.
func (b *bench) program(name string) string {
	return filepath.Join(b.temp, strings.NewReplacer("./", "", "/", "-").Replace(name)+"-program")
}

// makeFiles makes a directory of so many small files.
func (b *bench) makeFiles(n int) (string, error) {
	dir := filepath.Join(b.temp, fmt.Sprintf("files-%d", n))
	if err := os.Mkdir(dir, 0o777); errors.Is(err, fs.ErrExist) {
		return dir, nil
	} else if err != nil {
		return "", err
	}
	content := make([]byte, client.FileSize)
	for i := range n {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("IMG_%06d.jpg", i)), content, 0o666); err != nil {
			return "", err
		}
	}
	return dir, nil
}

// makeFile makes the file to upload. It is sparse, and read once, so that no
// client meets the disk.
func (b *bench) makeFile() error {
	b.file = filepath.Join(b.temp, "large")
	f, err := os.Create(b.file)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Truncate(b.size); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, f)
	return err
}

// serve starts the server.
func (b *bench) serve() error {
	b.roots = filepath.Join(b.temp, "ca.pem")
	b.server = exec.Command(b.program("server"), "-size", strconv.FormatInt(b.size, 10), "-ca", b.roots)
	b.server.Stderr = os.Stderr
	var err error
	if b.stdin, err = b.server.StdinPipe(); err != nil {
		return err
	}
	out, err := b.server.StdoutPipe()
	if err != nil {
		return err
	}
	if err := b.server.Start(); err != nil {
		b.server = nil
		return err
	}
	lines := bufio.NewScanner(out)
	for _, endpoint := range []*string{&b.plain, &b.secure, &b.native, &b.control, &b.late, &b.stalled} {
		if !lines.Scan() {
			return errors.New("the server did not start")
		}
		*endpoint = lines.Text()
	}
	return nil
}

func (b *bench) close() {
	if b.server != nil {
		b.stdin.Close()
		b.server.Wait()
	}
	os.RemoveAll(b.temp)
}

// round measures every client once at what the rows need. What does not vary
// is measured in the first round only.
func (b *bench) round(ctx context.Context, rows []row, first bool) (round, error) {
	r := make(round)
	for _, name := range tasksOf(rows) {
		if (name == "size" || name == "compile") && !first {
			continue
		}
		r[name] = make(map[string]sample)
		for _, who := range b.clients {
			if !slices.Contains(clientsAt(name), who) {
				continue
			}
			var s sample
			var err error
			switch name {
			case "start":
				s, err = b.measureStart(ctx, who)
			case "size":
				s, err = b.measureSize(ctx, who)
			case "compile":
				s, err = b.measureCompile(ctx, who)
			default:
				s, err = b.measure(ctx, name, who)
			}
			if err != nil {
				return nil, fmt.Errorf("%s by %s: %w", name, who, err)
			}
			r[name][who] = s
		}
	}
	return r, nil
}

// callsOf is how many calls of a task by a client are measured in one run.
func (b *bench) callsOf(t task, who string) int {
	calls := t.calls
	if b.calls > 0 && !t.transfer {
		calls = b.calls
	}
	if n := t.fewer[who]; n > 0 {
		calls = max(1, calls/n)
	}
	return calls
}

// measure runs the program of a client.
func (b *bench) measure(ctx context.Context, name, who string) (sample, error) {
	t := tasks[name]
	calls := b.callsOf(t, who)
	file := b.file
	if t.job == "directory" {
		var err error
		if file, err = b.makeFiles(calls); err != nil {
			return sample{}, err
		}
	}
	args := []string{"-job", t.job, "-n", strconv.Itoa(calls), "-size", strconv.FormatInt(b.size, 10), "-file", file}
	switch {
	case t.late:
		args = append(args, "-endpoint", b.late)
	case t.stalled:
		args = append(args, "-endpoint", b.stalled)
	case apiOf(name) == b2:
		args = append(args, "-endpoint", b.native)
	case apiOf(name) == lightsail:
		args = append(args, "-endpoint", b.control)
	case t.secure:
		args = append(args, "-endpoint", b.secure, "-ca", b.roots)
	default:
		args = append(args, "-endpoint", b.plain)
	}
	if t.token {
		args = append(args, "-token")
	}
	if t.defaults {
		args = append(args, "-defaults")
	}
	if t.unsigned {
		args = append(args, "-unsigned")
	}
	if t.verified {
		args = append(args, "-verified")
	}
	if b.cpuProfiles != "" {
		args = append(args, "-cpuprofile", filepath.Join(b.cpuProfiles, name+"-"+who+".cpu"))
	}
	if b.memProfiles != "" {
		args = append(args, "-memprofile", filepath.Join(b.memProfiles, name+"-"+who+".mem"))
	}
	cmd := exec.CommandContext(ctx, b.program(source(apiOf(name), who)), args...)
	cmd.Env = cleanEnv()
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return sample{}, err
	}
	var result client.Result
	if err := json.Unmarshal(out, &result); err != nil {
		return sample{}, err
	}
	per := float64(result.Calls)
	s := sample{mallocs: float64(result.Mallocs) / per, memory: maxMemory(cmd.ProcessState), median: result.Median.Seconds(), tail: result.Tail.Seconds()}
	switch {
	case t.transfer:
		per *= float64(b.size) / (1 << 30)
	case t.keys:
		per *= client.PageKeys
	}
	s.cpu, s.wall = result.CPU.Seconds()/per, result.Wall.Seconds()/per
	return s, nil
}

// cleanEnv is the environment without what clients would take settings from.
func cleanEnv() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool {
		for _, prefix := range []string{"AWS_", "MINIO_", "MC_", "B2_", "RCLONE_", "IBM_", "COS_", "TRUSTED_PROFILE_", "HTTP_PROXY=", "http_proxy=", "GODEBUG=", "GOGC=", "GOMEMLIMIT="} {
			if strings.HasPrefix(v, prefix) {
				return true
			}
		}
		return false
	})
}

// maxMemory is the most memory that a process held, in MiB.
func maxMemory(p *os.ProcessState) float64 {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return float64(usage.Maxrss) / (1 << 20) // bytes there, else KiB
	}
	return float64(usage.Maxrss) / (1 << 10)
}

// goTool runs the go command.
func (b *bench) goTool(ctx context.Context, env []string, args ...string) (*exec.Cmd, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return cmd, nil
}

// starts is how often a program is started in a round.
const starts = 20

// measureStart starts a small program over and over that makes a client, puts
// one object and ends.
func (b *bench) measureStart(ctx context.Context, who string) (s sample, err error) {
	if _, err := b.goTool(ctx, nil, "build", "-o", b.program("size-"+who), "./size/"+who); err != nil {
		return s, err
	}
	var spent, took []float64
	for range starts {
		cmd := exec.CommandContext(ctx, b.program("size-"+who), b.plain)
		cmd.Env = append(cleanEnv(), "AWS_ACCESS_KEY_ID="+client.ID, "AWS_SECRET_ACCESS_KEY="+client.Secret,
			"AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull)
		began := time.Now()
		out, err := cmd.CombinedOutput()
		if err != nil {
			return s, fmt.Errorf("%w\n%s", err, out)
		}
		took = append(took, time.Since(began).Seconds())
		spent = append(spent, (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds())
	}
	s.cpu, s.wall = median(spent), median(took)
	s.least.cpu, s.least.wall = slices.Min(spent), slices.Min(took)
	return s, nil
}

// measureSize builds that program as users build it. It says by how much that is larger than the one that needs net/http only,
// and sums up the symbols in it that are this module's.
func (b *bench) measureSize(ctx context.Context, who string) (sample, error) {
	size := func(who string) (float64, error) {
		if _, err := b.goTool(ctx, nil, "build", "-o", b.program("size-"+who), "./size/"+who); err != nil {
			return 0, err
		}
		st, err := os.Stat(b.program("size-" + who))
		if err != nil {
			return 0, err
		}
		return float64(st.Size()) / 1e6, nil
	}
	base, err := size(floor)
	if err != nil {
		return sample{}, err
	}
	all, err := size(who)
	if err != nil || who != entrepot {
		return sample{added: all - base}, err
	}
	s := sample{added: all - base}
	out, err := exec.CommandContext(ctx, "go", "tool", "nm", "-size", b.program("size-"+who)).Output()
	if err != nil {
		return sample{}, err
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line) // address, size, kind, name
		if len(fields) < 4 || !strings.Contains(fields[3], module) {
			continue
		}
		if kind := strings.ToUpper(fields[2]); kind == "B" || kind == "U" {
			continue // takes no room in the file
		}
		n, err := strconv.ParseFloat(fields[1], 64)
		if err != nil {
			return sample{}, err
		}
		s.own += n / 1e6
	}
	return s, nil
}

// measureCompile compiles the packages of this module, the SDK's package s3, or
// the packages of minio-go, with all that they need compiled already.
func (b *bench) measureCompile(ctx context.Context, who string) (sample, error) {
	own, packages, dir := module, "./...", ".."
	switch who {
	case aws:
		own, dir = "github.com/aws/aws-sdk-go-v2/service/s3", "."
		packages = own
	case minio:
		own, dir = "github.com/minio/minio-go/v7", "."
		packages = own
	}
	// The root module by itself: in the workspace, its name covers this one too.
	env := []string{"GOWORK=off", "GOCACHE=" + filepath.Join(b.temp, "cache")}
	list := exec.CommandContext(ctx, "go", "list", "-C", dir, "-deps", packages)
	list.Env = append(os.Environ(), env...)
	out, err := list.Output()
	if err != nil {
		return sample{}, err
	}
	build := []string{"build", "-C", dir}
	var needed []string
	for pkg := range strings.Lines(string(out)) {
		if pkg = strings.TrimSpace(pkg); pkg != own && !strings.HasPrefix(pkg, own+"/") {
			needed = append(needed, pkg)
		}
	}
	if _, err := b.goTool(ctx, env, append(build, needed...)...); err != nil {
		return sample{}, err
	}
	cmd, err := b.goTool(ctx, env, append(build, packages)...)
	if err != nil {
		return sample{}, err
	}
	return sample{cpu: (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()}, nil
}
