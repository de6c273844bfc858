package stack

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"group-invites/infra/local/lambda"
	"group-invites/infra/local/template"
)

// InvokeOnce sends one event to a fresh process of one function, past the gateway, and ends the process. It uses the AWS
// endpoint of the stack that runs on the data folder; where none runs, it starts one for as long as it takes. The template's
// parameters are that stack's, under those of the options; a function that is there with a user pool only gets one. Line
// receives what the function prints.
func InvokeOnce(ctx context.Context, o Options, function string, event []byte, line func(string)) (lambda.Result, error) {
	state, running := Running(o.DataDir)
	if !running {
		s, err := Start(ctx, o)
		if err != nil {
			return lambda.Result{}, err
		}
		defer s.Close()
		state, o.Binaries = s.state(), s.options.Binaries
	}
	parameters := map[string]string{}
	maps.Copy(parameters, state.Parameters)
	maps.Copy(parameters, o.Parameters)
	t, err := LoadTemplate(o.Root, state.URL, state.TableName, parameters)
	if err == nil && !hasFunction(t, function) { // perhaps it is there with a user pool only
		parameters["OidcIssuer"] = ""
		t, err = LoadTemplate(o.Root, state.URL, state.TableName, parameters)
	}
	if err != nil {
		return lambda.Result{}, err
	}
	if !hasFunction(t, function) {
		return lambda.Result{}, fmt.Errorf("template.yaml has no function %q", function)
	}
	if o.Binaries == "" {
		o.Binaries = filepath.Join(o.Root, ".local", "bin")
		if err := Build(ctx, o.Root, o.Binaries); err != nil {
			return lambda.Result{}, err
		}
	}
	service := lambda.New(lambda.Options{
		Functions: functions(t, o.Binaries, state.AWSEndpoint),
		Numbered:  os.Getpid() * 1000, // so that its calls aren't counted with the stack's own processes'
		Line:      func(_, text string) { line(text) },
	})
	defer service.Close()
	return service.Invoke(ctx, function, event)
}

func hasFunction(t *template.Template, name string) bool {
	return slices.ContainsFunc(t.Functions, func(f template.Function) bool { return f.Name == name })
}
