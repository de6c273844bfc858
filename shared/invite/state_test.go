package invite

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"group-invites/shared/directory"
)

var epoch = time.Date(2027, 3, 1, 9, 30, 0, 0, time.UTC)

// creatorOf makes the present standing of a link's creator: in the group, since the epoch.
func creatorOf(role directory.Role, add directory.AddPeople) directory.Standing {
	s := directory.Standing{Org: &directory.Org{AddPeople: add}, Group: &directory.Group{}}
	s.OrgMember = directory.OrgMember{State: directory.StateIn, Role: role, Since: epoch}
	s.GroupMember = directory.GroupMember{State: directory.StateIn, Since: epoch}
	return s
}

// Of what holds at the same time, the first in this order is the state: expired, suspended, used up, active.
func TestJudge_Order(t *testing.T) {
	for i := range 8 {
		expired, suspended, usedUp := i&4 != 0, i&2 != 0, i&1 != 0
		want := StateActive
		switch {
		case expired:
			want = StateExpired
		case suspended:
			want = StateSuspended
		case usedUp:
			want = StateUsedUp
		}
		t.Run(fmt.Sprintf("expired %v, suspended %v, used up %v: %s", expired, suspended, usedUp, want), func(t *testing.T) {
			link := Invite{Access: AccessOrg, Epoch: epoch, MaxUses: 2, Uses: 1, ExpiresAt: epoch.Add(time.Hour)}
			creator := creatorOf(directory.RoleUser, directory.AddPeople{})
			now := epoch
			if expired {
				now = link.ExpiresAt
			}
			if suspended {
				creator.GroupMember.State = directory.StateLeft
			}
			if usedUp {
				link.Uses = 2
			}
			if got := Judge(&link, creator, now); got != want {
				t.Errorf("state %s", got)
			}
		})
	}
}

func TestSuspended(t *testing.T) {
	none, managers := directory.AddPeople{}, directory.AddPeople{Manager: true}
	for _, c := range []struct {
		what    string
		access  Access
		creator directory.Standing
		change  func(s *directory.Standing)
		want    bool
	}{
		{"a user's link for members", AccessOrg, creatorOf(directory.RoleUser, none), nil, false},
		{"a user's link for anyone", AccessAnyone, creatorOf(directory.RoleUser, none), nil, true},
		{"a user's link for anyone, when managers may", AccessAnyone, creatorOf(directory.RoleUser, managers), nil, true},
		{"a manager's link for anyone, when managers may", AccessAnyone, creatorOf(directory.RoleManager, managers), nil, false},
		{"a manager's link for anyone, when they may not", AccessAnyone, creatorOf(directory.RoleManager, none), nil, true},
		{"an admin's link for anyone", AccessAnyone, creatorOf(directory.RoleAdmin, none), nil, false},
		{"an admin's who isn't in the group", AccessAnyone, creatorOf(directory.RoleAdmin, none), func(s *directory.Standing) { s.GroupMember = directory.GroupMember{} }, false},
		{"a manager's who left the group", AccessOrg, creatorOf(directory.RoleManager, managers), func(s *directory.Standing) { s.GroupMember.State = directory.StateLeft }, true},
		{"a user's who was removed from the group", AccessOrg, creatorOf(directory.RoleUser, none), func(s *directory.Standing) { s.GroupMember.State = directory.StateRemoved }, true},
		{"an admin's who left the organization", AccessOrg, creatorOf(directory.RoleAdmin, none), func(s *directory.Standing) { s.OrgMember.State = directory.StateLeft }, true},
		{"an admin's who was removed from it", AccessOrg, creatorOf(directory.RoleAdmin, none), func(s *directory.Standing) { s.OrgMember.State = directory.StateRemoved }, true},
		{"an admin's who was out of it and is back", AccessOrg, creatorOf(directory.RoleAdmin, none), func(s *directory.Standing) { s.OrgMember.Since = epoch.Add(time.Millisecond) }, true},
		{"a user's who was out of both and is back", AccessOrg, creatorOf(directory.RoleUser, none), func(s *directory.Standing) {
			s.OrgMember.Since, s.GroupMember.Since = epoch.Add(time.Hour), epoch.Add(time.Hour)
		}, true},
		{"of someone unknown", AccessOrg, directory.Standing{Org: &directory.Org{}, Group: &directory.Group{}}, nil, true},
	} {
		t.Run(fmt.Sprintf("%s: %v", c.what, c.want), func(t *testing.T) {
			if c.change != nil {
				c.change(&c.creator)
			}
			if got := suspended(&Invite{Access: c.access, Epoch: epoch}, c.creator); got != c.want {
				t.Errorf("suspended is %v", got)
			}
		})
	}
}

func TestUsedUp(t *testing.T) {
	for _, c := range []struct {
		maxUses, uses int
		want          bool
	}{{0, 0, false}, {0, 1_000_000, false}, {1, 0, false}, {1, 1, true}, {10, 9, false}, {10, 10, true}, {10, 11, true}} {
		link := Invite{MaxUses: c.maxUses, Uses: c.uses}
		if link.UsedUp() != c.want || link.Capped() != (c.maxUses > 0) {
			t.Errorf("%+v: used up is %v, capped %v", c, link.UsedUp(), link.Capped())
		}
	}
}

func TestAccessOptions(t *testing.T) {
	org, both := []Access{AccessOrg}, []Access{AccessOrg, AccessAnyone}
	for _, c := range []struct {
		role directory.Role
		add  directory.AddPeople
		want []Access
	}{
		{directory.RoleUser, directory.AddPeople{}, org},
		{directory.RoleUser, directory.AddPeople{Manager: true}, org},
		{directory.RoleUser, directory.AddPeople{User: true}, both},
		{directory.RoleManager, directory.AddPeople{}, org},
		{directory.RoleManager, directory.AddPeople{User: true}, org},
		{directory.RoleManager, directory.AddPeople{Manager: true}, both},
		{directory.RoleAdmin, directory.AddPeople{}, both},
	} {
		t.Run(fmt.Sprintf("%s with addPeople %v", c.role, c.add.Roles()), func(t *testing.T) {
			if got := AccessOptions(creatorOf(c.role, c.add)); !slices.Equal(got, c.want) {
				t.Errorf("options %v, want %v", got, c.want)
			}
		})
	}
	t.Run("none for who doesn't see the group, as an empty list", func(t *testing.T) {
		if got := AccessOptions(directory.Standing{}); got == nil || len(got) != 0 {
			t.Errorf("options %v", got)
		}
	})
}

func TestState_Err(t *testing.T) {
	for state, want := range map[State]error{
		StateActive: nil, StateDeleted: ErrDeleted, StateExpired: ErrExpired, StateSuspended: ErrSuspended, StateUsedUp: ErrUsedUp,
	} {
		if err := state.Err(); err != want {
			t.Errorf("%s: %v", state, err)
		}
	}
}
