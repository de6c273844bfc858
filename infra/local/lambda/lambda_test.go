package lambda_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"group-invites/infra/local/lambda"
)

var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "lambda")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "function")
	if out, err := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", binary, "./testdata/function").CombinedOutput(); err != nil {
		fmt.Printf("%s", out)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

func service(t *testing.T, o lambda.Options, f lambda.Function) *lambda.Service {
	t.Helper()
	f.Name, f.DeployedName, f.Binary = "try-it", "stack-try-it", binary
	if f.Timeout == 0 {
		f.Timeout = 5 * time.Second
	}
	o.Functions = []lambda.Function{f}
	s := lambda.New(o)
	t.Cleanup(s.Close)
	return s
}

func invoke(t *testing.T, s *lambda.Service, event string) lambda.Result {
	t.Helper()
	result, err := s.Invoke(t.Context(), "try-it", []byte(event))
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }

func TestInvoke_AnswersAndReusesTheProcess(t *testing.T) {
	s := service(t, lambda.Options{}, lambda.Function{})
	first := invoke(t, s, `{"do":"context"}`)
	second := invoke(t, s, `{"do":"context"}`)
	if !first.Cold || first.InitDuration <= 0 || second.Cold || second.InitDuration != 0 {
		t.Errorf("first %+v, second %+v: want a cold start, then a warm one", first, second)
	}
	var a, b struct {
		ID, ARN    string
		Left       time.Duration
		PID, Calls int
	}
	if json.Unmarshal(first.Payload, &a) != nil || json.Unmarshal(second.Payload, &b) != nil {
		t.Fatalf("answers %s and %s", first.Payload, second.Payload)
	}
	if a.PID != b.PID || b.Calls != 2 || first.Environment != second.Environment {
		t.Errorf("%+v, then %+v: want the same process", a, b)
	}
	if a.ID == b.ID || a.ID != first.RequestID || len(a.ID) != 36 || a.ARN != "arn:aws:lambda:local:000000000000:function:stack-try-it" {
		t.Errorf("request ids %q and %q, ARN %q", a.ID, b.ID, a.ARN)
	}
	if a.Left <= 4*time.Second || a.Left > 5*time.Second {
		t.Errorf("%v left of 5 s", a.Left)
	}
}

func TestInvoke_GivesLambdasEnvironmentAndNothingElse(t *testing.T) {
	t.Setenv("AWS_CA_BUNDLE", "/nowhere")
	t.Setenv("LEAKED", "yes")
	s := service(t, lambda.Options{}, lambda.Function{MemoryMB: 256, Environment: map[string]string{"TABLE_NAME": "things"}})
	var got []string
	if err := json.Unmarshal(invoke(t, s, `{"do":"environment"}`).Payload, &got); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"TABLE_NAME=things", "AWS_LAMBDA_FUNCTION_NAME=stack-try-it", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256", "AWS_REGION=local",
		"AWS_ACCESS_KEY_ID=ASIALOCALTRYITX1", "_HANDLER=bootstrap", "TZ=:UTC", "AWS_LAMBDA_LOG_FORMAT=JSON",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is missing", want)
		}
	}
	for _, v := range got {
		if strings.HasPrefix(v, "AWS_CA_BUNDLE=") || strings.HasPrefix(v, "LEAKED=") || strings.HasPrefix(v, "HOME=") {
			t.Errorf("%s leaked in", v)
		}
	}
}

func TestInvoke_Timeout(t *testing.T) {
	s := service(t, lambda.Options{}, lambda.Function{Timeout: 300 * time.Millisecond})
	var pid int
	json.Unmarshal(invoke(t, s, `{"do":"sleep","for":1}`).Payload, &pid)
	slow := invoke(t, s, `{"do":"sleep","for":9000000000}`)
	if slow.FunctionError != lambda.ErrorTimeout || !strings.Contains(slow.ErrorMessage(), "Task timed out after 0.30 seconds") {
		t.Errorf("error %s: %s", slow.FunctionError, slow.ErrorMessage())
	}
	if alive(pid) {
		t.Error("the process that timed out still runs")
	}
	if after := invoke(t, s, `{}`); !after.Cold || after.FunctionError != "" {
		t.Errorf("the next invocation: %+v, want a cold start", after)
	}
}

