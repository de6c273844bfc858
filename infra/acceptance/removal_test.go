package acceptance

import (
	"slices"
	"testing"
)

func TestRemoval_FromTheGroupSticks(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	user := o.join(t, "user")[0]
	second := o.newGroup(t, "Asteroids")
	shared.want(t, 201, "PUT", "/v1/groups/"+second+"/members/"+user.id, o.admin.token, nil)
	before := o.link(t, o.admin, anyone)

	shared.want(t, 204, "DELETE", o.inGroup(user), o.admin.token, nil)
	shared.refused(t, user, before.code(t), 403, "removed")
	shared.send(t, "GET", o.in(""), user.token, nil).refusal(t, 404, "not_found")
	if got := get[list[group]](t, shared, o.path("/groups"), user.token); len(got.Items) != 1 || got.Items[0].ID != second {
		t.Errorf("his groups %+v", got)
	}

	after := o.link(t, o.admin, object{"access": "org"})
	shared.redeem(t, user, after.code(t), 201)
	shared.redeem(t, user, before.code(t), 200)
}

func TestRemoval_FromTheOrganizationEndsItsGroupsAndSticks(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	manager := o.join(t, "manager")[0]
	second := o.newGroup(t, "Asteroids")
	shared.want(t, 201, "PUT", "/v1/groups/"+second+"/members/"+manager.id, o.admin.token, nil)
	before := o.link(t, o.admin, anyone)

	shared.want(t, 204, "DELETE", o.member(manager), o.admin.token, nil)
	if got := get[me](t, shared, "/v1/me", manager.token); len(got.Orgs) != 0 {
		t.Errorf("he is still in %+v", got.Orgs)
	}
	for _, path := range []string{o.path(""), o.in(""), "/v1/groups/" + second} {
		shared.send(t, "GET", path, manager.token, nil).refusal(t, 404, "not_found")
	}
	for _, path := range []string{o.path("/members"), o.in("/members"), "/v1/groups/" + second + "/members"} {
		if _, listed := everybody(t, shared, path, o.admin.token)[manager.id]; listed {
			t.Errorf("%s lists him", path)
		}
	}
	shared.refused(t, manager, before.code(t), 403, "removed")

	// A link made after it works: he is in by it, as a user, and in that group only.
	after := o.link(t, o.admin, anyone)
	shared.redeem(t, manager, after.code(t), 201)
	got := get[me](t, shared, "/v1/me", manager.token)
	if len(got.Orgs) != 1 || got.Orgs[0].Role != "user" || len(got.Orgs[0].Groups) != 1 || got.Orgs[0].Groups[0].ID != o.group {
		t.Errorf("back as %+v", got.Orgs)
	}
}

func TestRemoval_BeingAddedAgainLiftsIt(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	people := o.join(t, "user", "user")
	fromGroup, fromOrg := people[0], people[1]
	before := o.link(t, o.admin, anyone)

	shared.want(t, 204, "DELETE", o.inGroup(fromGroup), o.admin.token, nil)
	shared.want(t, 201, "PUT", o.inGroup(fromGroup), o.admin.token, nil)
	shared.want(t, 200, "PUT", o.inGroup(fromGroup), o.admin.token, nil)
	shared.want(t, 204, "DELETE", o.inGroup(fromGroup), fromGroup.token, nil)
	shared.redeem(t, fromGroup, before.code(t), 201)

	shared.want(t, 204, "DELETE", o.member(fromOrg), o.admin.token, nil)
	if m := read[member](t, shared.want(t, 201, "PUT", o.member(fromOrg), o.admin.token, nil)); m.Role != "user" || m.Name != fromOrg.name {
		t.Errorf("back as %+v", m)
	}
	shared.want(t, 200, "PUT", o.member(fromOrg), o.admin.token, nil)
	if got := get[me](t, shared, "/v1/me", fromOrg.token); len(got.Orgs) != 1 || len(got.Orgs[0].Groups) != 0 {
		t.Errorf("coming back brought groups back: %+v", got)
	}
	shared.redeem(t, fromOrg, before.code(t), 201)
}

func TestRemoval_LeavingIsNone(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	user := o.join(t, "user")[0]
	capped := o.link(t, o.admin, object{"access": "anyone", "maxUses": 3})
	code := capped.code(t)

	shared.want(t, 204, "DELETE", o.inGroup(user), user.token, nil)
	shared.send(t, "DELETE", o.inGroup(user), user.token, nil).refusal(t, 404, "not_found")
	shared.redeem(t, user, code, 201)
	shared.want(t, 204, "DELETE", o.member(user), user.token, nil)
	shared.send(t, "DELETE", o.member(user), user.token, nil).refusal(t, 404, "not_found")
	shared.redeem(t, user, code, 201)
	shared.redeem(t, user, code, 200)
	if got := get[link](t, shared, o.invite(capped), o.admin.token); got.Uses != 2 { // a use is one joining
		t.Errorf("%d uses, want 2", got.Uses)
	}
}

