// Package engine runs Dynoxide, the DynamoDB of the local stack and of the tests, as a child process.
//
// The engine listens on a free loopback port. It reports its addresses only after it has bound them, so an address that
// Start returns is always the engine's own, whatever else on this machine takes ports at the same time. Dynoxide
// removes nothing by TTL unless it is told to: its management server, guarded by a token made for each start, runs
// beside it where Options.Sweep asks for it. The engine never outlives this process.
package engine

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"group-invites/infra/local/child"
)

// Options say how an engine runs.
type Options struct {
	// DBPath is the file that keeps the data. Empty means in memory.
	DBPath string
	// Sweep makes (*Engine).Sweep work.
	Sweep bool
	// Stderr receives progress of a first installation. Nil drops it.
	Stderr io.Writer
}

// Engine is a running engine. Its methods may be called by any goroutine.
type Engine struct {
	process  *child.Process
	endpoint string
	sweep    string // URL of the management server, empty without Options.Sweep
	token    string
}

// startAttempts covers the moment between finding a free port and the engine binding it.
const startAttempts = 5

// Start installs the engine where needed and starts it. It returns once the engine takes requests, usually within
// 20 ms. Ctx ends the start only; Stop ends the engine.
func Start(ctx context.Context, o Options) (*Engine, error) {
	if o.Stderr == nil {
		o.Stderr = io.Discard
	}
	path, err := Ensure(ctx, o.Stderr)
	if err != nil {
		return nil, err
	}
	for range startAttempts {
		var e *Engine
		if e, err = start(ctx, path, o); err == nil {
			return e, nil
		}
		if !strings.Contains(err.Error(), "already in use") {
			break
		}
	}
	return nil, err
}

func start(ctx context.Context, path string, o Options) (*Engine, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	e := &Engine{endpoint: "http://127.0.0.1:" + strconv.Itoa(port), token: rand.Text()}
	arguments := []string{"serve", "--host", "127.0.0.1", "--port", strconv.Itoa(port)}
	if o.DBPath != "" {
		arguments = append(arguments, "--db-path", o.DBPath)
	}
	if o.Sweep {
		arguments = append(arguments, "--mcp", "--mcp-port", "0")
	}
	cmd := exec.Command(path, arguments...)
	// Nothing of our own environment: proxies, certificates and AWS settings must not reach the engine.
	cmd.Env = []string{"DYNOXIDE_MCP_AUTH_TOKEN=" + e.token}
	output, writer := io.Pipe()
	cmd.Stderr = writer
	if e.process, err = child.Start(cmd); err != nil {
		return nil, err
	}
	go func() {
		<-e.process.Done()
		writer.Close()
	}()

	ready := make(chan error, 1)
	go e.watch(output, o.Sweep, ready)
	select {
	case err = <-ready:
	case <-ctx.Done():
		err = ctx.Err()
	case <-time.After(10 * time.Second):
		err = errors.New("it didn't answer within 10 s")
	}
	if err != nil {
		e.process.Kill()
		return nil, fmt.Errorf("start the DynamoDB engine: %w", err)
	}
	return e, nil
}

// watch reads what the engine prints: first the addresses that it has bound, or why it ended.
func (e *Engine) watch(output io.Reader, sweep bool, ready chan<- error) {
	var printed bytes.Buffer
	waiting, tables := true, false
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		if !waiting {
			continue // read on, or the engine blocks on a full pipe
		}
		line := lines.Text()
		printed.WriteString(line + "\n")
		if strings.HasPrefix(line, "Dynoxide listening on ") {
			tables = true
		}
		if _, url, found := strings.Cut(line, "MCP HTTP server listening on "); found {
			e.sweep = url
		}
		if tables && (e.sweep != "" || !sweep) {
			waiting = false
			ready <- nil
		}
	}
	if waiting {
		ready <- errors.New(strings.TrimSpace(printed.String()))
	}
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// Endpoint is the base URL of the DynamoDB API.
func (e *Engine) Endpoint() string { return e.endpoint }

// Exited is closed when the engine has ended, be it by Stop or by itself.
func (e *Engine) Exited() <-chan struct{} { return e.process.Done() }

// Stop ends the engine and returns when it has ended. What it acknowledged is on disk.
func (e *Engine) Stop() error {
	e.process.Stop(3 * time.Second)
	return nil
}

// Sweep removes every item, of every table, whose TTL attribute lies in the past, and returns how many. DynamoDB does
// so by itself within days.
func (e *Engine) Sweep(ctx context.Context) (removed int, err error) {
	if e.sweep == "" {
		return 0, errors.New("the engine was started without Options.Sweep")
	}
	const call = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"sweep_ttl","arguments":{}}}`
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.sweep, strings.NewReader(call))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+e.token)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, fmt.Errorf("sweep: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return 0, fmt.Errorf("sweep: %w", err)
	}
	var answer struct {
		Result struct {
			Content []struct{ Text string }
			IsError bool
		}
	}
	var swept struct {
		ItemsDeleted *int `json:"items_deleted"`
	}
	if json.Unmarshal(body, &answer) != nil || answer.Result.IsError || len(answer.Result.Content) != 1 ||
		json.Unmarshal([]byte(answer.Result.Content[0].Text), &swept) != nil || swept.ItemsDeleted == nil {
		return 0, fmt.Errorf("sweep: unexpected answer: %s: %s", resp.Status, body)
	}
	return *swept.ItemsDeleted, nil
}
