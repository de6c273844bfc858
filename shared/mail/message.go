package mail

import (
	"errors"
	"time"
)

// Message is a mail to be composed and sent. Just one of its parts is set; it says what the mail tells.
type Message struct {
	To       Address
	Delivery Key // that it belongs to; SES's events name it again
	Sends    int // of the delivery
	// UnsubscribeURL is where the recipient says that he wants no more mail, by one click (RFC 8058); empty in a confirmation, which he
	// asked for.
	UnsubscribeURL string

	Invitation   *Invitation
	Notice       *Notice
	Answer       *Answer
	Confirmation *Confirmation
}

// Invitation says that someone is invited.
type Invitation struct {
	SenderName string // who had it sent; may be empty
	OrgName    string
	GroupName  string
	Label      string // of the link; may be empty
	URL        string // the link
	OrgOnly    bool   // for members of the organization only
	Now        time.Time
	ExpiresAt  time.Time // zero: never
	// AskUntil is until when who comes too late can ask for access by the same link; zero if the link doesn't end.
	AskUntil    time.Time
	CreatorName string // of the link: whom to ask; may be empty
}

// Notice tells one who may let people in that some ask for it.
type Notice struct {
	OrgName   string
	GroupName string
	Names     []string // of those who ask, some of them; each may be empty
	Count     int      // of all who ask
	URL       string   // the page where to decide
}

// Answer tells one who asked for access what came of it.
type Answer struct {
	Approved  bool
	OrgName   string
	GroupName string
	URL       string // where the group is; for those who are in
}

// Confirmation asks whether an address wants mail again.
type Confirmation struct {
	URL string // the page where to say so
	Now time.Time
	// ExpiresAt is when the page's address is good no longer.
	ExpiresAt time.Time
}

// What sending a message may come to, beside nil. Any other error is a fault of ours.
var (
	// ErrThrottled: SES takes no more just now. Try again in a moment.
	ErrThrottled = errors.New("mail throttled")
	// ErrQuota: SES takes no more today.
	ErrQuota = errors.New("mail quota used up")
	// ErrPaused: sending is paused, or not set up as it must be; it takes an operator. Nothing is wrong with the message.
	ErrPaused = errors.New("mail paused")
	// ErrRejected: SES doesn't take this message, and won't.
	ErrRejected = errors.New("mail rejected")
	// ErrUndecided: SES didn't answer, so it may have taken the message.
	ErrUndecided = errors.New("mail undecided")
)
