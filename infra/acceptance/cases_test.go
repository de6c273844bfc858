package acceptance

import (
	"bytes"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"group-invites/infra/local/stack"
)

// Cases of infra/cases.md that belong to none of the other files.

// TestCases_ALinkIsNeverWidenedLater: no method changes a link, and asking again under the key of a narrow one doesn't either.
func TestCases_ALinkIsNeverWidenedLater(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	people := o.join(t, "manager", "user")
	wider := object{"access": "anyone", "expiration": "never", "maxUses": nil}
	narrow := object{"access": "org", "expiration": "1h", "maxUses": 1}
	const key = "Idempotency-Key: narrow"
	for _, p := range append(people, o.admin) {
		made := read[link](t, shared.want(t, 201, "POST", o.in("/invites"), p.token, narrow, key))
		shared.writesNothing(t, []string{o.id, p.id}, func() {
			for _, method := range []string{"PATCH", "PUT", "POST"} {
				a := shared.send(t, method, o.invite(made), p.token, wider)
				a.refusal(t, 405, "method_not_allowed")
				if strings.Contains(a.Header.Get("Allow"), method) {
					t.Errorf("%s: Allow %q", method, a.Header.Get("Allow"))
				}
			}
			if p == o.admin {
				shared.send(t, "POST", o.in("/invites"), p.token, wider, key).refusal(t, 409, "idempotency_conflict")
			} else {
				shared.send(t, "POST", o.in("/invites"), p.token, wider, key).refusal(t, 403, "add_people_required")
			}
		})
		if got := get[link](t, shared, o.invite(made), o.admin.token); got.Access != "org" || got.MaxUses == nil || *got.MaxUses != 1 {
			t.Errorf("%s: the link has become %+v", p.who, got)
		}
		shared.refused(t, shared.person(t, "newcomer"), made.code(t), 403, "org_members_only")
	}
}

// TestCases_NoErrorShowsAURL: whatever someone is refused, the answer holds no way in.
func TestCases_NoErrorShowsAURL(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	o.addPeople(t, "manager")
	people := o.join(t, "manager", "user")
	manager, user := people[0], people[1]
	const key = "Idempotency-Key: mine"
	byManager := read[link](t, shared.want(t, 201, "POST", o.in("/invites"), manager.token, anyone, key))
	byAdmin := o.link(t, o.admin, anyone)
	o.addPeople(t)
	secrets := []string{byManager.code(t), byAdmin.code(t), "/i#"}
	outsider := shared.person(t, "outsider")
	for _, p := range []person{manager, user, outsider} {
		for _, l := range []link{byManager, byAdmin} {
			for _, request := range []struct {
				method, path string
				body         any
				headers      []string
			}{
				{"GET", o.in("/invites"), nil, nil},
				{"GET", o.in("/invites?limit=0"), nil, nil},
				{"GET", o.invite(l), nil, nil},
				{"GET", o.invite(l) + "/joins", nil, nil},
				{"GET", o.invite(l) + "/x", nil, nil},
				{"PATCH", o.invite(l), object{"access": "org"}, nil},
				{"POST", o.in("/invites"), anyone, nil},
				{"POST", o.in("/invites"), anyone, []string{key}},
				{"POST", o.in("/invites"), object{"access": "anyone", "maxUses": 3}, []string{key}},
				{"POST", o.in("/invites"), object{"access": "anyone", "url": "x"}, []string{key}},
				{"POST", "/v1/invites/redeem", object{"code": l.ID}, nil},
				{"POST", "/v1/invites/preview", object{"code": o.group + l.ID}, nil},
			} {
				a := shared.send(t, request.method, request.path, p.token, request.body, request.headers...)
				if a.Status >= 500 || a.Status == http.StatusCreated {
					t.Errorf("%s: %s %s: %s", p.who, request.method, request.path, a)
				}
				for _, secret := range secrets {
					if bytes.Contains(a.Body, []byte(secret)) || strings.Contains(strings.Join(a.Header["Location"], " "), secret) {
						t.Errorf("%s: %s %s shows %s: %s", p.who, request.method, request.path, secret, a)
					}
				}
			}
		}
	}
}

