package servers

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	startTimeout = time.Minute
	pollInterval = 20 * time.Millisecond
)

// process is a server that runs beside the tests.
type process struct {
	cmd  *exec.Cmd
	dir  string        // its data; removed when it ends
	done chan struct{} // closed when it has ended
}

// running are the processes that StopAll has to end.
var running struct {
	sync.Mutex
	processes []*process
}

// StopAll ends every server that was started, and removes their data.
func StopAll() {
	running.Lock()
	defer running.Unlock()
	for _, p := range running.processes {
		p.stop()
	}
	running.processes = nil
}

// command makes the command line of a server that is to listen on addr and to
// keep its data in dir, with the environment it needs beside the user's.
type command func(addr, dir string) (args, env []string, err error)

// start runs a program until it answers ready. A port that is free may be
// taken a moment later, so a server that ends at once gets another.
func start(t testing.TB, path string, line command, ready func(ctx context.Context, addr string) error) (addr string) {
	t.Helper()
	var err error
	for range 3 {
		if addr, err = startOnce(path, line, ready); err == nil {
			return addr
		}
	}
	t.Fatal(err)
	return ""
}

func startOnce(path string, line command, ready func(context.Context, string) error) (string, error) {
	addr, err := freeAddress()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "entrepot-integration-*")
	if err != nil {
		return "", err
	}
	p := &process{dir: dir, done: make(chan struct{})}
	if err := p.run(path, addr, line); err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	if err := p.await(addr, ready); err != nil {
		err = fmt.Errorf("%s: %w\n%s", filepath.Base(path), err, lastLines(p.output()))
		p.stop()
		return "", err
	}
	running.Lock()
	defer running.Unlock()
	running.processes = append(running.processes, p)
	return addr, nil
}

func (p *process) run(path, addr string, line command) error {
	args, env, err := line(addr, p.dir)
	if err != nil {
		return err
	}
	log, err := os.Create(p.logName())
	if err != nil {
		return err
	}
	defer log.Close()
	p.cmd = exec.Command(path, args...)
	p.cmd.Dir = p.dir
	p.cmd.Env = append(neutral(os.Environ()), env...)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	endWithParent(p.cmd)
	if err := p.cmd.Start(); err != nil {
		return err
	}
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait() // it is killed in the end: its status tells nothing
	}()
	return nil
}

// neutral removes what would configure a server behind the test's back.
func neutral(env []string) []string {
	return slices.DeleteFunc(env, func(v string) bool {
		for _, prefix := range []string{"AWS_", "MINIO_", "MOTO_", "ROOT_", "VGW_"} {
			if strings.HasPrefix(v, prefix) {
				return true
			}
		}
		return false
	})
}

// await polls until the server answers.
func (p *process) await(addr string, ready func(context.Context, string) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		err := ready(ctx, addr)
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-p.done:
			return errors.New("ended before it was ready")
		case <-ctx.Done():
			return fmt.Errorf("not ready after %v: %w", startTimeout, err)
		}
	}
}

func (p *process) logName() string { return filepath.Join(p.dir, "log") }

func (p *process) output() string {
	log, _ := os.ReadFile(p.logName())
	return string(log)
}

func (p *process) stop() {
	_ = p.cmd.Process.Kill() // an error means that it has ended by itself
	<-p.done
	_ = os.RemoveAll(p.dir)
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// answers is the readiness of a server that speaks HTTP: any answer will do
// whose status is not one of a server still at work on its start.
func answers(client *http.Client, scheme, path string) func(ctx context.Context, addr string) error {
	return func(ctx context.Context, addr string) error {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+addr+path, nil)
		if err != nil {
			return err
		}
		resp, err := client.Do(r)
		if err != nil {
			return err
		}
		resp.Body.Close()
		if resp.StatusCode >= 500 {
			return errors.New(resp.Status)
		}
		return nil
	}
}
