package lambda

import (
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"group-invites/infra/local/child"
)

// environment is one execution environment: a process and the Runtime API that serves it.
//
// It is idle in its pool from the moment that it has answered, though the process may need some microseconds more until
// it asks for its next invocation, and may end instead. So an invocation counts as handed over only when the process
// has asked for it; one that wasn't is given to another environment.
type environment struct {
	pool        *pool
	accessKeyID string
	process     *child.Process
	started     time.Time
	work        chan *invocation // from the pool's invocations to the process' next question
	first       sync.Once
	ready       chan struct{} // closed at the first question
	initialized time.Duration // from start to ready
	initError   atomic.Pointer[[]byte]
	served      bool // the environment has had an invocation; only run touches it

	mu      sync.Mutex
	current *invocation // what the process works on
}

// newEnvironment starts the process, but doesn't wait until it is ready.
func newEnvironment(p *pool, number int) (*environment, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	e := &environment{
		pool:        p,
		accessKeyID: accessKeyID(p.function.Name, number),
		work:        make(chan *invocation),
		ready:       make(chan struct{}),
	}
	cmd := exec.Command(p.function.Binary)
	cmd.Dir = filepath.Dir(p.function.Binary)
	cmd.Env = e.variables(listener.Addr().String())
	output := &lines{function: p.function.Name, sink: p.line}
	cmd.Stdout, cmd.Stderr = output, output

	e.started = time.Now()
	if e.process, err = child.Start(cmd); err != nil {
		listener.Close()
		return nil, err
	}
	p.mu.Lock()
	p.all[e] = true
	p.mu.Unlock()
	server := &http.Server{Handler: e.runtimeAPI()}
	go server.Serve(listener)
	p.service.all.Go(func() {
		select {
		case <-e.process.Done():
		case <-p.service.closing.Done():
			e.process.Stop(stopGrace)
		}
		server.Close()
		output.flush()
		p.gone(e)
	})
	return e, nil
}

// alive tells whether the process runs.
func (e *environment) alive() bool {
	select {
	case <-e.process.Done():
		return false
	default:
		return true
	}
}

// variables is the whole environment of the process: what Lambda sets, then the function's own.
func (e *environment) variables(runtimeAPI string) []string {
	f := e.pool.function
	variables := []string{
		"AWS_ACCESS_KEY_ID=" + e.accessKeyID,
		"AWS_SECRET_ACCESS_KEY=local",
		"AWS_SESSION_TOKEN=local",
		"AWS_REGION=local",
		"AWS_DEFAULT_REGION=local",
		"AWS_EXECUTION_ENV=AWS_Lambda_provided.al2023",
		"AWS_LAMBDA_FUNCTION_NAME=" + f.DeployedName,
		"AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=" + strconv.Itoa(f.MemoryMB),
		"AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
		"AWS_LAMBDA_LOG_FORMAT=JSON",
		"AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/" + f.DeployedName,
		"AWS_LAMBDA_LOG_STREAM_NAME=local/[$LATEST]" + e.accessKeyID,
		"AWS_LAMBDA_RUNTIME_API=" + runtimeAPI,
		"LAMBDA_RUNTIME_DIR=/var/runtime",
		"LAMBDA_TASK_ROOT=" + filepath.Dir(f.Binary),
		"LANG=en_US.UTF-8",
		"PATH=/usr/local/bin:/usr/bin:/bin:/opt/bin",
		"TZ=:UTC",
		"_HANDLER=bootstrap",
	}
	for name, v := range f.Environment {
		variables = append(variables, name+"="+v)
	}
	return variables
}

// outcome is what became of an invocation; where untouched, the process ended before it was handed over.
type outcome struct {
	Result
	untouched bool
}

// run takes an invocation through the environment, and makes the environment idle again unless its process is gone.
func (e *environment) run(inv *invocation) {
	result := Result{RequestID: inv.id, Environment: e.accessKeyID, Version: e.pool.version, Cold: !e.served}
	e.served = true
	if result.Cold {
		if kind, payload := e.awaitInit(inv); kind != "" {
			result.FunctionError, result.Payload = kind, payload
			inv.outcome <- outcome{Result: result}
			return
		}
		result.InitDuration = e.initialized
	}

	timeout := e.pool.function.Timeout
	patience := time.NewTimer(timeout)
	defer patience.Stop()
	select {
	case e.work <- inv:
	case <-e.process.Done():
		inv.outcome <- outcome{untouched: true}
		return
	case <-patience.C: // it has answered, yet asks for nothing more
		e.process.Kill()
		inv.outcome <- outcome{untouched: true}
		return
	}

	begin := time.Now()
	patience.Reset(timeout)
	idle := false
	select {
	case a := <-inv.answer:
		result.FunctionError, result.Payload, idle = a.functionError, a.payload, true
	case <-e.process.Done():
		select {
		case a := <-inv.answer: // posted before it ended
			result.FunctionError, result.Payload = a.functionError, a.payload
		default:
			result.FunctionError, result.Payload = e.exitError(inv)
		}
	case <-patience.C:
		e.process.Kill()
		result.FunctionError, result.Payload = functionError(ErrorTimeout,
			fmt.Sprintf("RequestId: %s Error: Task timed out after %.2f seconds", inv.id, timeout.Seconds()))
	}
	result.Duration = time.Since(begin)
	if e.pool.meter != nil {
		result.Usage = e.pool.meter.Take(e.accessKeyID)
	}
	if idle {
		e.pool.grant(grant{e}) // before the answer: whoever calls next finds it
	}
	inv.outcome <- outcome{Result: result}
}

// awaitInit waits until a new process is ready, and returns a function error if that fails.
func (e *environment) awaitInit(inv *invocation) (kind string, payload []byte) {
	select {
	case <-e.ready:
		return "", nil
	case <-e.process.Done():
		return e.exitError(inv)
	case <-time.After(initTimeout):
		e.process.Kill()
		return functionError(ErrorTimeout, "Init timed out after "+initTimeout.String())
	}
}

// exitError tells how a process ended that owed an answer: what it reported from its init, or its exit status.
func (e *environment) exitError(inv *invocation) (string, []byte) {
	if reported := e.initError.Load(); reported != nil {
		return errorType(*reported), *reported
	}
	return functionError(ErrorExit, fmt.Sprintf("RequestId: %s Error: Runtime exited with error: %v", inv.id, e.process.State()))
}