func TestRemoval_OfSomeoneWhoHasLeftSticks(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	people := o.join(t, "user", "user")
	fromGroup, fromOrg := people[0], people[1]
	before := o.link(t, o.admin, anyone)
	for path, leaver := range map[string]person{o.inGroup(fromGroup): fromGroup, o.member(fromOrg): fromOrg} {
		shared.want(t, 204, "DELETE", path, leaver.token, nil)
		shared.want(t, 204, "DELETE", path, o.admin.token, nil) // he expected this
		shared.refused(t, leaver, before.code(t), 403, "removed")
		shared.send(t, "DELETE", path, leaver.token, nil).refusal(t, 404, "not_found") // leaving overwrites no removal
		shared.refused(t, leaver, before.code(t), 403, "removed")
		shared.want(t, 204, "DELETE", path, o.admin.token, nil)
	}
}

func TestRemoval_TheLastAdminStays(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	shared.send(t, "DELETE", o.member(o.admin), o.admin.token, nil).refusal(t, 409, "last_admin")
	shared.send(t, "PATCH", o.member(o.admin), o.admin.token, object{"role": "manager"}).refusal(t, 409, "last_admin")
	second := o.join(t, "admin")[0]
	shared.want(t, 204, "DELETE", o.member(o.admin), o.admin.token, nil)
	shared.send(t, "DELETE", o.member(second), second.token, nil).refusal(t, 409, "last_admin")
	shared.want(t, 200, "GET", o.path(""), second.token, nil)
	// Who left comes back as what he is let in as, and an admin who was removed doesn't count.
	shared.want(t, 201, "PUT", o.member(o.admin), second.token, object{"role": "admin"})
	shared.want(t, 204, "DELETE", o.member(second), o.admin.token, nil)
	shared.send(t, "DELETE", o.member(o.admin), o.admin.token, nil).refusal(t, 409, "last_admin")
}

func TestRemoval_RedeemingNeverLowersARole(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	manager := o.join(t, "manager")[0]
	made := o.link(t, o.admin, anyone)
	shared.want(t, 204, "DELETE", o.inGroup(manager), manager.token, nil)
	for _, p := range []person{o.admin, manager} {
		shared.redeem(t, p, made.code(t), 201)
	}
	roles := everybody(t, shared, o.path("/members"), o.admin.token)
	if roles[o.admin.id].Role != "admin" || roles[manager.id].Role != "manager" {
		t.Errorf("roles %+v", roles)
	}
}

func TestRemoval_OfAGroupOrOrganizationEndsItsLinks(t *testing.T) {
	t.Parallel()
	for _, what := range []string{"group", "organization"} {
		o := shared.org(t)
		user := o.join(t, "user")[0]
		made := o.link(t, o.admin, anyone)
		gone := map[string]string{"group": o.in(""), "organization": o.path("")}[what]
		shared.want(t, 204, "DELETE", gone, o.admin.token, nil)
		shared.send(t, "DELETE", gone, o.admin.token, nil).refusal(t, 404, "not_found")

		newcomer := shared.person(t, "newcomer")
		for _, p := range []person{newcomer, user} {
			shared.refused(t, p, made.code(t), 410, "invite_deleted")
		}
		shown := read[preview](t, shared.want(t, 200, "POST", "/v1/invites/preview", "", object{"code": made.code(t)}))
		if shown.State != "deleted" || shown.Org.Name != nil || shown.Group.Name != nil {
			t.Errorf("%s gone: preview %+v", what, shown)
		}
		for _, p := range []person{o.admin, user, newcomer} {
			shared.send(t, "GET", o.in("/invites"), p.token, nil).refusal(t, 404, "not_found")
			for _, in := range get[me](t, shared, "/v1/me", p.token).Orgs {
				if what == "organization" || p == newcomer || len(in.Groups) != 0 {
					t.Errorf("%s gone: %s is in %+v", what, p.who, in)
				}
			}
		}
	}
}

func TestRemoval_IsAudited(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	user := o.join(t, "user")[0]
	o.role(t, user, "manager")
	o.addPeople(t, "user")
	shared.want(t, 204, "DELETE", o.inGroup(user), o.admin.token, nil)
	shared.want(t, 204, "DELETE", o.member(user), o.admin.token, nil)
	shared.want(t, 201, "PUT", o.member(user), o.admin.token, nil)
	shared.want(t, 201, "PUT", o.inGroup(user), o.admin.token, nil)
	shared.settled(t)
	audit := get[struct {
		Items []struct {
			Action string
			Actor  struct{ ID string }
		}
	}](t, shared, o.path("/audit"), o.admin.token)
	var actions []string
	for _, entry := range audit.Items {
		by := o.admin.id
		if entry.Action == "member.joined" {
			by = user.id
		}
		if entry.Actor.ID != by {
			t.Errorf("%s by %s, want %s", entry.Action, entry.Actor.ID, by)
		}
		actions = append(actions, entry.Action)
	}
	slices.Sort(actions)
	want := []string{
		"group.created", "group_member.added", "group_member.removed", "invite.created", "invite.deleted", "member.added", "member.joined",
		"member.removed", "member.role_changed", "org.changed", "org.created",
	}
	if !slices.Equal(actions, want) {
		t.Errorf("actions %v, want %v", actions, want)
	}
}
