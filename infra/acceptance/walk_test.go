package acceptance

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"group-invites/infra/local/seed"
	"group-invites/infra/local/stack"
	"group-invites/infra/local/template"
	"group-invites/shared/linkcode"
)

func TestWalk_FromTheFirstLinkToTheLast(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	user := o.join(t, "user")[0]
	newcomer, latecomer := shared.person(t, "newcomer"), shared.person(t, "latecomer")

	before := time.Now()
	made := o.link(t, o.admin, object{"access": "anyone", "expiration": "7d", "name": "Open evening", "maxUses": 5})
	if made.Access != "anyone" || made.Expiration != "7d" || made.State != "active" || made.Name != "Open evening" || made.Uses != 0 ||
		made.MaxUses == nil || *made.MaxUses != 5 || made.CreatedBy != (named{o.admin.id, o.admin.name}) || made.GroupID != o.group ||
		made.GroupName != "Comets" || made.OrgID != o.id || made.OrgName != "Astronomers" {
		t.Errorf("made %+v", made)
	}
	const week = 7 * 24 * time.Hour
	if end := made.ExpiresAt; end == nil || end.Before(before.Add(week-2*time.Second)) || end.After(time.Now().Add(week)) {
		t.Errorf("it expires at %v", end)
	}
	if !strings.HasPrefix(*made.URL, shared.URL()+"/i#") || len(made.code(t)) != linkcode.Length {
		t.Errorf("URL %s", *made.URL)
	}
	code := made.code(t)

	shown := read[preview](t, shared.want(t, 200, "POST", "/v1/invites/preview", "", object{"code": code}))
	if shown.State != "active" || *shown.Access != "anyone" || *shown.Org.Name != "Astronomers" || *shown.Group.Name != "Comets" ||
		*shown.CreatedBy.Name != o.admin.name || !shown.ExpiresAt.Equal(*made.ExpiresAt) || time.Since(shown.ServerTime).Abs() > time.Minute {
		t.Errorf("preview %+v", shown)
	}
	if got := get[me](t, shared, "/v1/me", newcomer.token); len(got.Orgs) != 0 || got.User.ID != newcomer.id {
		t.Errorf("previewing let the newcomer in, or he is someone else: %+v", got)
	}

	want := joined{Org: named{o.id, "Astronomers"}, Group: named{o.group, "Comets"}}
	if got := read[joined](t, shared.redeem(t, newcomer, code, 201)); got != want {
		t.Errorf("joined %+v", got)
	}
	mine := get[me](t, shared, "/v1/me", newcomer.token)
	if len(mine.Orgs) != 1 || mine.Orgs[0].ID != o.id || mine.Orgs[0].Role != "user" || !slices.Equal(mine.Orgs[0].Groups, []named{{o.group, "Comets"}}) {
		t.Errorf("me %+v", mine)
	}
	if m := o.members(t)[newcomer.id]; m.Role != "user" || m.Name != newcomer.name || m.Email == nil || *m.Email != newcomer.who+"@example.com" {
		t.Errorf("member of the group %+v", m)
	}
	if m := everybody(t, shared, o.path("/members"), o.admin.token)[newcomer.id]; m.Role != "user" {
		t.Errorf("member of the organization %+v", m)
	}
	want.AlreadyMember = true
	if got := read[joined](t, shared.redeem(t, newcomer, code, 200)); got != want {
		t.Errorf("joined again %+v", got)
	}
	if got := get[link](t, shared, o.invite(made), o.admin.token); got.Uses != 1 {
		t.Errorf("%d uses", got.Uses)
	}

	own := o.link(t, user, object{"expiration": "1h"})
	if got := get[list[link]](t, shared, o.in("/invites"), user.token); len(got.Items) != 1 || got.Items[0].ID != own.ID || got.NextCursor != nil {
		t.Errorf("the user sees %+v", got)
	}
	if got := get[list[link]](t, shared, o.in("/invites"), o.admin.token); len(got.Items) != 2 || got.Items[0].ID != own.ID || got.Items[1].ID != made.ID {
		t.Errorf("the admin sees %+v", got)
	}

	shared.want(t, 204, "DELETE", o.invite(made), o.admin.token, nil)
	shared.send(t, "DELETE", o.invite(made), o.admin.token, nil).refusal(t, 404, "not_found")
	shared.send(t, "GET", o.invite(made), o.admin.token, nil).refusal(t, 404, "not_found")
	shared.refused(t, latecomer, code, 410, "invite_deleted")
	shared.refused(t, newcomer, code, 410, "invite_deleted") // a member, but of a link that is gone nothing is known
	gone := read[preview](t, shared.want(t, 200, "POST", "/v1/invites/preview", "", object{"code": code}))
	if gone.State != "deleted" || gone.Org.Name != nil || gone.Group.Name != nil || gone.CreatedBy.Name != nil || gone.Access != nil || gone.ExpiresAt != nil {
		t.Errorf("preview of a deleted link %+v", gone)
	}
	if got := get[me](t, shared, "/v1/me", latecomer.token); len(got.Orgs) != 0 {
		t.Errorf("the latecomer is in %+v", got.Orgs)
	}
}

