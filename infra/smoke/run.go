package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// trial is one run. Its steps come one after the other, and the first that fails ends it.
type trial struct {
	ctx                    context.Context
	out                    io.Writer
	first, second, visitor client
	undo                   []func(ctx context.Context) error // what must be taken back, in this order's reverse
}

// Shapes of answers, as far as they matter here.
type (
	object = map[string]any
	named  struct{ ID, Name string }
	org    struct {
		ID     string
		Groups []named
	}
	me struct {
		User named
		Orgs []org
	}
	group struct {
		ID, OrgID     string
		AccessOptions []string
	}
	invite struct {
		ID, State string
		Uses      int
		URL       *string
	}
)

// undoTimeout is for taking back what was done, whatever became of the run.
const undoTimeout = 30 * time.Second

// run tries the stack, and says to out what went well. The error is that of the step that failed, and all of taking back what was done.
func run(ctx context.Context, s settings, out io.Writer) error {
	t := &trial{
		ctx: ctx, out: out,
		first: client{s.url, s.token}, second: client{s.url, s.secondToken}, visitor: client{url: s.url},
	}
	err := t.steps(s.group)
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoTimeout)
	defer cancel()
	for _, back := range slices.Backward(t.undo) {
		err = errors.Join(err, back(after))
	}
	if err == nil {
		fmt.Fprintln(out, "the stack at", s.url, "works")
	}
	return err
}

func (t *trial) steps(groupID string) error {
	if _, err := t.want(t.visitor, http.StatusOK, "GET", "/", nil); err != nil {
		return err
	}
	if _, err := t.want(t.visitor, http.StatusUnauthorized, "GET", "/v1/me", nil); err != nil {
		return err
	}
	second, err := get[me](t, t.second, "/v1/me")
	if err != nil {
		return err
	}
	in, err := t.chooseGroup(groupID)
	if err != nil {
		return err
	}
	return t.linkSteps(in, second)
}

// chooseGroup gives the group to try it in, by its id, or the first of the first person, or one of an organization made for this.
func (t *trial) chooseGroup(id string) (group, error) {
	if id == "" {
		first, err := get[me](t, t.first, "/v1/me")
		if err != nil {
			return group{}, err
		}
		for _, org := range first.Orgs {
			if id == "" && len(org.Groups) > 0 {
				id = org.Groups[0].ID
			}
		}
	}
	if id == "" {
		org, err := create[named](t, t.first, "/v1/orgs", object{"name": "Smoke test"})
		if err != nil {
			return group{}, fmt.Errorf("no SMOKE_GROUP, and no group or organization of the first person: %w", err)
		}
		t.takeBack(t.first, "/v1/orgs/"+org.ID)
		made, err := create[named](t, t.first, "/v1/orgs/"+org.ID+"/groups", object{"name": "Smoke test"})
		if err != nil {
			return group{}, err
		}
		id = made.ID
	}
	return get[group](t, t.first, "/v1/groups/"+id)
}

