package acceptance

import (
	"encoding/base64"
	"net/url"
	"slices"
	"testing"

	"group-invites/infra/local/stack"
)

// rotation is the key ring before a rotation, and after each of its steps.
var rotation = []struct{ step, ring string }{
	{"one key", `{"signing":"0",` + firstKey + `}`},
	{"the new key verifies", `{"signing":"0",` + firstKey + `,` + secondKey + `}`},
	{"the new key signs", `{"signing":"1",` + firstKey + `,` + secondKey + `}`},
	{"the old key is retired", `{"signing":"1","retired":["0"],` + secondKey + `}`},
}

const (
	firstKey  = `"0":"the first key of the acceptance suite, 32 bytes+"`
	secondKey = `"1":"the second key of the acceptance suite, 32 bytes+"`
	retiring  = 3 // index of the last step
)

// Who makes URLs, and who reads codes.
var (
	makers  = []string{"create-invite", "list-invites"}
	readers = []string{"preview-invite", "redeem-invite"}
)

// startOn opens a stack of the test's own that has the ring.
func startOn(t *testing.T, ring string) *site {
	t.Helper()
	s := start(t, stack.Options{})
	s.SetKeyRing(ring)
	return s
}

// renew ends the processes of these functions, so that each fetches the ring anew with its next request, as it does in the cloud when
// the ring that it has is four minutes old. No function named means all.
func (s *site) renew(functions ...string) {
	for _, f := range s.Template().Functions {
		if len(functions) == 0 || slices.Contains(functions, f.Name) {
			s.KillFunction(f.Name)
		}
	}
}

// signedBy is the number of the key that has signed a link's URL.
func signedBy(t *testing.T, l link) int {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(l.code(t))
	if err != nil || raw[0]>>4 != 1 {
		t.Fatalf("not a code of format 1: %v", err)
	}
	return int(raw[0] & 0xf)
}

// works checks that a code shows its group and lets someone in.
func (o org) works(t *testing.T, what, code string) {
	t.Helper()
	shown := o.s.send(t, "POST", "/v1/invites/preview", "", object{"code": code})
	joined := o.s.send(t, "POST", "/v1/invites/redeem", o.s.person(t, "newcomer").token, object{"code": code})
	if shown.Status != 200 || joined.Status != 201 {
		t.Errorf("%s: preview %s, redeem %s", what, shown, joined)
	}
}

// dead checks that a code is as good as any text.
func (o org) dead(t *testing.T, code string) {
	t.Helper()
	newcomer := o.s.person(t, "newcomer")
	o.s.writesNothing(t, []string{o.id, newcomer.id}, func() {
		o.s.send(t, "POST", "/v1/invites/preview", "", object{"code": code}).refusal(t, 404, "not_found")
		o.s.refused(t, newcomer, code, 404, "not_found")
	})
}

// TestKeyRing_FunctionsAStepApartAcceptEachOther: those that make URLs see a step before those that read codes, and the other way round.
func TestKeyRing_FunctionsAStepApartAcceptEachOther(t *testing.T) {
	t.Parallel()
	s := startOn(t, rotation[0].ring)
	o := s.org(t)
	both := func(t *testing.T, what string) {
		t.Helper()
		made := o.link(t, o.admin, anyone)
		o.works(t, what+": a new link", made.code(t))
		o.works(t, what+": the link as it is listed", get[list[link]](t, s, o.in("/invites?limit=1"), o.admin.token).Items[0].code(t))
		s.want(t, 204, "DELETE", o.invite(made), o.admin.token, nil)
	}
	for i := range rotation[:retiring] {
		for order, first := range map[string][]string{"makers first": makers, "readers first": readers} {
			t.Run(rotation[i+1].step+", "+order, func(t *testing.T) {
				s.SetKeyRing(rotation[i].ring)
				s.renew()
				both(t, "before") // and all are warm
				s.SetKeyRing(rotation[i+1].ring)
				both(t, "before anyone has seen it")
				s.renew(first...)
				both(t, "a step apart")
				s.renew()
				both(t, "after")
			})
		}
	}
}

