// Command function is a Lambda function for tests: its event tells it what to do.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type event struct {
	Do   string
	For  time.Duration // of sleep
	Size int           // of large
}

func main() {
	switch os.Getenv("FAIL_INIT") {
	case "panic":
		panic("init went wrong")
	case "once":
		if os.Remove(os.Getenv("FAIL_FILE")) == nil {
			os.Exit(7)
		}
	}
	calls := 0
	lambda.Start(func(ctx context.Context, e json.RawMessage) (any, error) {
		calls++
		var todo event
		json.Unmarshal(e, &todo) // other events are echoed
		switch todo.Do {
		case "sleep":
			time.Sleep(todo.For)
			return os.Getpid(), nil
		case "context":
			c, _ := lambdacontext.FromContext(ctx)
			deadline, _ := ctx.Deadline()
			return map[string]any{"id": c.AwsRequestID, "arn": c.InvokedFunctionArn, "left": time.Until(deadline), "pid": os.Getpid(), "calls": calls}, nil
		case "environment":
			return os.Environ(), nil
		case "print":
			fmt.Println("to stdout")
			fmt.Fprintln(os.Stderr, "to stderr")
			return nil, nil
		case "large":
			return strings.Repeat("x", todo.Size), nil
		case "error":
			return nil, errors.New("it said no")
		case "panic":
			panic("it gave up")
		case "exit":
			os.Exit(3)
		}
		return e, nil
	})
}