// linkSteps is a link's life, from its creation to its end.
func (t *trial) linkSteps(in group, second me) error {
	access := "org"
	if slices.Contains(in.AccessOptions, "anyone") {
		access = "anyone"
	}
	invites := "/v1/groups/" + in.ID + "/invites"
	wanted, key := object{"access": access, "expiration": "1h", "maxUses": 1, "name": "Smoke test"}, rand.Text()
	made, err := create[invite](t, t.first, invites, wanted, "Idempotency-Key", key)
	if err != nil {
		return err
	}
	t.takeBack(t.first, invites+"/"+made.ID)
	if again, err := create[invite](t, t.first, invites, wanted, "Idempotency-Key", key); err != nil || again.ID != made.ID {
		return fmt.Errorf("the same request with the same Idempotency-Key made another link: %s, %s (%w)", made.ID, again.ID, err)
	}
	if made.URL == nil {
		return errors.New("the link has no URL")
	}
	_, code, found := strings.Cut(*made.URL, "/i#")
	if !found {
		return errors.New("the link's URL is not one of this stack: it has no /i#")
	}
	if err := t.state(code, "active"); err != nil {
		return err
	}
	joined, err := t.join(in, second, code)
	if err != nil {
		return err
	}
	list, err := get[struct{ Items []invite }](t, t.first, invites)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(list.Items, func(i invite) bool { return i.ID == made.ID })
	if at < 0 {
		return errors.New("the link is not in the list")
	}
	if joined && (list.Items[at].Uses != 1 || list.Items[at].State != "used_up") {
		return fmt.Errorf("after one joining the link of one use is %s, with %d uses", list.Items[at].State, list.Items[at].Uses)
	}
	if _, err := t.want(t.first, http.StatusNoContent, "DELETE", invites+"/"+made.ID, nil); err != nil {
		return err
	}
	if err := t.state(code, "deleted"); err != nil {
		return err
	}
	forged := strings.Repeat("A", len(code))
	_, err = t.want(t.second, http.StatusNotFound, "POST", "/v1/invites/redeem", object{"code": forged})
	return err
}

// join has the second person redeem the code, and tells whether he was not in the group before.
func (t *trial) join(in group, second me, code string) (bool, error) {
	a, err := t.want(t.second, 0, "POST", "/v1/invites/redeem", object{"code": code})
	if err != nil {
		return false, err
	}
	if a.status == http.StatusOK {
		fmt.Fprintln(t.out, "    the second person is in the group already: nobody joined")
		return false, nil
	}
	if a.status != http.StatusCreated {
		return false, fmt.Errorf("POST /v1/invites/redeem: %s", a)
	}
	if !slices.ContainsFunc(second.Orgs, func(o org) bool { return o.ID == in.OrgID }) {
		t.takeBack(t.second, "/v1/orgs/"+in.OrgID+"/members/"+second.User.ID)
	}
	t.takeBack(t.second, "/v1/groups/"+in.ID+"/members/"+second.User.ID)
	return true, nil
}

// state looks the code up as anyone who holds it can.
func (t *trial) state(code, want string) error {
	a, err := t.want(t.visitor, http.StatusOK, "POST", "/v1/invites/preview", object{"code": code})
	if err != nil {
		return err
	}
	var preview struct{ State string }
	if err := json.Unmarshal(a.body, &preview); err != nil || preview.State != want {
		return fmt.Errorf("the preview says %s, want the state %s", a, want)
	}
	return nil
}

// want sends a request that must get this status, or any if that is 0, and says so. Paths hold no secrets.
func (t *trial) want(c client, status int, method, path string, body any, headers ...string) (answer, error) {
	start := time.Now()
	a, err := c.send(t.ctx, method, path, body, headers...)
	if err != nil {
		return a, err
	}
	if status != 0 && a.status != status {
		return a, fmt.Errorf("%s %s: %s, want %d", method, path, a, status)
	}
	fmt.Fprintf(t.out, "%d %-6s %s  %d ms\n", a.status, method, path, time.Since(start).Milliseconds())
	return a, nil
}

// takeBack has something deleted when all is over. It may be gone by then.
func (t *trial) takeBack(c client, path string) {
	t.undo = append(t.undo, func(ctx context.Context) error {
		a, err := c.send(ctx, "DELETE", path, nil)
		if err == nil && a.status != http.StatusNoContent && a.status != http.StatusNotFound {
			err = fmt.Errorf("left behind: DELETE %s: %s", path, a)
		}
		return err
	})
}

func get[T any](t *trial, c client, path string) (T, error) {
	return read[T](t.want(c, http.StatusOK, "GET", path, nil))
}

func create[T any](t *trial, c client, path string, body any, headers ...string) (T, error) {
	return read[T](t.want(c, http.StatusCreated, "POST", path, body, headers...))
}

func read[T any](a answer, err error) (T, error) {
	var v T
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(a.body, &v); err != nil {
		return v, fmt.Errorf("%s: %w", a, err)
	}
	return v, nil
}
