package optout

import (
	"context"
	"time"

	"group-invites/shared/directory"
	"group-invites/shared/linkcode"
	"group-invites/shared/mail"
)

// keptFor is for how long the delivery of a confirmation is kept.
const keptFor = 30 * 24 * time.Hour

// RequestBack has a mail sent that asks whether the address wants mail again, if it is the one of the token and has said that it wants none.
// Nobody can tell from the answer whether it is. While such a mail waits to be sent, no other is written; the mailer holds the
// limit of a day.
func (s *Service) RequestBack(ctx context.Context, token, typed string) error {
	key, err := s.address(ctx, linkcode.Unsubscribe, token)
	if err != nil {
		return err
	}
	to, fault := mail.ParseAddress(typed)
	if fault != "" || to.Key() != key {
		return nil
	}
	return directory.UntilDecided(ctx, func(ctx context.Context) error { return s.queue(ctx, to) })
}

// queue writes the delivery of the confirmation: the address's first, or the one that there is, to be sent again.
func (s *Service) queue(ctx context.Context, to mail.Address) error {
	suppressed, err := s.Store.Suppressions(ctx, []mail.AddressKey{to.Key()})
	if err != nil || suppressed[to.Key()].Reason() != mail.ReasonOptedOut {
		return err
	}
	known, err := s.Store.Deliveries(ctx, []mail.Key{{ID: to.ID()}})
	if err != nil {
		return err
	}
	now := s.now()
	clearAt := now.Add(keptFor).Truncate(time.Second)
	if len(known) == 0 {
		d := mail.NewDelivery(directory.GroupID{}, [8]byte{}, to, directory.UserID{}, now, clearAt)
		d.Kind = mail.KindConfirm
		return s.Store.QueueConfirmation(ctx, d)
	}
	before := known[0]
	if before.State == mail.StateQueued {
		return nil
	}
	after := before.Again(directory.UserID{}, now)
	after.ClearAt = clearAt
	return s.Store.ChangeDelivery(ctx, before, after)
}

// CheckBack tells whether a token of a confirmation is good. It changes nothing, and doesn't ask the table.
func (s *Service) CheckBack(ctx context.Context, token string) error {
	_, err := s.address(ctx, linkcode.Resubscribe, token)
	return err
}

// OptIn records that the address of a confirmation's token wants mail again. Doing it again changes nothing.
func (s *Service) OptIn(ctx context.Context, token string) error {
	address, err := s.address(ctx, linkcode.Resubscribe, token)
	if err != nil {
		return err
	}
	return directory.UntilDecided(ctx, func(ctx context.Context) error { return s.Store.OptIn(ctx, address) })
}
