// Package child starts operating system processes that never outlive this one and that Ctrl-C doesn't reach, so that
// the local stack alone decides when and in which order they end.
package child

import (
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// running are the children that haven't ended.
var running = struct {
	sync.Mutex
	processes map[*Process]bool
}{processes: map[*Process]bool{}}

// Process is a running child. Its methods may be called by any goroutine.
type Process struct {
	cmd  *exec.Cmd
	done chan struct{}
}

// Start starts cmd in a process group of its own. On Linux the kernel kills it if this process dies; elsewhere that is
// left to the child, which loses its connection to us. The caller must not use cmd's own Wait.
func Start(cmd *exec.Cmd) (*Process, error) {
	cmd.SysProcAttr = attributes()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &Process{cmd: cmd, done: make(chan struct{})}
	running.Lock()
	running.processes[p] = true
	running.Unlock()
	go func() {
		cmd.Wait() // the state says how it ended
		running.Lock()
		delete(running.processes, p)
		running.Unlock()
		close(p.done)
	}()
	return p, nil
}

// KillAll ends every child at once, for a process that is about to exit without stopping them one by one.
func KillAll() {
	running.Lock()
	defer running.Unlock()
	for p := range running.processes {
		p.signal(syscall.SIGKILL)
	}
}

// PID is the operating system's number of the process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done is closed once the process has ended and its output has been read to the end.
func (p *Process) Done() <-chan struct{} { return p.done }

// State tells how the process ended. It may be called only after Done is closed.
func (p *Process) State() *os.ProcessState { return p.cmd.ProcessState }

// Kill ends the process and what it started at once, and waits for it.
func (p *Process) Kill() {
	p.signal(syscall.SIGKILL)
	<-p.done
}

// Stop asks the process to end, waits for up to grace, then kills it. It returns when the process has ended.
func (p *Process) Stop(grace time.Duration) { p.end(syscall.SIGTERM, grace) }

func (p *Process) end(by syscall.Signal, grace time.Duration) {
	p.signal(by)
	select {
	case <-p.done:
	case <-time.After(grace):
		p.Kill()
	}
}

// Quit asks a Go program to print the stacks of all its goroutines and to end, by SIGQUIT, and waits for it for up to grace; then it kills it.
func (p *Process) Quit(grace time.Duration) { p.end(syscall.SIGQUIT, grace) }

// signal reaches the whole group, unless the process has ended: its number may be someone else's by then.
func (p *Process) signal(s syscall.Signal) {
	select {
	case <-p.done:
	default:
		syscall.Kill(-p.cmd.Process.Pid, s)
	}
}
