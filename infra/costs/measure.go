package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"group-invites/infra/local/stack"
	"group-invites/infra/local/webui"
	"group-invites/infra/meter"
)

const (
	// warmUps go before what is measured, so that processes run and connections are open.
	warmUps = 5
	// times is how often each operation is measured.
	times = 60
)

// scene is a stack on which operations are measured, and what they need.
type scene struct {
	*stack.Stack
	meter  *meter.Meter
	client *http.Client
	result measured
}

// measure runs each operation on a local stack of its own, which is gone afterwards.
func measure(ctx context.Context, root string) (m measured, err error) {
	folder, err := os.MkdirTemp("", "costs-")
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	binaries, data := filepath.Join(folder, "functions"), filepath.Join(folder, "data")
	if err := stack.Build(ctx, root, binaries); err != nil {
		return m, err
	}
	metered := meter.New(data)
	s, err := stack.Start(ctx, stack.Options{
		Root: root, DataDir: data, Binaries: binaries, Called: metered.Called, ScheduleEvery: time.Hour, // no sweep meanwhile
	})
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	on := &scene{Stack: s, meter: metered, client: &http.Client{Timeout: time.Minute}, result: measured{
		Date: time.Now().UTC().Format(time.DateOnly), Machine: meter.Machine(), Operations: map[string]map[string]meter.Use{},
	}}
	if err := on.measureAll(ctx, root); err != nil {
		return m, err
	}
	return on.result, nil
}

// object is a JSON object to send.
type object = map[string]any

func (s *scene) measureAll(ctx context.Context, root string) error {
	const all = warmUps + times
	var org, group, second struct{ ID string }
	admin := person("costs-admin")
	if err := errors.Join(
		s.send(ctx, admin, "POST", "/v1/orgs", object{"name": "Astronomers"}, http.StatusCreated, &org),
		s.send(ctx, admin, "POST", "/v1/orgs/"+org.ID+"/groups", object{"name": "Comets"}, http.StatusCreated, &group),
		s.send(ctx, admin, "POST", "/v1/orgs/"+org.ID+"/groups", object{"name": "Planets"}, http.StatusCreated, &second),
	); err != nil {
		return err
	}
	invites := "/v1/groups/" + group.ID + "/invites"
	type link struct{ ID, URL string }
	code := func(l link) object { _, code, _ := strings.Cut(l.URL, "#"); return object{"code": code} }
	newLink := func(groupID, access string) (l link, err error) {
		err = s.send(ctx, admin, "POST", "/v1/groups/"+groupID+"/invites", object{"access": access, "expiration": "7d"}, http.StatusCreated, &l)
		return l, err
	}
	open, err := newLink(group.ID, "anyone")
	if err != nil {
		return err
	}
	internal, err := newLink(second.ID, "org")
	if err != nil {
		return err
	}
	forged := code(open)
	forged["code"] = strings.Repeat("A", len(forged["code"].(string)))
	newcomer := func(i int) person { return person(fmt.Sprintf("costs-newcomer-%d", i)) }
	redeem := func(who person, code object, status int) error {
		return s.send(ctx, who, "POST", "/v1/invites/redeem", code, status, nil)
	}
	made := [all]link{}
	page, err := firstScript(root)
	if err != nil {
		return err
	}

	for _, o := range []struct {
		name string
		do   func(i int) error
	}{
		{opCreate, func(i int) (err error) { made[i], err = newLink(group.ID, "org"); return err }},
		{opAnyone, func(i int) error { return redeem(newcomer(i), code(open), http.StatusCreated) }},
		{opOrg, func(i int) error { return redeem(newcomer(i), code(internal), http.StatusCreated) }},
		{opAgain, func(i int) error { return redeem(newcomer(i), code(open), http.StatusOK) }},
		{opForged, func(i int) error { return redeem(newcomer(i), forged, http.StatusNotFound) }},
		{opPreview, func(int) error {
			return s.send(ctx, "", "POST", "/v1/invites/preview", code(open), http.StatusOK, nil)
		}},
		{opList, func(int) error { return s.send(ctx, admin, "GET", invites, nil, http.StatusOK, nil) }},
		{opMail, func(i int) error {
			address := fmt.Sprintf("costs-%d@example.org", i)
			return s.send(ctx, admin, "POST", invites+"/"+open.ID+"/emails", object{"emails": []string{address}}, http.StatusAccepted, nil)
		}},
		{opDelete, func(i int) error {
			return s.send(ctx, admin, "DELETE", invites+"/"+made[i].ID, nil, http.StatusNoContent, nil)
		}},
		{opDead, func(i int) error {
			return redeem(person(fmt.Sprintf("costs-late-%d", i)), code(made[i]), http.StatusGone)
		}},
		{opFile, func(int) error { return s.send(ctx, "", "GET", page, nil, http.StatusOK, nil) }},
	} {
		if err := s.measureOne(ctx, o.name, o.do); err != nil {
			return fmt.Errorf("%s: %w", o.name, err)
		}
	}
	sweep := func(int) error { return s.RunSchedule(ctx, "mailer") }
	if err := s.measureOne(ctx, "sweep", sweep); err != nil {
		return err
	}
	s.result.Sweep = s.result.Operations["sweep"]["mailer"]
	delete(s.result.Operations, "sweep")
	return nil
}

// firstScript is the path of a script of the web app as it is built.
func firstScript(root string) (string, error) {
	found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(webui.Folder), "dist", "assets", "*.js"))
	if err != nil || len(found) == 0 {
		return "", errors.Join(err, errors.New("the web app has no scripts"))
	}
	return "/assets/" + filepath.Base(found[0]), nil
}

// measureOne does an operation so often, each time waiting for what follows from it, and keeps the average of what each function took.
func (s *scene) measureOne(ctx context.Context, name string, do func(i int) error) error {
	var before map[string]meter.Use
	for i := range warmUps + times {
		if i == warmUps {
			var err error
			if before, err = s.meter.Read(); err != nil {
				return err
			}
		}
		if err := errors.Join(do(i), s.settle(ctx)); err != nil {
			return err
		}
	}
	after, err := s.meter.Read()
	if err != nil {
		return err
	}
	took := map[string]meter.Use{}
	for function, u := range after {
		if each := u.Minus(before[function], times); each.Invocations > 0 {
			took[function] = rounded(each)
		}
	}
	s.result.Operations[name] = took
	return nil
}

// rounded keeps what the figures are good for.
func rounded(u meter.Use) meter.Use {
	cent := func(f float64) float64 { return math.Round(f*100) / 100 }
	return meter.Use{
		Invocations: cent(u.Invocations), Calls: cent(u.Calls), Read: cent(u.Read), Write: cent(u.Write),
		CPU: math.Round(u.CPU), Logged: math.Round(u.Logged),
	}
}

// settle waits until what follows from an operation has followed: by the stream, by SES's events, and by the stream again.
func (s *scene) settle(ctx context.Context) error {
	for range 3 {
		if err := errors.Join(s.StreamIdle(ctx), s.EventsIdle(ctx)); err != nil {
			return err
		}
	}
	return nil
}

// person is somebody made up; empty is nobody.
type person string

// send sends a request, which must get the status, and decodes the answer unless into is nil.
func (s *scene) send(ctx context.Context, who person, method, path string, body any, status int, into any) error {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, s.URL()+path, content)
	if err != nil {
		return err
	}
	if content != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if who != "" {
		token, err := s.Token(string(who))
		if err != nil {
			return err
		}
		r.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := s.client.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != status {
		return fmt.Errorf("%s %s: %d %.200s, want %d", method, path, response.StatusCode, answer, status)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(answer, into)
}
