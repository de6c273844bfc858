package lambda

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"group-invites/infra/local/uuid"
)

// invocation is one call of a function on its way through an environment.
type invocation struct {
	id      string
	arn     string
	payload []byte
	answer  chan answer  // what the process posts; holds one
	outcome chan outcome // what Invoke waits for; holds one
}

type answer struct {
	functionError string
	payload       []byte
}

func newInvocation(f Function, payload []byte) *invocation {
	return &invocation{
		id: uuid.New(), arn: "arn:aws:lambda:local:000000000000:function:" + f.DeployedName, payload: payload,
		answer: make(chan answer, 1), outcome: make(chan outcome, 1),
	}
}

// runtimeAPI serves the Runtime API, version 2018-06-01, to the environment's process.
func (e *environment) runtimeAPI() http.Handler {
	mux := http.NewServeMux()
	const base = "/2018-06-01/runtime"
	mux.HandleFunc("GET "+base+"/invocation/next", e.next)
	mux.HandleFunc("POST "+base+"/invocation/{id}/response", e.response)
	mux.HandleFunc("POST "+base+"/invocation/{id}/error", e.invocationError)
	mux.HandleFunc("POST "+base+"/init/error", e.reportInitError)
	return mux
}

// next hands the process its next invocation.
func (e *environment) next(w http.ResponseWriter, r *http.Request) {
	e.first.Do(func() {
		e.initialized = time.Since(e.started)
		close(e.ready)
	})
	var inv *invocation
	select {
	case inv = <-e.work:
	case <-r.Context().Done(): // the process has ended
		return
	}
	e.mu.Lock()
	e.current = inv
	e.mu.Unlock()
	deadline := time.Now().Add(e.pool.function.Timeout)
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(inv.payload)))
	h.Set("Lambda-Runtime-Aws-Request-Id", inv.id)
	h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(deadline.UnixMilli(), 10))
	h.Set("Lambda-Runtime-Invoked-Function-Arn", inv.arn)
	h.Set("Lambda-Runtime-Trace-Id", traceID(deadline))
	w.Write(inv.payload)
}

// response takes the function's answer.
func (e *environment) response(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxPayload))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		kind, payload := functionError(ErrorResponseTooLarge,
			fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", MaxPayload))
		e.answer(w, r, http.StatusRequestEntityTooLarge, answer{kind, payload})
	case err != nil:
		reply(w, http.StatusBadRequest, "InvalidRequest", err.Error())
	default:
		a := answer{payload: body}
		// A function that streams its answer tells of a failure midway in a trailer.
		if kind := r.Trailer.Get("Lambda-Runtime-Function-Error-Type"); kind != "" {
			a.functionError, a.payload = functionError(kind, "the function failed while it answered")
		}
		e.answer(w, r, http.StatusAccepted, a)
	}
}

// invocationError takes the error that the function returned.
func (e *environment) invocationError(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxPayload))
	if err != nil {
		reply(w, http.StatusBadRequest, "InvalidRequest", err.Error())
		return
	}
	e.answer(w, r, http.StatusAccepted, answer{errorType(body), body})
}

func (e *environment) answer(w http.ResponseWriter, r *http.Request, status int, a answer) {
	e.mu.Lock()
	inv := e.current
	e.mu.Unlock()
	if inv == nil || inv.id != r.PathValue("id") {
		reply(w, http.StatusBadRequest, "InvalidRequestID", "Invalid request ID")
		return
	}
	select {
	case inv.answer <- a:
	default: // answered before
		reply(w, http.StatusForbidden, "InvalidStateTransition", "the invocation has been answered")
		return
	}
	reply(w, status, "", "")
}

// reportInitError takes the error of an init that failed; the process ends by itself.
func (e *environment) reportInitError(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxPayload))
	if err != nil {
		reply(w, http.StatusBadRequest, "InvalidRequest", err.Error())
		return
	}
	body = bytes.Clone(body)
	e.initError.Store(&body)
	reply(w, http.StatusAccepted, "", "")
}

// reply answers the process: {"status":"OK"} with an empty kind, as the Runtime API does, or an error.
func reply(w http.ResponseWriter, status int, kind, message string) {
	body := []byte(`{"status":"OK"}`)
	if kind != "" {
		_, body = functionError(kind, message)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(body)
}

func traceID(t time.Time) string {
	var b [20]byte
	rand.Read(b[:]) // never fails
	return fmt.Sprintf("Root=1-%08x-%s;Parent=%s;Sampled=0", t.Unix(), hex.EncodeToString(b[:12]), hex.EncodeToString(b[12:]))
}