// TestWalk_README runs the README's first commands.
func TestWalk_README(t *testing.T) {
	t.Parallel()
	out := runsFromREADME(t, "walk")
	if !strings.Contains(out, "\"subject\":\"Ada Okafor invites you to Backcountry Club") {
		t.Errorf("the README's mail didn't come:\n%s", out)
	}
}

// TestDirectory_README runs those of a host product's backend.
func TestDirectory_README(t *testing.T) {
	t.Parallel()
	out := runsFromREADME(t, "mirror")
	for _, says := range []string{`"results":[{"status":201,`, `"name":"Low voices"`, `"name":"Sam Singer"`, `"url":"` + shared.URL() + `/i#`} {
		if !strings.Contains(out, says) {
			t.Errorf("no %s in\n%s", says, out)
		}
	}
}

// runsFromREADME runs the commands of the block with that mark as they stand in the README, but for the address, and the ids that go with it. None may be
// refused. It gives what they print.
func runsFromREADME(t *testing.T, mark string) string {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	open, end := "<!-- "+mark+" -->", "<!-- /"+mark+" -->"
	blocks := regexp.MustCompile("(?s)"+open+"\\s*```sh\n(.*?)```\\s*"+end).FindAllSubmatch(readme, -1)
	if len(blocks) != 1 || strings.Count(string(readme), open) != 1 {
		t.Fatalf("README.md has %d blocks of commands between %s and %s, want one", len(blocks), open, end)
	}
	script := string(blocks[0][1])
	if !strings.Contains(script, defaultURL) || !strings.Contains(script, "curl") {
		t.Fatalf("the block has no curl, or none to %s:\n%s", defaultURL, script)
	}
	here := map[string]string{}
	for _, thing := range shared.Seeded() {
		here[thing.Name] = thing.ID
	}
	for _, thing := range seededByDefault(t) {
		script = strings.ReplaceAll(script, thing.ID, here[thing.Name])
	}
	script = strings.ReplaceAll(script, defaultURL, shared.URL())

	command := exec.CommandContext(t.Context(), "bash", "-e", "-u", "-o", "pipefail")
	command.Stdin, command.Dir = strings.NewReader(script), t.TempDir()
	out, err := command.CombinedOutput()
	if err != nil {
		t.Errorf("%v:\n%s", err, out)
	}
	for _, wrong := range []string{"Unauthorized", "invalid_request", "not_found", "internal_error", "Internal Server Error"} {
		if strings.Contains(string(out), wrong) {
			t.Errorf("a command of the README was answered %s:\n%s", wrong, out)
		}
	}
	return string(out)
}

// The local stack on its default address, which the README and the event files are about.
const (
	defaultURL    = "http://127.0.0.1:8080"
	defaultIssuer = defaultURL + "/dev/oidc"
)

// seededByDefault gives what is seeded on the default address, as (*stack.Stack).Seeded has it, but groups before their organization,
// with whose id theirs begin.
func seededByDefault(t *testing.T) []stack.Seeded {
	t.Helper()
	ring, err := linkcode.NewSource(t.Context(), template.DefaultStackName, time.Now, func(context.Context) ([]byte, error) {
		return []byte(stack.DevelopmentKeyRing), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := seed.Plan(t.Context(), seed.Options{Ring: ring, BaseURL: defaultURL, Issuer: defaultIssuer})
	if err != nil {
		t.Fatal(err)
	}
	return []stack.Seeded{
		{Name: "link to the second group", ID: plan.LinkURL},
		{Name: "second group", ID: plan.SecondGroup.String()},
		{Name: "group", ID: plan.Group.String()},
		{Name: "organization", ID: plan.Org.String()},
	}
}
