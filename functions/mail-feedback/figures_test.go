package main

import (
	"testing"

	"group-invites/shared/emf"
	"group-invites/shared/mail"
)

// TestFigures_KnowEveryStateThatFeedbackGives.
func TestFigures_KnowEveryStateThatFeedbackGives(t *testing.T) {
	seen := map[emf.Name]bool{}
	for _, state := range []mail.State{mail.StateDelivered, mail.StateDelayed, mail.StateBounced, mail.StateComplained, mail.StateDropped} {
		if figures[state] == "" || seen[figures[state]] {
			t.Errorf("%s is counted as %q", state, figures[state])
		}
		seen[figures[state]] = true
	}
}
