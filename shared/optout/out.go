package optout

import (
	"context"

	"group-invites/shared/directory"
	"group-invites/shared/linkcode"
	"group-invites/shared/mail"
)

// Check tells whether a token of a mail is good. It changes nothing, and doesn't ask the table.
func (s *Service) Check(ctx context.Context, token string) error {
	_, err := s.address(ctx, linkcode.Unsubscribe, token)
	return err
}

// OptOut records that the address of a mail's token wants no more mail. Doing it again changes nothing.
func (s *Service) OptOut(ctx context.Context, token string) error {
	address, err := s.address(ctx, linkcode.Unsubscribe, token)
	if err != nil {
		return err
	}
	now := s.now()
	return directory.UntilDecided(ctx, func(ctx context.Context) error {
		return s.Store.Suppress(ctx, address, mail.ReasonOptedOut, now)
	})
}
