package outbox

import (
	"context"
	"errors"

	"group-invites/shared/directory"
	"group-invites/shared/mail"
)

// Feedback records what became of a mail, and suppresses an address that is not to be mailed to again. It may be told late, twice, or out
// of order. [directory.ErrUnavailable] if it must be told again.
func (s *Service) Feedback(ctx context.Context, f mail.Feedback) error {
	if why := f.Suppresses(); why != "" && !f.To.IsZero() {
		err := directory.UntilDecided(ctx, func(ctx context.Context) error {
			return s.Store.Suppress(ctx, f.To.Key(), why, f.At)
		})
		if err != nil {
			return err
		}
	}
	return directory.UntilDecided(ctx, func(ctx context.Context) error {
		err := s.Store.RecordFeedback(ctx, f)
		if errors.Is(err, directory.ErrChanged) && !errors.Is(err, directory.ErrUnavailable) {
			return s.overtaken(ctx, f)
		}
		return err
	})
}

// overtaken tells whether feedback was not recorded because there is nothing to record: the delivery is gone, was sent again, or has come
// further. Otherwise it gives [directory.ErrChanged].
func (s *Service) overtaken(ctx context.Context, f mail.Feedback) error {
	rows, err := s.Store.Deliveries(ctx, []mail.Key{f.Delivery})
	if err != nil {
		return err
	}
	if len(rows) == 0 || rows[0].Sends != f.Sends {
		return nil
	}
	for _, before := range f.State.Before() {
		if rows[0].State == before {
			return directory.ErrChanged // a conflict with another write, and no more
		}
	}
	return nil
}
