package main

import (
	"fmt"
	"io"

	"group-invites/infra/local/stack"
)

// walkthrough prints commands for a first use: each works as it stands, in this order.
func walkthrough(w io.Writer, s *stack.Stack) {
	group := "GROUP"
	for _, thing := range s.Seeded() {
		if thing.Name == "group" {
			group = thing.ID
		}
	}
	fmt.Fprintf(w, `%[1]s/dev/ shows people, ids and everything else. To see a link made and used:

  ADMIN=$(curl -s %[1]s/dev/token/admin)
  NEWCOMER=$(curl -s %[1]s/dev/token/newcomer)

  # the admin makes a link for anyone, good for a day
  LINK=$(curl -s -X POST %[1]s/v1/groups/%[2]s/invites -H "Authorization: Bearer $ADMIN" \
    -H 'Content-Type: application/json' -d '{"access":"anyone","expiration":"1d"}' | sed -n 's/.*"url":"\([^"]*\)".*/\1/p')
  echo "$LINK"

  # whoever holds it can see what it is, and joins by it
  curl -s -X POST %[1]s/v1/invites/preview -H 'Content-Type: application/json' -d '{"code":"'"${LINK#*#}"'"}'
  curl -s -X POST %[1]s/v1/invites/redeem -H "Authorization: Bearer $NEWCOMER" -H 'Content-Type: application/json' -d '{"code":"'"${LINK#*#}"'"}'

Ctrl-C stops everything; the data stays.

`, s.URL(), group)
}
