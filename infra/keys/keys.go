package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// settled is how long after a change every function has seen it.
const settled = 5 * time.Minute

// keys turns one ring.
type keys struct {
	store  store
	now    func() time.Time
	out    io.Writer
	agreed func(question string) bool
}

var (
	errUnsettled = errors.New("the ring was changed less than five minutes ago: not every function has seen that yet")
	errDeclined  = errors.New("nothing was changed")
)

// do carries out one command: its name, and the number of a key.
func (k keys) do(ctx context.Context, command []string) error {
	value, written, err := k.store.read(ctx)
	if err != nil {
		return err
	}
	r, err := parse(value)
	if err != nil {
		return err
	}
	age := k.now().Sub(written)
	number := ""
	if len(command) == 2 {
		number = command[1]
	}
	switch verb := command[0]; {
	case verb == "status" && len(command) == 1:
		fmt.Fprintf(k.out, "%schanged %s ago, at %s\n", r, age.Round(time.Second), written.UTC().Format(time.RFC3339))
		return nil
	case verb == "add" && len(command) == 1:
		if number, err = r.add(); err != nil {
			return err
		}
		return k.change(ctx, r, fmt.Sprintf("Key %s verifies. In five minutes: sign %[1]s", number))
	case verb == "sign" && len(command) == 2:
		if err := r.sign(number); err != nil {
			return err
		}
		if age < settled {
			return errUnsettled
		}
		return k.change(ctx, r, fmt.Sprintf("Key %s signs. What the other keys have signed goes on. To end that, in five minutes or later: retire", number))
	case verb == "retire" && len(command) == 2:
		if err := r.retire(number); err != nil {
			return err
		}
		if age < settled {
			return errUnsettled
		}
		if !k.agreed(fmt.Sprintf("All URLs of links that key %s has signed end, those that never expire as well, and so do the links in mails by which people say that they want no more.", number)) {
			return errDeclined
		}
		return k.change(ctx, r, fmt.Sprintf("Key %s is retired. What it has signed is dead within five minutes. Lists show new URLs.", number))
	case verb == "replace" && len(command) == 1:
		if number, err = r.replace(); err != nil {
			return err
		}
		if !k.agreed("All URLs of links that are out end, those that never expire as well, and so do the links in mails by which people say that they want no more.") {
			return errDeclined
		}
		return k.change(ctx, r, fmt.Sprintf("Key %s signs, all others are retired. What they have signed is dead within five minutes; new URLs may be refused until then. Lists show new URLs.", number))
	}
	return errors.New(usage)
}

// change writes the ring, reads it again, and says what that means.
func (k keys) change(ctx context.Context, r ring, message string) error {
	value, err := r.text()
	if err != nil {
		return err
	}
	if err := k.store.write(ctx, value); err != nil {
		return err
	}
	after, _, err := k.store.read(ctx)
	if err != nil {
		return fmt.Errorf("the ring was written, and can't be read: %w", err)
	}
	got, err := parse(after)
	if err != nil || got.signing != r.signing || !slices.Equal(got.numbers(), r.numbers()) {
		return fmt.Errorf("somebody else has changed the ring at the same time: look at its status (%w)", err)
	}
	fmt.Fprintf(k.out, "%s%s\n", r, message)
	return nil
}
