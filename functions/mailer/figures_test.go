package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"maps"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/emf"
	"group-invites/shared/mail"
	"group-invites/shared/outbox"
)

// refusing takes mails until it is told not to.
type refusing struct{ err error }

func (r *refusing) Send(context.Context, mail.Message) (string, error) { return "message", r.err }

func TestFigures_TellWhatBecameOfMailsAndHowLateTheyAre(t *testing.T) {
	before := lambdacontext.FunctionName
	lambdacontext.FunctionName = "stack-mailer"
	defer func() { lambdacontext.FunctionName = before }()
	w, sender := New(t), &refusing{}
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelInfo}))
	run := handler(&outbox.Service{Store: w.Table, Sender: sender, Ring: w.Ring, Clock: w.Clock.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler), BaseURL: BaseURL}, log)
	sweep := func(want map[emf.Name]float64) {
		t.Helper()
		out.Reset()
		_, err := run(t.Context(), json.RawMessage(`{"detail-type":"Scheduled Event"}`))
		var line map[string]any
		if e := json.Unmarshal(out.Bytes(), &line); e != nil {
			t.Fatal(e, err)
		}
		got := map[emf.Name]float64{}
		for _, name := range emf.Names {
			if value, ok := line[string(name)].(float64); ok {
				got[name] = value
			}
		}
		if !maps.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	}
	sweep(map[emf.Name]float64{emf.OutboxLag: 0}) // an empty outbox is told too: an alarm hears if nobody looks

	admin := Person("admin")
	group := w.Group(admin, w.Org(admin, "Acme"), "Backcountry")
	w.Link(admin, group, To("mira@example.com", "tom@example.com"))
	w.Clock.Advance(mail.SweepDelay + 7*time.Minute)
	sweep(map[emf.Name]float64{emf.OutboxLag: 420, emf.MailsSent: 2})

	gone := w.Link(admin, group, To("una@example.com"))
	w.Link(admin, group, To("ole@example.com"))
	if err := w.Invites.Delete(t.Context(), admin, gone.Group, gone.ID); err != nil {
		t.Fatal(err)
	}
	sender.err = mail.ErrQuota
	w.Clock.Advance(mail.SweepDelay)
	sweep(map[emf.Name]float64{emf.OutboxLag: 0, emf.MailsDropped: 1, emf.MailsPostponed: 1})

	w.Faults.Reset(func(faults.Call) faults.Fault { return faults.KillBefore })
	sweep(map[emf.Name]float64{})
}
