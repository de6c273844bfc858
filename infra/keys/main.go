// Command keys turns the key ring that link codes are signed with.
//
//	go run ./infra/keys -stack group-invites-prod status     what keys there are, and when the ring was changed
//	go run ./infra/keys -stack group-invites-prod add        a new key, which verifies only
//	go run ./infra/keys -stack group-invites-prod sign 1     has it sign
//	go run ./infra/keys -stack group-invites-prod retire 0   ends the old key, and every URL that it has signed
//	go run ./infra/keys -stack group-invites-prod replace    after a leak: a new key signs, all others end, at once
//
// -local turns the ring of the running local stack (DATA_DIR) instead, -secret ID that of a secret. In the cloud it needs the AWS CLI.
//
// Functions read the ring when theirs is older than four minutes, so some see a change up to five minutes after others. Between adding a key and
// having it sign, and between that and retiring the old one, five minutes must pass, and the command holds to that: then every function accepts
// what any other has signed, all the time. Replacing is for a leak, where the old URLs must not live on: they are dead within five
// minutes, and those that are made in these five minutes may be refused until they are over. A link itself outlives its key: whoever may see
// it finds its new URL in the list. Links in mails by which an address says that it wants no more end with the key, too.
package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"group-invites/infra/deployment"
	"group-invites/infra/local/project"
	"group-invites/infra/local/stack"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "keys:", err)
		os.Exit(1)
	}
}

const usage = "usage: keys (-stack NAME | -secret ID | -local) [-yes] (status | add | sign NUMBER | retire NUMBER | replace)"

func run(ctx context.Context, arguments []string, in io.Reader, out io.Writer) error {
	flags := flag.NewFlagSet("keys", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	stackName := flags.String("stack", "", "name of the deployed stack")
	secretID := flags.String("secret", "", "id of the secret")
	local := flags.Bool("local", false, "the running local stack")
	yes := flags.Bool("yes", false, "don't ask before links end")
	if err := flags.Parse(arguments); err != nil || flags.NArg() == 0 {
		return errors.Join(err, errors.New(usage))
	}
	var s store
	var err error
	switch {
	case *local && *stackName == "" && *secretID == "":
		s, err = localStore()
	case *stackName != "" && *secretID == "" && !*local:
		s, err = secretOf(ctx, *stackName, deployment.AWS)
	case *secretID != "" && *stackName == "" && !*local:
		s = cli{*secretID, deployment.AWS}
	default:
		err = errors.New(usage)
	}
	if err != nil {
		return err
	}
	k := keys{store: s, now: time.Now, out: out, agreed: func(question string) bool { return *yes || ask(in, out, question) }}
	return k.do(ctx, flags.Args())
}

// localStore finds the ring of the running local stack.
func localStore() (store, error) {
	root, err := project.Root()
	if err != nil {
		return nil, err
	}
	folder := cmp.Or(os.Getenv("DATA_DIR"), filepath.Join(root, stack.DefaultDataDir))
	state, running := stack.Running(folder)
	if !running {
		return nil, fmt.Errorf("no stack runs on %s: start one by make run", folder)
	}
	return endpoint{state.AWSEndpoint, state.KeyRing}, nil
}

// ask has a person agree by writing yes.
func ask(in io.Reader, out io.Writer, question string) bool {
	fmt.Fprintf(out, "%s Write yes to go on: ", question)
	line, _ := bufio.NewReader(in).ReadString('\n')
	return strings.TrimSpace(line) == "yes"
}
