package directory_test

import (
	"testing"
	"time"

	"group-invites/shared/directory"
)

// instants of the tests, in order.
var (
	early = time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
	later = early.Add(time.Millisecond)
)

func TestMembership_InGroup(t *testing.T) {
	const in, left, removed = directory.StateIn, directory.StateLeft, directory.StateRemoved
	for _, c := range []struct {
		what  string
		org   directory.MemberState
		group directory.MemberState
		since time.Time // of the group's row; the organization's is early
		in    bool
		inOrg bool
		admin bool
	}{
		{"a stranger", "", "", time.Time{}, false, false, false},
		{"in both", in, in, early, true, true, true},
		{"in the organization only", in, "", time.Time{}, false, true, true},
		{"left the group", in, left, early, false, true, true},
		{"removed from the group", in, removed, early, false, true, true},
		{"left the organization, and so the group", left, in, early, false, false, false},
		{"removed from the organization, and so from the group", removed, in, early, false, false, false},
		{"came back into the organization: the old row doesn't count", in, in, early.Add(-time.Millisecond), false, true, true},
		{"a row of a later epoch, read a moment after the organization's", in, in, later, false, true, true},
		{"a row in a group without one in the organization", "", in, early, false, false, false},
	} {
		t.Run(c.what, func(t *testing.T) {
			m := directory.Membership{
				OrgMember:   directory.OrgMember{State: c.org, Since: early, Role: directory.RoleAdmin},
				GroupMember: directory.GroupMember{State: c.group, Since: c.since},
			}
			if m.InGroup() != c.in || m.InOrg() != c.inOrg || m.IsAdmin() != c.admin {
				t.Errorf("in group %v, in organization %v, admin %v", m.InGroup(), m.InOrg(), m.IsAdmin())
			}
		})
	}
}

func TestMembership_RemovedSince(t *testing.T) {
	never := time.Time{}
	for _, c := range []struct {
		what             string
		fromOrg, fromGrp time.Time
		made             time.Time
		want             bool
	}{
		{"never removed", never, never, early, false},
		{"link made before the removal", never, later, early, true},
		{"link made in the millisecond of the removal", never, early, early, true},
		{"link made a millisecond after the removal", never, early, later, false},
		{"removed from the organization", later, never, early, true},
		{"removed from the organization in the same millisecond", early, never, early, true},
		{"removed from the organization before the link was made", early, never, later, false},
		{"the later of two removals counts", early, later, later, true},
		{"both before", early, early, later, false},
	} {
		t.Run(c.what, func(t *testing.T) {
			m := directory.Membership{
				OrgMember: directory.OrgMember{RemovedAt: c.fromOrg}, GroupMember: directory.GroupMember{RemovedAt: c.fromGrp},
			}
			if got := m.RemovedSince(c.made); got != c.want {
				t.Errorf("RemovedSince = %v", got)
			}
		})
	}
}

func TestOrgMember_NextSince(t *testing.T) {
	for _, c := range []struct {
		what  string
		state directory.MemberState
		since time.Time
		now   time.Time
		want  time.Time
	}{
		{"a stranger begins now", "", time.Time{}, early, early},
		{"someone who left begins now", directory.StateLeft, early, later, later},
		{"and who left long ago too", directory.StateLeft, early, early.Add(time.Hour), early.Add(time.Hour)},
		{"within the same millisecond it is still another epoch", directory.StateLeft, early, early, later},
		{"by a clock that is behind it is still later", directory.StateRemoved, early, early.Add(-time.Hour), later},
	} {
		t.Run(c.what, func(t *testing.T) {
			m := directory.OrgMember{State: c.state, Since: c.since}
			if got := m.NextSince(c.now); !got.Equal(c.want) {
				t.Errorf("NextSince = %v, want %v", got, c.want)
			}
		})
	}
}

// TestRemoved_AndBack: who is removed counts as removed, and who is in again doesn't, by whatever clocks, in a group and in an organization.
func TestRemoved_AndBack(t *testing.T) {
	for _, apart := range []time.Duration{-time.Hour, -time.Millisecond, 0, time.Millisecond, time.Hour} {
		group := directory.GroupMember{State: directory.StateIn, JoinedAt: early}.Removed(early.Add(apart))
		org := directory.OrgMember{State: directory.StateIn, JoinedAt: early}.Removed(early.Add(apart))
		if !(directory.Membership{GroupMember: group}).Removed() || !(directory.Membership{OrgMember: org}).Removed() {
			t.Errorf("removed %v after he came: %v, %v", apart, group, org)
		}
		for _, again := range []time.Duration{-2 * time.Hour, 0, 2 * time.Hour} {
			g, o := group, org
			g.JoinedAt, o.JoinedAt = group.NextJoinedAt(early.Add(again)), org.NextJoinedAt(early.Add(again))
			if (directory.Membership{GroupMember: g}).Removed() || (directory.Membership{OrgMember: o}).Removed() || !g.JoinedAt.After(early) || !o.JoinedAt.After(early) {
				t.Errorf("removed %v after he came, and back after %v: %v, %v", apart, again, g, o)
			}
			if again > time.Hour && (!g.JoinedAt.Equal(early.Add(again)) || !o.JoinedAt.Equal(early.Add(again))) {
				t.Errorf("back after %v: %v, %v", again, g, o)
			}
		}
	}
}

func TestRenewal(t *testing.T) {
	row := directory.OrgMember{Name: "Anna", Email: "anna@example.com"}
	for _, c := range []struct {
		what        string
		caller      directory.Caller
		name, email string
		changed     bool
	}{
		{"nothing new", directory.Caller{Name: "Anna", Email: "anna@example.com", Verified: true}, "Anna", "anna@example.com", false},
		{"a token without either takes nothing away", directory.Caller{}, "Anna", "anna@example.com", false},
		{"another name", directory.Caller{Name: "Anna B."}, "Anna B.", "anna@example.com", true},
		{"another address", directory.Caller{Email: "b@example.com", Verified: true}, "Anna", "b@example.com", true},
		{"an address that isn't verified doesn't count", directory.Caller{Email: "b@example.com"}, "Anna", "anna@example.com", false},
	} {
		t.Run(c.what, func(t *testing.T) {
			name, email, changed := directory.Renewal(row, c.caller)
			if name != c.name || email != c.email || changed != c.changed {
				t.Errorf("Renewal = %q, %q, %v", name, email, changed)
			}
		})
	}
}
