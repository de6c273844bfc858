package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"group-invites/infra/meter"
)

// effort says how much is measured.
type effort struct {
	warmUps int // before each measurement, for each caller
	alone   int // requests by one caller
	many    int // requests by most callers at once
	starts  int // of each function
	bench   int // iterations of each benchmark
}

// thorough takes some minutes on two processors. More requests would measure the engine: its writes take the longer the more changes it remembers. Short only shows that all of it works.
var (
	thorough = effort{warmUps: 4, alone: 600, many: 960, starts: 21, bench: 1000}
	short    = effort{warmUps: 1, alone: 20, many: 64, starts: 2, bench: 100}
)

// engineProgram is the name of the engine's program.
const engineProgram = "dynoxide"

// took is what one operation takes over HTTP.
type took struct {
	alone, many         pace
	use                 meter.Use // of its function, for one request of a single caller
	others              float64   // microseconds of a processor that other functions were on meanwhile, for one request
	own                 float64   // the same of this process: client, gateway and AWS endpoint
	engine              float64   // the same of the engine
	peakAlone, peakMany int64     // bytes in memory of a process of its function, at most
}

// overHTTP measures an operation on a stack of its own.
func overHTTP(ctx context.Context, root, binaries string, o operation, e effort) (t took, err error) {
	s, err := newScene(ctx, root, binaries)
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	requests, err := o.prepare(ctx, s, e.warmUps+e.alone+e.warmUps*most+e.many)
	if err != nil {
		return t, err
	}
	do := func(ctx context.Context, i int) error { return s.do(ctx, requests[i], o.status, nil) }
	if err := s.StreamIdle(ctx); err != nil { // what preparing has caused
		return t, err
	}
	s.KillFunction(o.function) // a process that has done nothing else
	if _, err := load(ctx, 1, 0, e.warmUps, do); err != nil {
		return t, err
	}
	before, err := s.now()
	if err != nil {
		return t, err
	}
	first := e.warmUps
	if t.alone, err = load(ctx, 1, first, e.alone, do); err != nil {
		return t, err
	}
	after, err := s.now()
	if err != nil {
		return t, err
	}
	n := float64(e.alone)
	t.use = after.functions[o.function].Minus(before.functions[o.function], n)
	if t.use.Invocations < 1 {
		return t, fmt.Errorf("%s wasn't called for each request", o.function)
	}
	for name, u := range after.functions {
		if name != o.function {
			t.others += u.Minus(before.functions[name], n).CPU
		}
	}
	t.own, t.engine = (after.own-before.own)/n, (after.engine-before.engine)/n
	t.peakAlone = after.peaks[o.function]

	first += e.alone
	if _, err := load(ctx, most, first, e.warmUps*most, do); err != nil {
		return t, err
	}
	first += e.warmUps * most
	if t.many, err = load(ctx, most, first, e.many, do); err != nil {
		return t, err
	}
	after, err = s.now()
	t.peakMany = after.peaks[o.function]
	return t, err
}

// moment is what has been taken until a moment.
type moment struct {
	functions   map[string]meter.Use
	peaks       map[string]int64
	own, engine float64
}

func (s *scene) now() (m moment, err error) {
	if m.functions, err = s.meter.Read(); err != nil {
		return m, err
	}
	children, err := meter.Children()
	if err != nil {
		return m, err
	}
	m.peaks = map[string]int64{}
	for name, p := range children {
		m.peaks[name] = p.Peak
	}
	m.engine = children[engineProgram].CPU
	m.own, err = meter.OwnCPU()
	return m, err
}

// pastGateway measures how fast the function that does nothing is if it is called past the gateway, and what this process takes for that.
func pastGateway(ctx context.Context, root, binaries string, e effort) (p pace, own float64, err error) {
	s, err := newScene(ctx, root, binaries)
	if err != nil {
		return p, 0, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	do := func(ctx context.Context, _ int) error {
		r, err := s.Invoke(ctx, floorFunction, []byte(helloEvent))
		if err == nil && r.FunctionError != "" {
			err = errors.New(r.ErrorMessage())
		}
		return err
	}
	if _, err := load(ctx, 1, 0, e.warmUps, do); err != nil {
		return p, 0, err
	}
	before, err := meter.OwnCPU()
	if err != nil {
		return p, 0, err
	}
	if p, err = load(ctx, 1, 0, e.alone, do); err != nil {
		return p, 0, err
	}
	after, err := meter.OwnCPU()
	return p, (after - before) / float64(e.alone), err
}

// helloEvent is what the function that does nothing is called with past the gateway.
const helloEvent = `{"version":"2.0","routeKey":"` + http.MethodPost + ` /v1/invites/access-requests","rawPath":"/v1/invites/access-requests","headers":{},` +
	`"requestContext":{"http":{"method":"POST","path":"/v1/invites/access-requests"}},"body":"{}"}`
