package acceptance

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// commands is where operators' commands are built, once each.
var commands struct {
	sync.Mutex
	built map[string]string
}

// operate runs one of infra's commands, as an operator does, on a table of the stack's engine.
func (s *site) operate(t *testing.T, stdin, command string, arguments ...string) (stdout string, err error) {
	t.Helper()
	commands.Lock()
	program := commands.built[command]
	if program == "" {
		program = filepath.Join(filepath.Dir(binaries), command)
		build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./infra/"+command)
		build.Dir = root
		if out, err := build.CombinedOutput(); err != nil {
			commands.Unlock()
			t.Fatalf("%v: %s", err, out)
		}
		if commands.built == nil {
			commands.built = map[string]string{}
		}
		commands.built[command] = program
	}
	commands.Unlock()
	run := exec.CommandContext(t.Context(), program, arguments...)
	run.Dir, run.Env, run.Stdin = root, append(os.Environ(), "DYNAMODB_ENDPOINT="+s.EngineEndpoint()), strings.NewReader(stdin)
	var out, progress strings.Builder
	run.Stdout, run.Stderr = &out, &progress
	err = run.Run()
	t.Logf("%s %s: %v\n%s", command, strings.Join(arguments, " "), err, &progress)
	return out.String(), err
}

// TestExport_IsWhatTheAPISays: an organization is made, used and exported, and the lines say what the API says.
func TestExport_IsWhatTheAPISays(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	second := o.newGroup(t, "Planets")
	people := o.join(t, "manager", "user", "user", "user")
	shared.want(t, http.StatusNoContent, "DELETE", o.member(people[2]), people[2].token, nil) // leaves
	shared.want(t, http.StatusNoContent, "DELETE", o.member(people[3]), o.admin.token, nil)   // is removed
	mira := shared.address("mira")
	l := o.link(t, o.admin, object{"access": "anyone", "expiration": "7d", "maxUses": 5, "name": "For the night", "emails": []string{mira}})
	shared.redeem(t, shared.person(t, "guest"), l.code(t), http.StatusCreated)
	o.link(t, people[0], object{"access": "org", "expiration": "never"})
	o.mailed(t, o.admin, l)
	shared.settled(t)

	text, err := shared.operate(t, "", "export", "-table", shared.TableName(), "-org", o.id, "-rate", "500")
	if err != nil {
		t.Fatal(err)
	}
	byKind := map[string]map[string]object{} // by id
	kinds := map[string]int{}
	for line := range strings.Lines(text) {
		var l object
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		kind := l["kind"].(string)
		kinds[kind]++
		id, _ := l["id"].(string)
		if id == "" {
			id, _ = l["userId"].(string)
		}
		if byKind[kind] == nil {
			byKind[kind] = map[string]object{}
		}
		byKind[kind][id] = l
	}
	same := func(what string, got, want any) {
		t.Helper()
		if got != want {
			t.Errorf("%s: exported %v, the API says %v", what, got, want)
		}
	}
	inOrg := everybody(t, shared, o.path("/members"), o.admin.token)
	for id, m := range inOrg {
		line := byKind["member"][id]
		same("member", line["name"], m.Name)
		same("member", line["role"], m.Role)
		same("member", line["state"], "in")
		same("member", line["joinedAt"], m.JoinedAt.Format(time.RFC3339))
		if m.Email != nil {
			same("member", line["email"], *m.Email)
		}
	}
	same("members", kinds["member"], len(inOrg)+2)
	same("who left", byKind["member"][people[2].id]["state"], "left")
	same("who was removed", byKind["member"][people[3].id]["state"], "removed")
	inGroup := o.members(t)
	for id, line := range byKind["groupMember"] {
		_, in := inGroup[id]
		same("in the group: "+id, line["state"] == "in", in)
	}
	for _, l := range get[list[link]](t, shared, o.in("/invites"), o.admin.token).Items {
		line := byKind["invite"][l.ID]
		for name, want := range map[string]any{
			"groupId": l.GroupID, "name": l.Name, "access": l.Access, "expiration": l.Expiration, "createdBy": l.CreatedBy.ID, "uses": float64(l.Uses), "state": l.State,
			"createdAt": l.CreatedAt.Format(time.RFC3339),
		} {
			same("invite "+name, line[name], want)
		}
		if (line["maxUses"] == nil) != (l.MaxUses == nil) || (line["expiresAt"] == nil) != (l.ExpiresAt == nil) {
			t.Errorf("%v of %+v", line, l)
		}
	}
	for address, r := range o.recipients(t, o.admin, l) {
		line := byKind["mail"][r.ID]
		same("mail", line["email"], address)
		same("mail", line["state"], r.State)
		same("mail", line["inviteId"], l.ID)
	}
	same("groups", byKind["group"][second]["name"], "Planets")
	same("organization", byKind["organization"][o.id]["name"], "Astronomers")
	audit, _ := pages[struct{ ID, Action, Target string }](t, shared, o.path("/audit"), o.admin.token, "50", 50)
	for _, a := range audit {
		same("audit", byKind["audit"][a.ID]["action"], a.Action)
		same("audit", byKind["audit"][a.ID]["target"], a.Target)
	}
	for kind, n := range map[string]int{"export": 1, "organization": 1, "group": 2, "invite": 2, "join": 1, "mail": 1, "audit": len(audit), "end": 1} {
		same("lines of "+kind, kinds[kind], n)
	}
	if strings.Contains(text, l.code(t)) || strings.Contains(text, "/i#") {
		t.Error("a code is exported")
	}
}

