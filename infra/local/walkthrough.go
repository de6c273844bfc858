package main

import (
	_ "embed"
	"fmt"
	"io"
	"strings"

	"group-invites/infra/local/stack"
)

// walkthroughScript is a first use, command by command; the README shows the same. It is written for a fresh stack on the
// default address.
//
//go:embed walkthrough.sh
var walkthroughScript string

// The lines of the script that depend on the address.
const (
	baseLine  = "B=http://127.0.0.1:8080\n"
	groupLine = "GROUP=d6625d02804133cd\n"
)

// walkthrough prints it for this stack, to be pasted into bash or zsh in another terminal.
func walkthrough(w io.Writer, s *stack.Stack) {
	script := strings.Replace(walkthroughScript, baseLine, "B="+s.URL()+"\n", 1)
	for _, thing := range s.Seeded() {
		if thing.Name == "group" {
			script = strings.Replace(script, groupLine, "GROUP="+thing.ID+"\n", 1)
		}
	}
	fmt.Fprintf(w, `Open %[1]s/dev/ for people, ids and everything else; mail arrives at %[1]s/dev/inbox.
To see a link made, used and deleted, paste this into another terminal (bash or zsh):

%[2]s
Ctrl-C stops everything; the data stays.

`, s.URL(), strings.TrimSuffix("  "+strings.ReplaceAll(script, "\n", "\n  "), "  "))
}