// TestCases_RedeemingJoinsWhatThePreviewShows: the same code, the same group, and let in just when the preview says active.
func TestCases_RedeemingJoinsWhatThePreviewShows(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	o.addPeople(t, "manager")
	manager := o.join(t, "manager")[0]
	second := org{s: shared, id: o.id, group: o.newGroup(t, "Asteroids"), admin: o.admin}
	full := o.link(t, o.admin, object{"access": "anyone", "maxUses": 1})
	shared.redeem(t, shared.person(t, "newcomer"), full.code(t), 201)
	expired, suspended, deleted := o.link(t, o.admin, object{"access": "anyone"}), o.link(t, manager, anyone), o.link(t, o.admin, anyone)
	o.set(t, expired, "expiresAt", time.Now().Add(-time.Second))
	o.addPeople(t)
	shared.want(t, 204, "DELETE", o.invite(deleted), o.admin.token, nil)
	for state, l := range map[string]link{
		"active":  o.link(t, o.admin, anyone),
		"Active":  second.link(t, o.admin, anyone),
		"used_up": full, "expired": expired, "suspended": suspended, "deleted": deleted,
	} {
		newcomer := shared.person(t, "newcomer")
		shown := read[preview](t, shared.want(t, 200, "POST", "/v1/invites/preview", newcomer.token, object{"code": l.code(t)}))
		if shown.State != strings.ToLower(state) {
			t.Errorf("the preview says %s, want %s", shown.State, strings.ToLower(state))
		}
		if shown.State != "active" {
			shared.refused(t, newcomer, l.code(t), 410, "invite_"+shown.State)
			continue
		}
		in := read[joined](t, shared.redeem(t, newcomer, l.code(t), 201))
		if in.Group.Name != *shown.Group.Name || in.Org.Name != *shown.Org.Name || in.Group.ID != l.GroupID {
			t.Errorf("shown %s of %s, joined %+v", *shown.Group.Name, *shown.Org.Name, in)
		}
	}
	// Two codes in one body could be read as one by the preview and as the other by the redeem.
	one, other := o.link(t, o.admin, anyone).code(t), second.link(t, o.admin, anyone).code(t)
	body := `{"code":"` + one + `","code":"` + other + `"}`
	newcomer := shared.person(t, "newcomer")
	for _, path := range []string{"/v1/invites/preview", "/v1/invites/redeem"} {
		shared.send(t, "POST", path, newcomer.token, body).refusal(t, 400, "invalid_request", "code")
	}
}

// TestCases_PreviewedBeforeTheEndAndRedeemedAfterIt: what a page has shown is no promise.
func TestCases_PreviewedBeforeTheEndAndRedeemedAfterIt(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	made := o.link(t, o.admin, object{"access": "anyone", "expiration": "1h", "maxUses": 1})
	newcomer := shared.person(t, "newcomer")
	shown := read[preview](t, shared.want(t, 200, "POST", "/v1/invites/preview", newcomer.token, object{"code": made.code(t)}))
	if shown.State != "active" || shown.ServerTime.After(*shown.ExpiresAt) {
		t.Errorf("preview %+v", shown)
	}
	o.set(t, made, "expiresAt", time.Now().Add(-time.Second))
	shared.writesNothing(t, []string{o.id, newcomer.id}, func() {
		shared.refused(t, newcomer, made.code(t), 410, "invite_expired")
	})
	if got := get[link](t, shared, o.invite(made), o.admin.token); got.Uses != 0 {
		t.Errorf("%d uses", got.Uses)
	}
}

// TestCases_AScannerLooksAThousandTimes: GETs, HEADs and the preview that a page would ask for take no use and write nothing. What else a
// scanner may try is in TestHostile_Scanners.
func TestCases_AScannerLooksAThousandTimes(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	made := o.link(t, o.admin, object{"access": "anyone", "maxUses": 1})
	code := made.code(t)
	shared.writesNothing(t, []string{o.id, o.admin.id}, func() {
		var looking errgroup.Group
		looking.SetLimit(16)
		for range 1000 {
			looking.Go(func() error {
				for _, method := range []string{"GET", "HEAD"} {
					a, err := shared.do(t.Context(), method, "/i", "", nil)
					if err != nil {
						return err
					}
					if a.Status >= 500 {
						t.Errorf("%s: %s", method, a)
					}
				}
				a, err := shared.do(t.Context(), "POST", "/v1/invites/preview", "", object{"code": code})
				if err == nil && a.Status != http.StatusOK {
					t.Errorf("preview: %s", a)
				}
				return err
			})
		}
		if err := looking.Wait(); err != nil {
			t.Fatal(err)
		}
	})
	if got := get[link](t, shared, o.invite(made), o.admin.token); got.Uses != 0 || got.State != "active" {
		t.Errorf("%d uses, %s", got.Uses, got.State)
	}
	shared.redeem(t, shared.person(t, "newcomer"), code, 201)
}

