package directory_test

import (
	"context"
	"testing"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
)

// TestOperations_AreUndecidedWhileTheTableFails: whichever call is the first that fails, nobody is told that it is done, or of an empty result.
func TestOperations_AreUndecidedWhileTheTableFails(t *testing.T) {
	s := newScene(t)
	outsider := Person("outsider")
	s.Join(s.admin, s.second, outsider, directory.RoleUser)
	d := s.Directory
	name := "Another name"
	renamed := s.user
	renamed.Name = "Renamed"
	for _, op := range []struct {
		name string
		act  func(ctx context.Context) error
	}{
		{"ListAudit", func(ctx context.Context) error { return second(d.ListAudit(ctx, s.admin, s.org.ID, everything)) }},
		{"ListGroupMembers", func(ctx context.Context) error {
			return second(d.ListGroupMembers(ctx, s.admin, s.group.ID, everything))
		}},
		{"ListOrgMembers", func(ctx context.Context) error { return second(d.ListOrgMembers(ctx, s.admin, s.org.ID, everything)) }},
		{"ListGroups", func(ctx context.Context) error { return second(d.ListGroups(ctx, s.admin, s.org.ID, everything)) }},
		{"ListGroups of one's own", func(ctx context.Context) error { return second(d.ListGroups(ctx, s.user, s.org.ID, everything)) }},
		{"GetGroup", func(ctx context.Context) error { return second(d.GetGroup(ctx, s.admin, s.group.ID)) }},
		{"GetOrg", func(ctx context.Context) error { return second(d.GetOrg(ctx, s.admin, s.org.ID)) }},
		{"CreateOrg", func(ctx context.Context) error { return second(d.CreateOrg(ctx, s.admin, "New")) }},
		{"ChangeOrg", func(ctx context.Context) error {
			return second(d.ChangeOrg(ctx, s.admin, s.org.ID, directory.OrgChange{Name: &name}))
		}},
		{"CreateGroup", func(ctx context.Context) error { return second(d.CreateGroup(ctx, s.admin, s.org.ID, "New")) }},
		{"ChangeGroup", func(ctx context.Context) error { return second(d.ChangeGroup(ctx, s.admin, s.group.ID, name, nil)) }},
		{"PutGroupMember", func(ctx context.Context) error {
			_, _, err := d.PutGroupMember(ctx, s.admin, s.group.ID, outsider.ID)
			return err
		}},
		{"RemoveGroupMember", func(ctx context.Context) error { return d.RemoveGroupMember(ctx, s.admin, s.group.ID, outsider.ID) }},
		{"ChangeRole", func(ctx context.Context) error {
			return second(d.ChangeRole(ctx, s.admin, s.org.ID, outsider.ID, directory.RoleManager))
		}},
		{"RemoveOrgMember", func(ctx context.Context) error { return d.RemoveOrgMember(ctx, s.admin, s.org.ID, outsider.ID) }},
		{"Me", func(ctx context.Context) error { return second(d.Me(ctx, renamed)) }},
		{"DeleteGroup", func(ctx context.Context) error { return d.DeleteGroup(ctx, s.admin, s.second.ID) }},
		{"DeleteOrg", func(ctx context.Context) error { return d.DeleteOrg(ctx, s.admin, s.org.ID) }},
	} {
		t.Run(op.name, func(t *testing.T) { s.StaysUndecided(t, op.act) })
	}
}