func TestInvoke_FunctionErrors(t *testing.T) {
	for name, test := range map[string]struct {
		event, kind, message string
		survives             bool
	}{
		"an error":          {`{"do":"error"}`, "errorString", "it said no", true},
		"a panic":           {`{"do":"panic"}`, "string", "it gave up", false},
		"an exit":           {`{"do":"exit"}`, lambda.ErrorExit, "exit status 3", false},
		"a huge answer":     {fmt.Sprintf(`{"do":"large","size":%d}`, lambda.MaxPayload+1), lambda.ErrorResponseTooLarge, "maximum allowed payload size", false},
		"the largest of it": {fmt.Sprintf(`{"do":"large","size":%d}`, lambda.MaxPayload-2), "", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := service(t, lambda.Options{}, lambda.Function{})
			result := invoke(t, s, test.event)
			if result.FunctionError != test.kind || !strings.Contains(result.ErrorMessage(), test.message) {
				t.Errorf("error %q: %q, want %q: %q", result.FunctionError, result.ErrorMessage(), test.kind, test.message)
			}
			if after := invoke(t, s, `{"x":1}`); after.Cold == test.survives || string(after.Payload) != `{"x":1}` {
				t.Errorf("the next invocation: cold %v, answer %s", after.Cold, after.Payload)
			}
		})
	}
}

func TestInvoke_InitFailsAndIsTriedAgain(t *testing.T) {
	s := service(t, lambda.Options{}, lambda.Function{Environment: map[string]string{"FAIL_INIT": "panic"}})
	for range 2 {
		result := invoke(t, s, `{}`)
		if result.FunctionError != lambda.ErrorExit || !result.Cold || !strings.Contains(result.ErrorMessage(), "exit status 2") {
			t.Errorf("%+v: %s", result, result.ErrorMessage())
		}
	}

	file := filepath.Join(t.TempDir(), "fail")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s = service(t, lambda.Options{}, lambda.Function{Environment: map[string]string{"FAIL_INIT": "once", "FAIL_FILE": file}})
	if result := invoke(t, s, `{}`); result.FunctionError != lambda.ErrorExit {
		t.Errorf("first: %+v", result)
	}
	if result := invoke(t, s, `{}`); result.FunctionError != "" || !result.Cold {
		t.Errorf("second: %+v", result)
	}
}

func TestInvoke_ConcurrencyAndQueue(t *testing.T) {
	const limit, calls = 3, 9
	s := service(t, lambda.Options{Concurrency: limit}, lambda.Function{})
	var mu sync.Mutex
	processes, cold := map[string]int{}, 0
	var all sync.WaitGroup
	begin := time.Now()
	for range calls {
		all.Go(func() {
			result, err := s.Invoke(t.Context(), "try-it", []byte(`{"do":"sleep","for":100000000}`))
			if err != nil || result.FunctionError != "" {
				t.Errorf("%v %+v", err, result)
			}
			mu.Lock()
			defer mu.Unlock()
			processes[string(result.Payload)]++
			if result.Cold {
				cold++
			}
		})
	}
	all.Wait()
	if len(processes) != limit || cold != limit {
		t.Errorf("%d processes, %d cold starts, want %d", len(processes), cold, limit)
	}
	if took := time.Since(begin); took < 300*time.Millisecond {
		t.Errorf("%d calls of 100 ms took %v with %d environments", calls, took, limit)
	}
}

func TestInvoke_WaitingEndsWithItsContext(t *testing.T) {
	s := service(t, lambda.Options{Concurrency: 1}, lambda.Function{})
	go s.Invoke(t.Context(), "try-it", []byte(`{"do":"sleep","for":400000000}`))
	time.Sleep(50 * time.Millisecond)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := s.Invoke(ctx, "try-it", []byte(`{}`)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v while it waited its turn", err)
	}
	if result := invoke(t, s, `{"x":2}`); string(result.Payload) != `{"x":2}` {
		t.Errorf("the one after it got %+v", result)
	}
}

func TestInvoke_Refuses(t *testing.T) {
	s := service(t, lambda.Options{}, lambda.Function{})
	if _, err := s.Invoke(t.Context(), "other", nil); !errors.Is(err, lambda.ErrNoFunction) {
		t.Errorf("unknown function: %v", err)
	}
	if _, err := s.Invoke(t.Context(), "try-it", make([]byte, lambda.MaxPayload+1)); !errors.Is(err, lambda.ErrRequestTooLarge) {
		t.Errorf("large request: %v", err)
	}
}

func TestLine_ReceivesBothStreams(t *testing.T) {
	var mu sync.Mutex
	var got []string
	s := service(t, lambda.Options{Line: func(function, line string) {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, function+": "+line)
	}}, lambda.Function{})
	invoke(t, s, `{"do":"print"}`)
	s.Close()
	slices.Sort(got)
	if want := []string{"try-it: to stderr", "try-it: to stdout"}; !slices.Equal(got, want) {
		t.Errorf("lines %q, want %q", got, want)
	}
}

