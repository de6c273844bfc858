// Command local runs the whole product on this machine.
//
//	go run ./infra/local [run]                          serves until Ctrl-C; a second Ctrl-C kills at once
//	go run ./infra/local invoke -function F -event E    sends one event file to one function
//	go run ./infra/local reset                          removes the local data
//	go run ./infra/local ui                             builds the web app, if it isn't built as it is
//
// Environment: PORT, DATA_DIR, TABLE_NAME, DYNAMODB_ENDPOINT, ALLOW_REMOTE_TABLE, LAMBDA_CONCURRENCY, SCHEDULE_EVERY,
// NO_COLOR, and PARAMETERS, which sets parameters of template.yaml ("RetentionDays=1,OpenOrganizations=false").
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"group-invites/infra/local/child"
	"group-invites/infra/local/stack"
	"group-invites/infra/local/webui"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go endWithParent(ctx, stop)
	go func() {
		<-ctx.Done()
		stop() // from now on a signal kills
		again := make(chan os.Signal, 1)
		signal.Notify(again, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
		<-again
		child.KillAll()
		os.Exit(130)
	}()
	if err := command(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func command(ctx context.Context, arguments []string) error {
	name := "run"
	if len(arguments) > 0 {
		name, arguments = arguments[0], arguments[1:]
	}
	options, err := optionsFromEnvironment()
	if err != nil {
		return err
	}
	switch {
	case name == "run" && len(arguments) == 0:
		return run(ctx, options)
	case name == "invoke":
		return invoke(ctx, options, arguments)
	case name == "reset" && len(arguments) == 0:
		if err := stack.Reset(options.DataDir); err != nil {
			return err
		}
		fmt.Println("removed the data in", options.DataDir)
		return nil
	case name == "ui" && len(arguments) == 0:
		return webui.Build(ctx, options.Root, os.Stdout)
	}
	return errors.New("usage: go run ./infra/local [run | invoke -function NAME -event FILE | reset | ui]")
}

// run serves until ctx ends.
func run(ctx context.Context, o stack.Options) error {
	begin := time.Now()
	o.Log, o.Color = os.Stdout, terminal(os.Stdout)
	o.Progress = func(step string, took time.Duration) {
		fmt.Printf("  %-16s %5d ms\n", step, took.Milliseconds())
	}
	fmt.Println("Starting Group Invites on this machine")
	s, err := stack.Start(ctx, o)
	if err != nil {
		return err
	}
	fmt.Printf("  %-16s %5d ms\n\n", "serving after", time.Since(begin).Milliseconds())
	walkthrough(os.Stdout, s)

	<-ctx.Done()
	fmt.Println("\nStopping; Ctrl-C again kills at once")
	return s.Close()
}
