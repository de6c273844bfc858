package stack_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"group-invites/infra/local/ses"
	"group-invites/infra/local/stack"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sesclient "github.com/aws/aws-sdk-go-v2/service/ses"
	"github.com/aws/aws-sdk-go-v2/service/ses/types"
)

const (
	hear            = "ASIALOCALHEARX1" // access key of the function that may send
	mailFrom        = "Group Invites <invites@example.com>"
	mailIdentity    = "example.com"
	configurationID = "local-group-invites-MailConfigurationSet"
)

// hearing are the options of stacks of testdata/mail, on one data folder. Out is what their functions write.
func hearing(t *testing.T) (o stack.Options, out string) {
	t.Helper()
	binaries := t.TempDir()
	build := exec.Command("go", "build", "-tags", stack.BuildTags, "-o", filepath.Join(binaries, "hear"), "../eventbus/testdata/function")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if err := os.Link(filepath.Join(binaries, "hear"), filepath.Join(binaries, "follow")); err != nil {
		t.Fatal(err)
	}
	out = filepath.Join(t.TempDir(), "out")
	return stack.Options{
		Root: filepath.Join("testdata", "mail"), DataDir: t.TempDir(), Binaries: binaries, Parameters: map[string]string{"Out": out},
	}, out
}

func startHearing(t *testing.T, o stack.Options) *stack.Stack {
	t.Helper()
	s, err := stack.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// sendMail sends a mail as the function that may, and returns its id.
func sendMail(t *testing.T, s *stack.Stack, from, to string) (string, error) {
	t.Helper()
	c := sesclient.New(sesclient.Options{
		Region: "local", BaseEndpoint: aws.String(s.AWSEndpoint()), Credentials: credentials.NewStaticCredentialsProvider(hear, "local", "local"),
		RetryMaxAttempts: 1,
	})
	raw := "From: " + from + "\r\nTo: " + to + "\r\nSubject: Hello\r\nContent-Type: text/html\r\n\r\n<p>Hello</p>\r\n"
	sent, err := c.SendRawEmail(t.Context(), &sesclient.SendRawEmailInput{
		RawMessage: &types.RawMessage{Data: []byte(raw)}, Destinations: []string{to}, ConfigurationSetName: aws.String(configurationID),
		Tags: []types.MessageTag{{Name: aws.String("delivery"), Value: aws.String("d1")}},
	})
	if err != nil {
		return "", err
	}
	return *sent.MessageId, nil
}

// mustSend is sendMail from the address that the stack sends from.
func mustSend(t *testing.T, s *stack.Stack, to string) string {
	t.Helper()
	id, err := sendMail(t, s, mailFrom, to)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func eventsIdle(t *testing.T, s *stack.Stack) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := s.EventsIdle(ctx); err != nil {
		t.Fatal(err)
	}
}

// heard are the events that functions have got, as "Email Bounced to@x" or their detail-type alone, sorted.
func heard(t *testing.T, out string) []string {
	t.Helper()
	text, err := os.ReadFile(out)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	var all []string
	for line := range bytes.Lines(text) {
		var n struct {
			Phase string
			Event struct {
				DetailType string `json:"detail-type"`
				Detail     struct {
					Mail struct{ Destination []string }
				}
			}
		}
		if err := json.Unmarshal(line, &n); err != nil {
			t.Fatal(err)
		}
		if n.Phase == "done" {
			all = append(all, strings.TrimSpace(n.Event.DetailType+" "+strings.Join(n.Event.Detail.Mail.Destination, " ")))
		}
	}
	slices.Sort(all)
	return all
}

func TestMail_WhatBecameOfItReachesTheFunction(t *testing.T) {
	var log output
	o, out := hearing(t)
	o.Log = &log
	s := startHearing(t, o)
	s.SetMailFaults(ses.Faults{
		Bounce: ses.Addresses{"gone@example.org"}, Complaint: ses.Addresses{"angry@example.org"}, DeliveryDelay: ses.Addresses{"slow@example.org"},
		RejectEvent: ses.Addresses{"ill@example.org"},
	})
	for _, to := range []string{"bo@example.org", "gone@example.org", "angry@example.org", "slow@example.org", "ill@example.org"} {
		id := mustSend(t, s, to)
		mails, err := s.Mails(strings.ToUpper(to))
		if err != nil || len(mails) != 1 || mails[0].ID != id || mails[0].HTML != "<p>Hello</p>\r\n" {
			t.Errorf("%s: %+v, %v", to, mails, err)
		}
	}
	eventsIdle(t, s)
	want := []string{
		"Email Bounced gone@example.org", "Email Complaint Received angry@example.org", "Email Delivered angry@example.org", "Email Delivered bo@example.org",
		"Email Delivery Delayed slow@example.org", "Email Rejected ill@example.org",
	}
	if got := heard(t, out); !slices.Equal(got, want) {
		t.Errorf("heard %q, want %q", got, want)
	}
	if unused := s.UnusedGrants(); len(unused) > 0 {
		t.Errorf("of the policy, unused: %q", unused)
	}
	for _, want := range []string{
		`(?m)^\d\d:\d\d:\d\d mail    hear  to bo@example.org: Hello$`,
		`(?m)^\d\d:\d\d:\d\d event   hear  Email Bounced  ok  [\d.]+ ms  (warm|cold \(init [\d.]+ ms\))  0 calls$`,
	} {
		if !regexp.MustCompile(want).MatchString(log.String()) {
			t.Errorf("the log has no %s:\n%s", want, log.String())
		}
	}
	_, page := send(t, "GET", s.URL()+"/dev/", "", nil)
	if !strings.Contains(page, "<tr><td>hear</td><td>an event</td><td>0</td><td>6</td><td>0</td><td>0</td><td>Failures</td></tr>") || !strings.Contains(page, `href="/dev/inbox"`) {
		t.Errorf("/dev/ has no row of the rule:\n%s", page)
	}
}

func TestMail_OnlyAsThePolicyAllows(t *testing.T) {
	o, _ := hearing(t)
	var log output
	o.Log = &log
	s := startHearing(t, o)
	if _, err := sendMail(t, s, "Group Invites <others@example.com>", "bo@example.org"); err == nil || !strings.Contains(err.Error(), "AccessDenied") {
		t.Errorf("another address: %v", err)
	}
	if !strings.Contains(log.String(), "ACCESS DENIED: no statement in template.yaml allows hear to ses:SendRawEmail on arn:aws:ses:local:000000000000:identity/"+mailIdentity) {
		t.Errorf("the log doesn't say so:\n%s", log.String())
	}
	if mails, err := s.Mails(""); err != nil || len(mails) != 0 {
		t.Errorf("%+v, %v", mails, err)
	}
}

func TestMail_StaysAcrossRestartsUntilReset(t *testing.T) {
	o, out := hearing(t)
	first := startHearing(t, o)
	first.SetMailFaults(ses.Faults{Bounce: ses.Everyone})
	id := mustSend(t, first, "bo@example.org") // its event isn't due yet
	if err := first.Close(); err != nil {
		t.Error(err)
	}
	second := startHearing(t, o)
	if mails, err := second.Mails("bo@example.org"); err != nil || len(mails) != 1 || mails[0].ID != id {
		t.Errorf("%+v, %v", mails, err)
	}
	eventsIdle(t, second)
	if got, want := heard(t, out), []string{"Email Bounced bo@example.org"}; !slices.Equal(got, want) {
		t.Errorf("heard %q, want %q", got, want)
	}
	if f := second.MailFaults(); len(f.Bounce) != 0 {
		t.Errorf("faults after a restart: %+v", f)
	}
	second.Close()
	if err := stack.Reset(o.DataDir); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(o.DataDir); err == nil {
		t.Errorf("left after the reset: %v", left)
	}
}

func TestMail_FailuresOfTheFunctionReachItsQueue(t *testing.T) {
	var log output
	o, out := hearing(t)
	o.Log = &log
	if err := os.Mkdir(out, 0o700); err != nil { // so that the function can't write
		t.Fatal(err)
	}
	s := startHearing(t, o)
	id := mustSend(t, s, "bo@example.org")
	eventsIdle(t, s)
	messages, err := s.QueueMessages("Failures")
	if err != nil || len(messages) != 1 || !bytes.Contains(messages[0], []byte(id)) || !bytes.Contains(messages[0], []byte(`"approximateInvokeCount":2`)) {
		t.Errorf("%s, %v", messages, err)
	}
	if want := regexp.MustCompile(`(?m)^ +event for hear: gave up Email Delivered \(RetriesExhausted\); Failures now holds 1$`); !want.MatchString(log.String()) {
		t.Errorf("the log doesn't say so:\n%s", log.String())
	}
}

func TestMail_OverHTTP(t *testing.T) {
	o, _ := hearing(t)
	s := startHearing(t, o)
	mustSend(t, s, "bo@example.org")
	status, body := send(t, "GET", s.URL()+"/dev/mails?to=BO@EXAMPLE.ORG", "", nil)
	var mails []map[string]any
	if err := json.Unmarshal([]byte(body), &mails); err != nil || status != 200 || len(mails) != 1 || mails[0]["subject"] != "Hello" {
		t.Errorf("%d %s", status, body)
	}
	if status, body := send(t, "GET", s.URL()+"/dev/inbox", "", nil); status != 200 || !strings.Contains(body, "<h1>Inbox</h1>") {
		t.Errorf("the page: %d", status)
	}
	for _, path := range []string{"/dev/inbox", "/dev/mails", "/dev/mail/faults"} {
		for name, value := range map[string]string{"Host": "evil.example", "Origin": "http://evil.example"} {
			request, err := http.NewRequestWithContext(t.Context(), "GET", s.URL()+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if request.Header.Set(name, value); name == "Host" {
				request.Host = value
			}
			resp, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != http.StatusForbidden {
				t.Errorf("%s with %s %s: %d", path, name, value, resp.StatusCode)
			}
		}
	}
}

func TestSchedule_RunsInTheStack(t *testing.T) {
	o, out := hearing(t)
	s := startHearing(t, o)
	if err := s.RunSchedule(t.Context(), "hear"); err != nil {
		t.Fatal(err)
	}
	if got, want := heard(t, out), []string{"Scheduled Event"}; !slices.Equal(got, want) {
		t.Errorf("heard %q, want %q", got, want)
	}
	if err := s.RunSchedule(t.Context(), "follow"); err == nil {
		t.Error("a function without a schedule ran")
	}
	if status := s.EventsStatus(); status[1].Every != time.Minute {
		t.Errorf("%+v", status)
	}
	s.Close()

	o.ScheduleEvery = 50 * time.Millisecond
	startHearing(t, o)
	for deadline := time.Now().Add(time.Minute); len(heard(t, out)) < 3; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it doesn't run by itself")
		}
	}
}

func TestClose_LeavesNothingOfMailRunning(t *testing.T) {
	o, _ := hearing(t)
	o.ScheduleEvery = 20 * time.Millisecond
	before := runtime.NumGoroutine()
	s := startHearing(t, o)
	for i := range 20 {
		mustSend(t, s, fmt.Sprintf("bo%d@example.org", i))
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before+2; time.Sleep(20 * time.Millisecond) { // the SDK's client keeps a connection
		if time.Now().After(deadline) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines, %d before\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
		}
	}
}
