package eventbus

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"group-invites/infra/local/lambda"
)

// delivery is an event on its way to the target of one rule or schedule.
type delivery struct {
	source *source
	file   string // empty where it isn't kept
	kept

	last    lambda.Result // of the last call that the function failed in
	fault   error         // of the last call that couldn't be made
	dropped bool          // it was given up
}

// kept is what the file of a delivery holds.
type kept struct {
	ARN      string          `json:"arn"` // of the rule
	Event    json.RawMessage `json:"event"`
	Due      time.Time       `json:"due"`
	Calls    int             `json:"calls"`    // that the function failed in
	Attempts int             `json:"attempts"` // to call that couldn't be made
}

func newDelivery(s *source, event []byte, due time.Time) *delivery {
	return &delivery{source: s, kept: kept{ARN: s.arn, Event: event, Due: due}}
}

// detailType is what kind of event it is.
func (d *delivery) detailType() string {
	var e struct {
		DetailType string `json:"detail-type"`
	}
	json.Unmarshal(d.Event, &e) // an Input of the template's own has none
	return e.DetailType
}

// keep writes a delivery down. Whenever the process ends, its file holds the old state or the new one.
func (b *Bus) keep(d *delivery) error {
	if d.file == "" {
		digest := sha256.Sum256([]byte(d.ARN + "\x00" + string(d.Event)))
		d.file = filepath.Join(b.options.DataDir, Dir, hex.EncodeToString(digest[:16])+".json")
	}
	text, err := json.Marshal(d.kept)
	if err != nil {
		return err
	}
	fresh := d.file + ".new"
	if err := os.WriteFile(fresh, text, 0o600); err != nil {
		return err
	}
	return os.Rename(fresh, d.file)
}

// load reads the deliveries that aren't done. One of a rule that the template no longer has is given up.
func (b *Bus) load() ([]*delivery, error) {
	files, err := filepath.Glob(filepath.Join(b.options.DataDir, Dir, "*.json"))
	if err != nil {
		return nil, err
	}
	var out []*delivery
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		d := &delivery{file: file}
		if err := json.Unmarshal(text, &d.kept); err != nil {
			return nil, fmt.Errorf("%s isn't a delivery (%w): delete it to start anew", file, err)
		}
		if d.source = b.sources[d.ARN]; d.source == nil {
			b.options.Problem("an event of " + d.ARN + ", which is no longer in the template, is given up")
			if err := os.Remove(file); err != nil {
				return nil, err
			}
			continue
		}
		out = append(out, d)
	}
	return out, nil
}

// The pauses before something is tried again: doubled each time.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 2 * time.Second
)

func backoff(failures int) time.Duration {
	return min(firstPause<<min(failures-1, 10), lastPause)
}

// Conditions under which events are given up.
const (
	RetriesExhausted     = "RetriesExhausted"
	EventAgeExceeded     = "EventAgeExceeded"
	maximumRetryAttempts = "MaximumRetryAttempts" // as EventBridge has them
	maximumEventAge      = "MaximumEventAgeInSeconds"
)

// deliver goes on until the function has succeeded or the event is given up. An error means that the bus was stopped before.
func (b *Bus) deliver(d *delivery) error {
	if !b.pause(d.Due.Sub(b.options.Now())) {
		return ErrStopped
	}
	for {
		wait, err := b.attempt(d)
		if err != nil {
			return err
		}
		if wait == 0 {
			return b.done(d)
		}
		d.source.note(func(s *Status) { s.Retries++ })
		if d.file != "" {
			if err := b.keep(d); err != nil { // then it is tried more often than it should
				b.options.Problem("can't keep an event: " + err.Error())
			}
		}
		if !b.pause(wait) {
			return ErrStopped
		}
	}
}

// attempt calls the function once, if the event isn't to be given up. It returns how long to wait before the next time, 0
// where there is none.
func (b *Bus) attempt(d *delivery) (wait time.Duration, err error) {
	age := b.options.Now().Sub(d.Due)
	switch s := d.source; {
	case d.Calls > s.async.MaximumRetryAttempts:
		return 0, b.giveUp(d, s.async.OnFailure, RetriesExhausted, d.failure(RetriesExhausted, b.options.Now()))
	case d.Calls > 0 && age > s.async.MaximumEventAge:
		return 0, b.giveUp(d, s.async.OnFailure, EventAgeExceeded, d.failure(EventAgeExceeded, b.options.Now()))
	case d.Attempts > s.retry.MaximumRetryAttempts:
		return 0, b.giveUp(d, s.retry.DeadLetterQueue, RetriesExhausted, d.deadLetter(maximumRetryAttempts))
	case d.Attempts > 0 && d.Calls == 0 && age > s.retry.MaximumEventAge:
		return 0, b.giveUp(d, s.retry.DeadLetterQueue, EventAgeExceeded, d.deadLetter(maximumEventAge))
	}
	turn := b.turns[d.source.function]
	select {
	case turn <- struct{}{}:
		defer func() { <-turn }()
	case <-b.stopping.Done():
		return 0, ErrStopped
	}
	if b.stopping.Err() != nil { // both were ready
		return 0, ErrStopped
	}
	result, err := b.options.Invoker.Invoke(b.invoking, d.source.function, d.Event)
	switch {
	case err != nil && b.stopping.Err() != nil:
		return 0, ErrStopped
	case err != nil:
		d.fault = err
		d.Attempts++
		b.options.Problem("event for " + d.source.function + ": can't call the function: " + err.Error())
		return backoff(d.Attempts), nil
	}
	b.options.Invoked(Invocation{
		Time: b.options.Now(), Function: d.source.function, Scheduled: d.source.every > 0, Event: d.detailType(), Result: result,
	})
	if result.FunctionError == "" {
		d.source.note(func(s *Status) { s.Delivered++ })
		return 0, nil
	}
	d.last = result
	d.Calls++
	return backoff(d.Calls), nil
}

// giveUp tells the queue, if there is one, and counts the event as done. It goes on until the queue has the message.
func (b *Bus) giveUp(d *delivery, logicalID, condition string, message any) error {
	drop := Drop{Function: d.source.function, Event: d.detailType(), Condition: condition, Queue: logicalID}
	if logicalID != "" {
		for failures := 1; ; failures++ {
			var err error
			if drop.Waiting, err = b.queue(logicalID).Send(message); err == nil {
				break
			}
			b.options.Problem("event for " + d.source.function + ": can't write to queue " + logicalID + ": " + err.Error())
			if !b.pause(backoff(failures)) {
				return ErrStopped
			}
		}
	}
	d.source.note(func(s *Status) { s.Dropped++ })
	b.options.Dropped(drop)
	d.dropped = true
	return nil
}

// done takes a delivery off the disk.
func (b *Bus) done(d *delivery) error {
	if d.file == "" {
		return nil
	}
	d.source.note(func(s *Status) { s.Waiting-- })
	if err := os.Remove(d.file); err != nil && !errors.Is(err, os.ErrNotExist) { // then it is made again after a restart
		b.options.Problem("can't take an event off: " + err.Error())
	}
	return nil
}
