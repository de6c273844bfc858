package acceptance

import "testing"

// shownAs checks a link's state, and whether its viewer gets the URL.
func (o org) shownAs(t *testing.T, viewer person, l link, state string, withURL bool) {
	t.Helper()
	for _, got := range append(get[list[link]](t, o.s, o.in("/invites"), viewer.token).Items, get[link](t, o.s, o.invite(l), viewer.token)) {
		if got.ID == l.ID && (got.State != state || (got.URL != nil) != withURL) {
			t.Errorf("%s sees %s with a URL %t, want %s, %t", viewer.who, got.State, got.URL != nil, state, withURL)
		}
	}
	shown := read[preview](t, o.s.want(t, 200, "POST", "/v1/invites/preview", "", object{"code": l.code(t)}))
	if shown.State != state {
		t.Errorf("the preview says %s, want %s", shown.State, state)
	}
}

func TestSuspension_AddPeopleNarrowed(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	o.addPeople(t, "manager", "user")
	people := o.join(t, "manager", "user")
	manager, user := people[0], people[1]
	byManager, byUser, byAdmin := o.link(t, manager, anyone), o.link(t, user, anyone), o.link(t, o.admin, anyone)
	orgOnly := o.link(t, manager, object{"access": "org"})

	o.addPeople(t, "user")
	newcomer := shared.person(t, "newcomer")
	shared.refused(t, newcomer, byManager.code(t), 410, "invite_suspended")
	o.shownAs(t, manager, byManager, "suspended", false) // he couldn't make it now
	o.shownAs(t, o.admin, byManager, "suspended", true)  // the admin could
	o.shownAs(t, manager, byUser, "active", false)       // nor make the user's, which is alive
	o.shownAs(t, manager, byAdmin, "active", false)
	o.shownAs(t, user, byUser, "active", true)
	o.shownAs(t, manager, orgOnly, "active", true)
	shared.send(t, "POST", o.in("/invites"), manager.token, anyone).refusal(t, 403, "add_people_required")

	o.addPeople(t)
	shared.refused(t, newcomer, byUser.code(t), 410, "invite_suspended")
	o.shownAs(t, user, byUser, "suspended", false)
	shared.redeem(t, shared.person(t, "newcomer"), byAdmin.code(t), 201)

	o.addPeople(t, "manager", "user")
	o.shownAs(t, manager, byManager, "active", true)
	o.shownAs(t, user, byUser, "active", true)
	shared.redeem(t, newcomer, byManager.code(t), 201)
	shared.redeem(t, shared.person(t, "newcomer"), byUser.code(t), 201)
}

func TestSuspension_CreatorDemoted(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	second := o.join(t, "admin")[0]
	open, orgOnly := o.link(t, second, anyone), o.link(t, second, object{"access": "org"})

	o.role(t, second, "user")
	shared.refused(t, shared.person(t, "newcomer"), open.code(t), 410, "invite_suspended")
	o.shownAs(t, second, open, "suspended", false)
	o.shownAs(t, second, orgOnly, "active", true) // a user may still make this one
	o.role(t, second, "admin")
	o.shownAs(t, second, open, "active", true)
	shared.redeem(t, shared.person(t, "newcomer"), open.code(t), 201)
}

func TestSuspension_CreatorOutOfTheGroup(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	people := o.join(t, "manager", "user")
	manager, guest := people[0], people[1]
	shared.want(t, 204, "DELETE", o.inGroup(guest), guest.token, nil)
	made := o.link(t, manager, object{"access": "org"})

	shared.want(t, 204, "DELETE", o.inGroup(manager), manager.token, nil)
	shared.refused(t, guest, made.code(t), 410, "invite_suspended")
	o.shownAs(t, o.admin, made, "suspended", true)
	shared.send(t, "GET", o.invite(made), manager.token, nil).refusal(t, 404, "not_found")
	shared.want(t, 201, "PUT", o.inGroup(manager), o.admin.token, nil)
	o.shownAs(t, manager, made, "active", true)
	shared.redeem(t, guest, made.code(t), 201)
}

func TestSuspension_CreatorOutOfTheOrganizationAndBack(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	people := o.join(t, "manager", "admin")
	for _, creator := range people {
		made := o.link(t, creator, object{"access": "org"})
		guest := o.join(t, "user")[0]
		shared.want(t, 204, "DELETE", o.inGroup(guest), guest.token, nil)

		shared.want(t, 204, "DELETE", o.member(creator), o.admin.token, nil)
		shared.refused(t, guest, made.code(t), 410, "invite_suspended")
		role := map[bool]string{true: "manager", false: "admin"}[creator == people[0]]
		if m := read[member](t, shared.want(t, 201, "PUT", o.member(creator), o.admin.token, object{"role": role})); m.Role != role {
			t.Errorf("back as %+v", m)
		}
		shared.want(t, 201, "PUT", o.inGroup(creator), o.admin.token, nil)

		// He is what he was, but links of a membership that has ended stay suspended.
		o.shownAs(t, creator, made, "suspended", true)
		shared.refused(t, guest, made.code(t), 410, "invite_suspended")
		fresh := o.link(t, creator, object{"access": "org"})
		shared.redeem(t, guest, fresh.code(t), 201)
	}
}

func TestSuspension_AlreadyInIsToldSo(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	o.addPeople(t, "manager")
	manager := o.join(t, "manager")[0]
	made := o.link(t, manager, anyone)
	newcomer := shared.person(t, "newcomer")
	shared.redeem(t, newcomer, made.code(t), 201)
	o.addPeople(t)
	if got := read[joined](t, shared.redeem(t, newcomer, made.code(t), 200)); !got.AlreadyMember {
		t.Errorf("%+v", got)
	}
}