// TestCases_NothingRedirects: no answer sends anyone elsewhere, whatever he puts where other products look for the way back.
func TestCases_NothingRedirects(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	code := o.link(t, o.admin, anyone).code(t)
	for _, name := range []string{"next", "returnTo", "return_to", "redirect", "redirect_uri", "continue", "url", "callbackUrl"} {
		for _, to := range []string{"https://evil.example/", "//evil.example", "/%5cevil.example", "javascript:alert(1)"} {
			for _, request := range []string{"GET /", "GET /i", "GET /v1/me", "POST /v1/invites/preview", "POST /v1/invites/redeem"} {
				method, path, _ := strings.Cut(request, " ")
				var body any
				if method == "POST" {
					body = object{"code": code}
				}
				a := shared.send(t, method, path+"?"+name+"="+to, o.admin.token, body)
				headers := strings.Join(slices.Concat(a.Header["Location"], a.Header["Refresh"], a.Header["Link"], a.Header["Set-Cookie"]), " ")
				if a.Status >= 300 && a.Status < 400 || headers != "" || bytes.Contains(a.Body, []byte("evil.example")) {
					t.Errorf("%s?%s=%s: %s, %s", request, name, to, a, headers)
				}
			}
		}
	}
}

// TestCases_TheCodeIsKeptNowhere: neither a code nor half of one is in any file of a stack that has made, shown and refused it: the
// table with its index and stream, the logs, what the stream's followers remember.
func TestCases_TheCodeIsKeptNowhere(t *testing.T) {
	t.Parallel()
	s := start(t, stack.Options{})
	o := s.org(t)
	capped := object{"access": "anyone", "maxUses": 1, "expiration": "1h"}
	links := []link{
		read[link](t, s.want(t, 201, "POST", o.in("/invites"), o.admin.token, capped, "Idempotency-Key: one")),
		o.link(t, o.admin, object{"access": "anyone"}), o.link(t, o.admin, anyone), o.link(t, o.admin, object{"access": "org"}),
	}
	for _, l := range links {
		s.want(t, 200, "POST", "/v1/invites/preview", "", object{"code": l.code(t)})
		get[link](t, s, o.invite(l), o.admin.token)
		if l.Access == "anyone" {
			s.redeem(t, s.person(t, "newcomer"), l.code(t), 201)
		}
	}
	s.refused(t, s.person(t, "newcomer"), links[0].code(t), 410, "invite_used_up")
	o.set(t, links[1], "expiresAt", time.Now().Add(-time.Second))
	s.refused(t, s.person(t, "newcomer"), links[1].code(t), 410, "invite_expired")
	s.want(t, 204, "DELETE", o.invite(links[2]), o.admin.token, nil)
	s.refused(t, s.person(t, "newcomer"), links[2].code(t), 410, "invite_deleted")
	s.refused(t, s.person(t, "newcomer"), links[3].code(t), 403, "org_members_only")
	for _, l := range links {
		s.refused(t, s.person(t, "newcomer"), l.code(t)+"A", 404, "not_found")
		s.want(t, 400, "POST", "/v1/invites/redeem", o.admin.token, object{"code": l.code(t), "role": "admin"})
		s.want(t, 401, "POST", "/v1/invites/redeem", "", object{"code": l.code(t)})
	}
	get[list[link]](t, s, o.in("/invites"), o.admin.token)
	s.settled(t)

	holds := func(where string, text []byte) {
		for _, l := range links {
			if code := l.code(t); bytes.Contains(text, []byte(code[24:])) || bytes.Contains(text, []byte(code[:24])) { // the MAC, the ids
				t.Errorf("%s holds the code of a link", where)
			}
		}
	}
	holds("the request log", []byte(s.log.String()))
	for key, row := range s.rows(t, "") {
		holds("the row "+key, []byte(row))
	}
	found, made := map[string]bool{}, false
	err := filepath.WalkDir(s.dataDir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		function, _, _ := strings.Cut(strings.TrimSuffix(entry.Name(), ".log"), "@") // and the version, where there are two
		found[function] = true
		made = made || bytes.Contains(text, []byte(links[0].ID))
		holds(file, text)
		return nil
	})
	if err != nil || !made || !found["redeem-invite"] || !found["tally"] {
		t.Errorf("read %v, one of which knows the link: %t, %v", found, made, err)
	}
}