// TestErase_APersonIsGoneFromTheTable, and nobody sees his name again; who removed him is still told by an id.
func TestErase_APersonIsGoneFromTheTable(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	somebody := o.join(t, "user")[0]
	address := shared.address("erased")
	l := o.link(t, o.admin, object{"access": "anyone", "expiration": "never", "emails": []string{address}})
	o.mailed(t, o.admin, l)
	held := func(text string) (rows []string) {
		for key, row := range shared.rows(t, "#") {
			if strings.Contains(strings.ToLower(row), strings.ToLower(text)) {
				rows = append(rows, key)
			}
		}
		return rows
	}
	own := somebody.who + "@example.com"
	if len(held(own)) == 0 || len(held(address)) == 0 {
		t.Fatalf("nothing holds %s or %s", own, address)
	}
	arguments := []string{"-table", shared.TableName(), "-user", somebody.id, "-email", address}
	if _, err := shared.operate(t, "yes\n", "erase", arguments...); err == nil {
		t.Error("a member is erased, unasked")
	}
	shared.writesNothing(t, []string{o.id, somebody.id}, func() {
		for stdin, more := range map[string]string{"": "-dry-run", "no\n": "-remove"} {
			out, _ := shared.operate(t, stdin, "erase", append(arguments, more)...)
			if !strings.Contains(out, "empty") || strings.Contains(out, "@") {
				t.Errorf("%s says: %s", more, out)
			}
		}
	})
	out, err := shared.operate(t, "yes\n", "erase", append(arguments, "-remove")...)
	if err != nil || strings.Contains(out, "@") || strings.Contains(out, somebody.name) {
		t.Errorf("%v: %s", err, out)
	}
	for _, text := range []string{own, address} {
		if rows := held(text); len(rows) > 0 {
			t.Errorf("%s is still in %v", text, rows)
		}
	}
	if len(o.recipients(t, o.admin, l)) != 0 {
		t.Error("the mail is still listed")
	}
	shared.refused(t, somebody, l.code(t), http.StatusForbidden, "removed")
	audit, _ := pages[struct {
		Action, Target string
		Person         *named
	}](t, shared, o.path("/audit"), o.admin.token, "50", 50)
	if a := audit[0]; a.Action != "member.removed" || a.Target != somebody.id || a.Person == nil || a.Person.Name != "" {
		t.Errorf("%+v", a)
	}
}
