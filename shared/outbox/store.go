package outbox

import (
	"context"
	"errors"
	"time"

	"group-invites/shared/accessrequest"
	"group-invites/shared/directory"
	"group-invites/shared/invite"
	"group-invites/shared/mail"
)

// ErrRecipientLimit: the address has had all invites of the day.
var ErrRecipientLimit = errors.New("recipient's limit of the day reached")

// Store is what the outbox needs of the table. All reads by key are strongly consistent. All methods give [directory.ErrUnavailable] if the
// table doesn't answer; writes give [directory.ErrChanged] if nothing was written because their condition didn't hold.
// Implementations are safe for concurrent use.
type Store interface {
	// Deliveries reads deliveries by key; those that don't exist are left out.
	Deliveries(ctx context.Context, keys []mail.Key) ([]mail.Delivery, error)
	// DueDeliveries lists up to limit of those that are due at the instant, longest due first, from the index: it may be a moment old.
	// after is the position after which to go on, "" the beginning; next is where the list goes on, "" at its end. Rows that aren't
	// deliveries are left out, and give an error beside the others.
	DueDeliveries(ctx context.Context, now time.Time, after string, limit int) (due []mail.Key, next string, err error)
	// Suppressions reads why addresses get no mail; those that do are left out.
	Suppressions(ctx context.Context, addresses []mail.AddressKey) (map[mail.AddressKey]mail.Suppression, error)

	// ChangeDelivery writes after in the place of before. ErrChanged if it isn't as it was read, or is gone.
	ChangeDelivery(ctx context.Context, before, after mail.Delivery) error
	// CountDelivery is ChangeDelivery that raises the recipient's counter of the day in the same transaction. [ErrRecipientLimit] if that is
	// at the limit already.
	CountDelivery(ctx context.Context, before, after mail.Delivery, limit int) error
	// RecordFeedback writes what became of a mail, if it was sent as often as that says and its state may go on to the new one. ErrChanged
	// otherwise.
	RecordFeedback(ctx context.Context, f mail.Feedback) error
	// Suppress writes that an address gets no more mail, and why. Doing it again changes nothing.
	Suppress(ctx context.Context, address mail.AddressKey, why mail.Reason, at time.Time) error

	// Tell writes after in the place of before, a digest, and notices that come of it, up to 99: all of it or nothing. ErrChanged if the
	// digest isn't as it was read, or one of the notices is there already.
	Tell(ctx context.Context, before, after mail.Delivery, notices []mail.Delivery) error
	// OpenRequests is that of [accessrequest.Store].
	OpenRequests(ctx context.Context, group directory.GroupID) ([]accessrequest.Request, error)
	// Admins lists up to limit admins of an organization, by id.
	Admins(ctx context.Context, org directory.OrgID, limit int) ([]directory.UserID, error)

	// ReadLink and Members are those of [invite.Store], for any number of people.
	ReadLink(ctx context.Context, keys invite.Keys) (invite.Rows, error)
	Members(ctx context.Context, org directory.OrgID, group directory.GroupID, users []directory.UserID) (map[directory.UserID]directory.Membership, error)
}

// Sender sends mails. Send gives SES's id of the message, or one of the errors of package mail; any other is a fault of ours.
type Sender interface {
	Send(ctx context.Context, message mail.Message) (messageID string, err error)
}