// TestKeyRing_ARetiredKeyEndsItsLinks walks a link through a whole rotation.
func TestKeyRing_ARetiredKeyEndsItsLinks(t *testing.T) {
	t.Parallel()
	s := startOn(t, rotation[0].ring)
	o := s.org(t)
	old := o.link(t, o.admin, anyone)
	var younger link // made by the new key
	for i, step := range rotation {
		s.SetKeyRing(step.ring)
		s.renew()
		key := map[bool]int{false: 0, true: 1}[i >= 2]
		made := o.link(t, o.admin, anyone)
		if younger.ID == "" && key == 1 {
			younger = made
		}
		if got := signedBy(t, made); got != key {
			t.Errorf("%s: a new link is signed by key %d, want %d", step.step, got, key)
		}
		listed := get[list[link]](t, s, o.in("/invites"), o.admin.token).Items
		for _, l := range append(listed, get[link](t, s, o.invite(old), o.admin.token)) {
			if got := signedBy(t, l); got != key {
				t.Errorf("%s: link %s is shown with a URL by key %d, want %d", step.step, l.ID, got, key)
			}
			o.works(t, step.step+": as it is shown", l.code(t))
		}
		if i < retiring {
			o.works(t, step.step+": the URL that was given out first", old.code(t))
		}
	}
	o.dead(t, old.code(t))
	o.works(t, "the new key's", younger.code(t))
}

// TestKeyRing_CursorsHoldWhileTheirKeyVerifies: whoever is on a page goes on to the next one, in every list.
func TestKeyRing_CursorsHoldWhileTheirKeyVerifies(t *testing.T) {
	t.Parallel()
	s := startOn(t, rotation[0].ring)
	o := s.org(t)
	o.join(t, "user", "user")
	o.newGroup(t, "Asteroids")
	o.link(t, o.admin, anyone)
	o.link(t, o.admin, anyone)
	cursors := map[string]string{}
	for _, path := range []string{o.in("/invites"), o.in("/members"), o.path("/members"), o.path("/groups")} {
		page := get[list[named]](t, s, path+"?limit=1", o.admin.token)
		if page.NextCursor == nil {
			t.Fatalf("%s has one page", path)
		}
		cursors[path] = url.QueryEscape(*page.NextCursor)
	}
	for i, step := range rotation {
		s.SetKeyRing(step.ring)
		s.renew()
		for path, cursor := range cursors {
			a := s.send(t, "GET", path+"?cursor="+cursor, o.admin.token, nil)
			if i == retiring {
				a.refusal(t, 400, "invalid_request", "cursor")
			} else if a.Status != 200 || len(read[list[named]](t, a).Items) == 0 {
				t.Errorf("%s: the next page of %s: %s", step.step, path, a)
			}
		}
	}
}

// TestKeyRing_ALeakedKeyDrill: whoever has the key can make codes, so it goes at once, and with it every URL that is out. Nothing in the
// table changes: who may see a link finds its new URL in the list.
func TestKeyRing_ALeakedKeyDrill(t *testing.T) {
	t.Parallel()
	s := startOn(t, rotation[0].ring)
	o := s.org(t)
	user := o.join(t, "user")[0]
	links := []link{
		o.link(t, o.admin, anyone), o.link(t, o.admin, object{"access": "anyone", "maxUses": 5}), o.link(t, user, object{"access": "org"}),
	}
	for _, l := range links[:2] {
		o.works(t, "before", l.code(t))
	}
	s.settled(t)

	s.writesNothing(t, []string{"I#" + o.group}, func() {
		s.SetKeyRing(rotation[retiring].ring)
		s.renew()
		for _, l := range links {
			o.dead(t, l.code(t))
		}
		listed := get[list[link]](t, s, o.in("/invites"), o.admin.token).Items
		if len(listed) != len(links) {
			t.Errorf("%d links are listed, want %d", len(listed), len(links))
		}
		for _, l := range listed {
			if l.State != "active" || signedBy(t, l) != 1 {
				t.Errorf("%s is %s, by key %d", l.ID, l.State, signedBy(t, l))
			}
			shown := s.send(t, "POST", "/v1/invites/preview", "", object{"code": l.code(t)})
			if shown.Status != 200 || read[preview](t, shown).State != "active" {
				t.Errorf("by its new URL %s is %s", l.ID, shown)
			}
		}
	})
	for _, l := range links[:2] {
		o.works(t, "by its new URL", get[link](t, s, o.invite(l), o.admin.token).code(t))
	}
	o.works(t, "a link made after", o.link(t, o.admin, anyone).code(t))
}
