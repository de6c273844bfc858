package acceptance

import (
	"strings"
	"testing"
	"time"
)

func TestIdempotency_ARepeatGivesTheSameInvite(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	settings := object{"access": "anyone", "maxUses": 3, "name": "Spring", "expiresAt": time.Now().Add(time.Hour).UTC().Format(time.RFC3339)}
	key := "Idempotency-Key: " + strings.Repeat("~", 128)
	first := shared.want(t, 201, "POST", o.in("/invites"), o.admin.token, settings, key)
	made := read[link](t, first)

	shared.redeem(t, shared.person(t, "newcomer"), made.code(t), 201)
	shared.writesNothing(t, []string{o.id, o.admin.id}, func() {
		again := shared.want(t, 201, "POST", o.in("/invites"), o.admin.token, settings, key)
		if got := read[link](t, again); got.ID != made.ID || *got.URL != *made.URL || got.Uses != 1 {
			t.Errorf("again %+v", got)
		}
		if again.Header.Get("Location") != first.Header.Get("Location") {
			t.Errorf("Location %q, first %q", again.Header.Get("Location"), first.Header.Get("Location"))
		}
		// Spelled in another way it is the same request.
		spelled := `{"name":" Spring ","access":"anyone", "maxUses":3,"expiresAt":"` +
			made.ExpiresAt.In(time.FixedZone("", -3*3600)).Format(time.RFC3339) + `"}`
		if got := read[link](t, shared.want(t, 201, "POST", o.in("/invites"), o.admin.token, spelled, key)); got.ID != made.ID {
			t.Errorf("spelled in another way: %+v", got)
		}
		for _, other := range []object{{}, {"access": "anyone"}, {"access": "anyone", "maxUses": 4, "name": "Spring", "expiresAt": settings["expiresAt"]}} {
			shared.send(t, "POST", o.in("/invites"), o.admin.token, other, key).refusal(t, 409, "idempotency_conflict")
		}
		shared.send(t, "POST", o.in("/invites"), o.admin.token, object{"maxUses": 0}, key).refusal(t, 400, "invalid_request", "maxUses")
	})

	shared.want(t, 204, "DELETE", o.invite(made), o.admin.token, nil)
	shared.send(t, "POST", o.in("/invites"), o.admin.token, settings, key).refusal(t, 410, "invite_deleted")
	if got := get[list[link]](t, shared, o.in("/invites"), o.admin.token); len(got.Items) != 0 {
		t.Errorf("links %+v", got)
	}
}

func TestIdempotency_AKeyIsOneCallersInOneGroup(t *testing.T) {
	t.Parallel()
	o, other := shared.org(t), shared.org(t)
	manager := o.join(t, "manager")[0]
	shared.redeem(t, manager, other.link(t, other.admin, anyone).code(t), 201)
	second := o.newGroup(t, "Asteroids")
	const key = "Idempotency-Key: key-1"
	ids := map[string]bool{}
	for _, request := range []struct{ path, token string }{
		{o.in("/invites"), o.admin.token},
		{o.in("/invites"), manager.token},
		{"/v1/groups/" + second + "/invites", o.admin.token},
		{other.in("/invites"), manager.token},
	} {
		ids[read[link](t, shared.want(t, 201, "POST", request.path, request.token, object{}, key)).ID] = true
	}
	ids[read[link](t, shared.want(t, 201, "POST", o.in("/invites"), o.admin.token, object{}, "Idempotency-Key: KEY-1")).ID] = true
	ids[o.link(t, o.admin, object{}).ID] = true
	ids[o.link(t, o.admin, object{}).ID] = true
	if len(ids) != 7 {
		t.Errorf("%d links, want 7", len(ids))
	}
}

func TestIdempotency_ARepeatChecksRightsAgain(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	o.addPeople(t, "user")
	user := o.join(t, "user")[0]
	const key = "Idempotency-Key: k"
	repeat := func() answer { return shared.send(t, "POST", o.in("/invites"), user.token, anyone, key) }
	made := read[link](t, shared.want(t, 201, "POST", o.in("/invites"), user.token, anyone, key))

	o.addPeople(t)
	repeat().refusal(t, 403, "add_people_required")
	o.addPeople(t, "user")
	if got := read[link](t, repeat()); got.ID != made.ID {
		t.Errorf("with the right back: %+v", got)
	}
	shared.want(t, 204, "DELETE", o.inGroup(user), o.admin.token, nil)
	repeat().refusal(t, 404, "not_found")
	shared.want(t, 204, "DELETE", o.member(user), o.admin.token, nil)
	repeat().refusal(t, 404, "not_found")
}

func TestIdempotency_BadKeys(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	shared.writesNothing(t, []string{o.id, o.admin.id}, func() {
		for _, key := range []string{"", " ", "two words", strings.Repeat("x", 129), "schlüssel", "tab\tbed", strings.Repeat("x", 5000)} {
			shared.send(t, "POST", o.in("/invites"), o.admin.token, object{}, "Idempotency-Key: "+key).refusal(t, 400, "invalid_request", "Idempotency-Key")
		}
	})
}
