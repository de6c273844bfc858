package optout

import (
	"context"
	"errors"
	"time"

	"group-invites/shared/directory"
	"group-invites/shared/linkcode"
	"group-invites/shared/mail"
)

// Service takes what addresses say. It is safe for concurrent use. Its methods give [directory.ErrNotFound] for a token that isn't genuine,
// isn't for that purpose, or has ended, and [directory.ErrUnavailable] if nothing could be decided; repeating is safe.
type Service struct {
	Store Store
	Ring  *linkcode.Source
	Clock func() time.Time
}

// Store is what the service needs of the table. All reads are strongly consistent. Methods give [directory.ErrUnavailable] if the table
// doesn't answer; writes give [directory.ErrChanged] if nothing was written because their condition didn't hold. Implementations are
// safe for concurrent use.
type Store interface {
	// Suppressions, Suppress, Deliveries and ChangeDelivery are those of package outbox.
	Suppressions(ctx context.Context, addresses []mail.AddressKey) (map[mail.AddressKey]mail.Suppression, error)
	Suppress(ctx context.Context, address mail.AddressKey, why mail.Reason, at time.Time) error
	Deliveries(ctx context.Context, keys []mail.Key) ([]mail.Delivery, error)
	ChangeDelivery(ctx context.Context, before, after mail.Delivery) error

	// OptIn writes that an address no longer says that it wants no mail. Doing it again changes nothing.
	OptIn(ctx context.Context, address mail.AddressKey) error
	// QueueConfirmation writes the first delivery of a confirmation to an address. ErrChanged if there is one.
	QueueConfirmation(ctx context.Context, d mail.Delivery) error
}

// now gives the instant of an operation: UTC, whole milliseconds, as it is stored.
func (s *Service) now() time.Time { return s.Clock().UTC().Truncate(time.Millisecond) }

// address gives whose token it is.
func (s *Service) address(ctx context.Context, purpose linkcode.Purpose, token string) (mail.AddressKey, error) {
	ring, err := s.Ring.Ring(ctx)
	if err != nil {
		return mail.AddressKey{}, errors.Join(directory.ErrUnavailable, err)
	}
	address, ok := ring.VerifyAddress(purpose, token, s.Clock())
	if !ok {
		return mail.AddressKey{}, directory.ErrNotFound
	}
	return address, nil
}
