package stack

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"group-invites/infra/local/lambda"
	"group-invites/infra/local/template"
)

// Last is the version before this one. A stack that has it runs both on one table, as they do while a canary runs and after it was taken back: the
// template, with its routes, policies and streams, is this version's, and each function's alias has two versions behind it.
//
// What the last version doesn't know goes to this one alone: a function that it doesn't have, and a request by a route that its function
// didn't serve. Everything else may come to either, whatever is in it.
type Last struct {
	Name     string // of the version, such as v0.9.0
	Root     string // its sources; its own template says what is in its functions' environment
	Binaries string // folder of its built functions
	// Takes decides for each call that both could answer whether the last version gets it. Many goroutines may call it at once.
	Takes func(Call) bool
}

// Call is a call of a function.
type Call struct {
	Function string // name of its folder
	Route    string // key of the route, such as "GET /v1/me"; empty for events of other kinds
}

// This is what answers of this version's functions are marked with on a stack that has the last one too.
const This = "this"

// numberedFrom keeps the environments of the last version apart from this one's.
const numberedFrom = 1_000_000

// versions calls one of two versions of a function.
type versions struct {
	this, last *lambda.Service
	functions  map[string]bool // that the last version has
	routes     map[Call]bool   // that it serves
	takes      func(Call) bool
}

// openVersions returns both versions of the functions. What this one's are called with is in o.
func (s *Stack) openVersions(o lambda.Options) (*versions, error) {
	last := s.options.Last
	declared, err := template.Declared(templateFile(last.Root))
	if err != nil {
		return nil, err
	}
	parameters := map[string]string{}
	for name, given := range s.options.Parameters {
		if declared[name] || strings.Contains(name, "::") || name == "Table" { // what no template declares
			parameters[name] = given
		}
	}
	t, err := LoadTemplate(last.Root, s.url, s.options.TableName, parameters)
	if err != nil {
		return nil, fmt.Errorf("template of %s: %w", last.Name, err)
	}
	if err := checkBinaries(t, last.Binaries); err != nil {
		return nil, fmt.Errorf("%s: %w", last.Name, err)
	}
	v := &versions{functions: map[string]bool{}, routes: map[Call]bool{}, takes: last.Takes}
	for _, f := range t.Functions {
		v.functions[f.Name] = slices.ContainsFunc(s.template.Functions, func(now template.Function) bool { return now.Name == f.Name })
	}
	for _, r := range t.Routes {
		v.routes[Call{r.Function, r.Key()}] = true
	}
	o.Version = This
	v.this = lambda.New(o)
	o.Version, o.Numbered, o.Functions = last.Name, numberedFrom, functions(t, last.Binaries, s.AWSEndpoint())
	o.Line = func(function, line string) { s.log.functionLine(function+"@"+last.Name, line) }
	v.last = lambda.New(o)
	return v, nil
}

// Invoke calls the function's version that takes the call.
func (v *versions) Invoke(ctx context.Context, function string, payload []byte) (lambda.Result, error) {
	var event struct{ RouteKey string }
	json.Unmarshal(payload, &event) // whatever isn't a request has no route
	call := Call{function, event.RouteKey}
	if v.functions[function] && (call.Route == "" || v.routes[call]) && v.takes(call) {
		return v.last.Invoke(ctx, function, payload)
	}
	return v.this.Invoke(ctx, function, payload)
}

// Kill ends all processes of both versions of a function.
func (v *versions) Kill(function string) int { return v.this.Kill(function) + v.last.Kill(function) }

// Quit does so too, and has them print their stacks.
func (v *versions) Quit(function string) int { return v.this.Quit(function) + v.last.Quit(function) }

// Close ends all processes of both versions.
func (v *versions) Close() {
	v.this.Close()
	v.last.Close()
}
