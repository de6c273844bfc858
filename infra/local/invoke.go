package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"

	"group-invites/infra/local/stack"
)

// invoke sends the event in a file to one function, and prints what it printed (to stderr) and answered (to stdout).
func invoke(ctx context.Context, o stack.Options, arguments []string) error {
	flags := flag.NewFlagSet("invoke", flag.ContinueOnError)
	function := flags.String("function", "", "name of the function's folder")
	file := flags.String("event", "", "file with the event")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if *function == "" || *file == "" || flags.NArg() > 0 {
		return errors.New("usage: invoke -function NAME -event FILE")
	}
	event, err := os.ReadFile(*file)
	if err != nil {
		return err
	}
	if !json.Valid(event) {
		return fmt.Errorf("%s isn't JSON", *file)
	}
	o.Log = os.Stderr
	result, err := stack.InvokeOnce(ctx, o, *function, event, func(line string) { fmt.Fprintln(os.Stderr, line) })
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(readable(result.Payload), "", "  ")
	if err != nil {
		return err
	}
	fmt.Printf("%s\n", text)
	if result.FunctionError != "" {
		return fmt.Errorf("%s failed: %s", *function, result.FunctionError)
	}
	return nil
}

// readable is an answer with its body decoded, where that is JSON.
func readable(payload []byte) any {
	var answer any
	if json.Unmarshal(payload, &answer) != nil {
		return string(payload)
	}
	fields, ok := answer.(map[string]any)
	if !ok {
		return answer
	}
	body, ok := fields["body"].(string)
	if !ok {
		return answer
	}
	if encoded, _ := fields["isBase64Encoded"].(bool); encoded {
		if decoded, err := base64.StdEncoding.DecodeString(body); err == nil {
			body = string(decoded)
		}
	}
	var document any
	if json.Unmarshal([]byte(body), &document) == nil {
		fields["body"] = document
	}
	return fields
}