type meter struct {
	mu    sync.Mutex
	taken []string
}

func (m *meter) Take(accessKeyID string) lambda.Usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.taken = append(m.taken, accessKeyID)
	return lambda.Usage{Calls: len(m.taken)}
}

func TestMeter_IsReadOnceForEachInvocation(t *testing.T) {
	m := &meter{}
	s := service(t, lambda.Options{Meter: m, Numbered: 6}, lambda.Function{})
	for i := range 3 {
		if result := invoke(t, s, `{}`); result.Usage.Calls != i+1 {
			t.Errorf("invocation %d has usage %+v", i, result.Usage)
		}
	}
	if want := slices.Repeat([]string{"ASIALOCALTRYITX7"}, 3); !slices.Equal(m.taken, want) {
		t.Errorf("taken for %q, want %q", m.taken, want)
	}
}

func TestHoldsAccessKey(t *testing.T) {
	for key, want := range map[string]bool{
		"ASIALOCALTRYITX7": true, "ASIALOCALTRYITX12": true, "ASIALOCALTRYITX": false, "ASIALOCALTRYIT7": false, "ASIALOCALTRYITMOREX7": false, "": false,
	} {
		if got := lambda.HoldsAccessKey("try-it", key); got != want {
			t.Errorf("%q: %v", key, got)
		}
	}
}

func TestClose_LeavesNoProcess(t *testing.T) {
	s := service(t, lambda.Options{}, lambda.Function{})
	var idle int
	json.Unmarshal(invoke(t, s, `{"do":"sleep","for":1}`).Payload, &idle)
	done := make(chan lambda.Result)
	go func() {
		result, _ := s.Invoke(context.Background(), "try-it", []byte(`{"do":"sleep","for":4000000000}`))
		done <- result
	}()
	time.Sleep(100 * time.Millisecond)
	s.Close()
	if result := <-done; result.FunctionError != lambda.ErrorExit {
		t.Errorf("the invocation under way ended with %+v", result)
	}
	if alive(idle) {
		t.Error("a process is left")
	}
	if _, err := s.Invoke(t.Context(), "try-it", nil); !errors.Is(err, lambda.ErrClosed) {
		t.Errorf("Invoke after Close: %v", err)
	}
}

func TestKill_EndsEveryProcess(t *testing.T) {
	s := service(t, lambda.Options{}, lambda.Function{})
	if n := s.Kill("try-it"); n != 0 {
		t.Errorf("%d processes before the first invocation", n)
	}
	var idle int
	json.Unmarshal(invoke(t, s, `{"do":"sleep","for":1}`).Payload, &idle)
	done := make(chan lambda.Result)
	for range 2 { // one of them in the idle process
		go func() {
			result, _ := s.Invoke(context.Background(), "try-it", []byte(`{"do":"sleep","for":5000000000}`))
			done <- result
		}()
	}
	for ended := 0; ended < 2; {
		select {
		case result := <-done:
			ended++
			if result.FunctionError != lambda.ErrorExit || !strings.Contains(result.ErrorMessage(), "signal: killed") {
				t.Errorf("%+v: %s", result, result.ErrorMessage())
			}
		case <-time.After(5 * time.Millisecond): // not every process has been given its invocation yet
			s.Kill("try-it")
		}
	}
	if alive(idle) {
		t.Error("a process is left")
	}
	if after := invoke(t, s, `{}`); !after.Cold || after.FunctionError != "" {
		t.Errorf("the next invocation: %+v", after)
	}
	if n := s.Kill("other"); n != 0 {
		t.Errorf("%d processes of a function that there isn't", n)
	}
}

func BenchmarkInvoke(b *testing.B) {
	s := lambda.New(lambda.Options{Functions: []lambda.Function{{Name: "try-it", Binary: binary, Timeout: 5 * time.Second}}})
	defer s.Close()
	for _, parallel := range []int{1, 16} {
		b.Run(fmt.Sprintf("callers=%d", parallel), func(b *testing.B) {
			b.SetParallelism(max(1, parallel/2))
			if parallel == 1 {
				for b.Loop() {
					s.Invoke(context.Background(), "try-it", []byte(`{}`))
				}
				return
			}
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					s.Invoke(context.Background(), "try-it", []byte(`{}`))
				}
			})
		})
	}
}
