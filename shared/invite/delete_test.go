package invite_test

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
)

// TestDelete_OneOfSeveralHasDoneIt: somebody else deletes the link while a delete is held up. Who hears that it is deleted by him has deleted it.
func TestDelete_OneOfSeveralHasDoneIt(t *testing.T) {
	for _, c := range []struct {
		name   string
		fault  faults.Fault // of the first attempt to delete
		others bool         // somebody else deletes it just before
		shards int
		want   error
	}{
		{"a conflict with the other", faults.Conflict, true, 0, directory.ErrNotFound},
		{"a table that fails, and the other is first", faults.Fail, true, 0, directory.ErrNotFound},
		{"an answer that is lost, of what the other has done", faults.Lose, true, 0, directory.ErrNotFound},
		{"an answer that is lost, of what was done", faults.Lose, false, 0, nil},
		{"an answer that is lost, of what was done on shards", faults.Lose, false, 4, nil},
		{"an answer that is lost, on shards, of what the other has done", faults.Lose, true, 4, directory.ErrNotFound},
	} {
		s := newScene(t)
		link := s.Link(s.admin, s.group, Anyone, Cap(8))
		if c.shards > 0 {
			s.deal(link, c.shards)
		}
		var injected faults.Injector
		_, _, held := s.Instance(injected.Configure)
		hit := false
		injected.Reset(func(call faults.Call) faults.Fault {
			if call.Operation != "TransactWriteItems" || hit {
				return faults.None
			}
			hit = true
			if c.others {
				if err := s.Invites.Delete(t.Context(), s.admin, s.group.ID, link.ID); err != nil {
					t.Errorf("%s: the other: %v", c.name, err)
				}
			}
			return c.fault
		})
		if err := held.Delete(t.Context(), s.admin, s.group.ID, link.ID); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		entries := 0
		for _, row := range s.Rows() {
			if target, ok := row["target"].(*types.AttributeValueMemberS); ok && target.Value == link.ID.String() {
				entries++
			}
		}
		if entries != 1 {
			t.Errorf("%s: %d entries in the audit, want 1", c.name, entries)
		}
		if _, err := s.Invites.Get(t.Context(), s.admin, s.group.ID, link.ID); !errors.Is(err, directory.ErrNotFound) {
			t.Errorf("%s: the link is there: %v", c.name, err)
		}
	}
}
