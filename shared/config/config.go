// Package config reads a function's environment, once, at start. Every fault is reported at once, so that a deployment with three
// mistakes takes one look at the log and not three.
package config

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
)

// Environment reads variables and collects what is wrong with them. It is not safe for concurrent use.
type Environment struct {
	lookup func(string) string
	faults []error
}

// FromProcess reads the process's environment.
func FromProcess() *Environment { return From(os.Getenv) }

// From reads variables by lookup, which gives "" for those that aren't set.
func From(lookup func(name string) string) *Environment { return &Environment{lookup: lookup} }

// Err gives all faults so far, or nil. Each names its variable; none quotes a value.
func (e *Environment) Err() error { return errors.Join(e.faults...) }

// Fault adds what a reader of a variable finds wrong with it, unless it isn't set, which is told already.
func (e *Environment) Fault(name, message string) {
	if e.lookup(name) != "" {
		e.fault(name, message)
	}
}

func (e *Environment) fault(name, message string) {
	e.faults = append(e.faults, fmt.Errorf("environment: %s %s", name, message))
}

// Text gives a variable that must be set.
func (e *Environment) Text(name string) string {
	v := e.lookup(name)
	if v == "" {
		e.fault(name, "is not set")
	}
	return v
}

// Optional gives a variable, or "".
func (e *Environment) Optional(name string) string { return e.lookup(name) }

// Bool gives a variable that must be "true" or "false".
func (e *Environment) Bool(name string) bool {
	v := e.Text(name)
	if v != "" && v != "true" && v != "false" {
		e.fault(name, `must be "true" or "false"`)
	}
	return v == "true"
}

// Int gives a variable that must be a whole number within the bounds.
func (e *Environment) Int(name string, low, high int) int {
	v := e.Text(name)
	if v == "" {
		return 0
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < low || n > high {
		e.fault(name, fmt.Sprintf("must be a whole number from %d to %d", low, high))
	}
	return n
}

// Origin gives a variable that must be an origin: https (or, on a loopback address, http), a host, perhaps a port, and nothing
// else.
func (e *Environment) Origin(name string) string {
	return e.address(name, func(*url.URL) string { return "" }, "must be an https origin without a path, such as https://chat.example.com")
}

// URL gives a variable that must be an origin, as [Environment.Origin] has it, with or without a path, and nothing else.
func (e *Environment) URL(name string) string {
	return e.address(name, (*url.URL).EscapedPath, "must be an https address without a query, such as https://sign-in.example.com/people")
}

// address gives a variable that must be an origin and what rest takes from it.
func (e *Environment) address(name string, rest func(*url.URL) string, message string) string {
	v := e.Text(name)
	if v == "" {
		return ""
	}
	u, err := url.Parse(v)
	if err != nil || u.Hostname() == "" || strings.HasSuffix(u.Host, ":") || u.Scheme+"://"+u.Host+rest(u) != v ||
		u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())) {
		e.fault(name, message)
	}
	return v
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

// AWS is what a client of an AWS service needs to know. Lambda sets all of it but Endpoint.
type AWS struct {
	Region string
	// Endpoint is "" for AWS itself. The local stack and `sam local` give their own.
	Endpoint                                   string
	AccessKeyID, SecretAccessKey, SessionToken string
}

// AWS reads the variables that Lambda sets
// (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime).
func (e *Environment) AWS() AWS {
	return AWS{
		Region:          e.Text("AWS_REGION"),
		Endpoint:        e.Optional("AWS_ENDPOINT_URL"),
		AccessKeyID:     e.Text("AWS_ACCESS_KEY_ID"),
		SecretAccessKey: e.Text("AWS_SECRET_ACCESS_KEY"),
		SessionToken:    e.Optional("AWS_SESSION_TOKEN"),
	}
}
