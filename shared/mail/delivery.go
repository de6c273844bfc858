package mail

import (
	"time"

	"group-invites/shared/directory"
)

// Kind says what a delivery is about.
type Kind string

// The kinds.
const (
	KindInvite   Kind = "invite"   // a link, to somebody who is invited
	KindDigest   Kind = "digest"   // that people ask for access to a group: no mail by itself, becomes a notice to each who is to be told
	KindNotice   Kind = "notice"   // that people ask for access, to one who may let them in
	KindApproved Kind = "approved" // to one who asked: you are in
	KindDeclined Kind = "declined" // to one who asked: not now
	KindConfirm  Kind = "confirm"  // to one who doesn't want to be invited and may have changed his mind
)

// State is how far a mail has come. A State never goes back to an earlier one of the same sending: see After.
type State string

// The states.
const (
	StateQueued     State = "queued"     // to be sent, soon or later
	StateSent       State = "sent"       // SES has it
	StateDelayed    State = "delayed"    // the receiving server has put SES off
	StateDelivered  State = "delivered"  // the receiving server has it
	StateBounced    State = "bounced"    // the receiving server refused it
	StateComplained State = "complained" // the recipient called it spam
	StateSuppressed State = "suppressed" // not sent: the address bounced, complained, or doesn't want mail of us
	StateDropped    State = "dropped"    // not sent, or of no more interest: see Reason
)

// rank orders states by what is known of a mail.
var rank = map[State]int{
	StateQueued: 0, StateSent: 1, StateDelayed: 2, StateDelivered: 3, StateBounced: 4, StateComplained: 5, StateSuppressed: 6, StateDropped: 7,
}

// Before lists the states that s may follow, in no order.
func (s State) Before() (states []State) {
	for before, r := range rank {
		if r < rank[s] {
			states = append(states, before)
		}
	}
	return states
}

// Reason tells why a mail is in its state, in a word.
type Reason string

// The reasons.
const (
	ReasonInviteDeleted   Reason = "invite_deleted" // dropped, as the next ones
	ReasonInviteExpired   Reason = "invite_expired"
	ReasonInviteSuspended Reason = "invite_suspended"
	ReasonInviteUsedUp    Reason = "invite_used_up"
	ReasonSenderLostRight Reason = "sender_lost_right" // who had it sent could not create that link now
	ReasonCorrected       Reason = "corrected"         // it was sent again to another address
	ReasonRejected        Reason = "rejected"          // SES refused it for what it is
	ReasonGaveUp          Reason = "gave_up"           // it could not be sent for days
	ReasonNoAddress       Reason = "no_address"        // nobody is there to be told
	ReasonOvertaken       Reason = "overtaken"         // what it tells of isn't so any more

	ReasonPermanent    Reason = "permanent" // bounced, as the next ones
	ReasonTransient    Reason = "transient"
	ReasonUndetermined Reason = "undetermined"

	ReasonBounced    Reason = "bounced" // suppressed, as the next ones
	ReasonComplained Reason = "complained"
	ReasonOptedOut   Reason = "opted_out"
)

// Key names a delivery. Of a mail that tells of no single link, Invite is zero; of one that tells of no group, Group is too.
type Key struct {
	Group  directory.GroupID
	Invite [8]byte // package invite's ID
	ID     ID
}

// Delivery is one mail to one address. Instants are UTC and whole milliseconds.
type Delivery struct {
	Key
	Kind Kind
	// To is the address; zero for those to a member, whose address is looked up as the mail is composed.
	To Address
	// User is the member that a notice goes to, or the person that an answer goes to.
	User directory.UserID
	// Digest is what a notice comes of.
	Digest ID
	// SentBy is who had it sent; zero where nobody did.
	SentBy directory.UserID
	State  State
	Reason Reason // empty where the state says it all
	Detail string // what the receiving server said; for people
	// Fresh is set from when it is to be sent until the first attempt: whoever follows the table's stream attempts just these.
	Fresh bool
	// Sends counts how often it was to be sent: 1, and one more for each time that it was sent again.
	Sends int
	// Attempts counts attempts since it was last to be sent. Each is claimed by raising it, under the condition that it is as it was read,
	// and Sends too.
	Attempts int
	// Claim is random and tells one attempt from another: whoever wrote it knows that the attempt is his.
	Claim string
	// DueAt is when the next attempt may be made, if nobody makes it before; zero unless queued.
	DueAt time.Time
	// CountedOn is the UTC day whose limit of the recipient it was counted in; empty if in none.
	CountedOn string
	MessageID string // SES's, of the last sending
	CreatedAt time.Time
	UpdatedAt time.Time
	ClearAt   time.Time // when the row may be cleared away
}

// SweepDelay is how long after it was written a delivery is due for the sweep: by then the stream has brought it to the mailer, or
// didn't.
const SweepDelay = time.Minute

// NewDelivery makes the delivery of a link to an address, to be sent now.
func NewDelivery(group directory.GroupID, invite [8]byte, to Address, by directory.UserID, now, clearAt time.Time) Delivery {
	return Delivery{
		Key: Key{Group: group, Invite: invite, ID: to.ID()}, Kind: KindInvite, To: to, SentBy: by, State: StateQueued, Fresh: true, Sends: 1,
		DueAt: now.Add(SweepDelay), CreatedAt: now, UpdatedAt: now, ClearAt: clearAt,
	}
}

// Again gives the delivery as it is to be sent once more.
func (d Delivery) Again(by directory.UserID, now time.Time) Delivery {
	d.SentBy, d.State, d.Reason, d.Detail, d.Fresh, d.Sends = by, StateQueued, "", "", true, d.Sends+1
	d.DueAt, d.UpdatedAt, d.Attempts, d.CountedOn, d.MessageID = now.Add(SweepDelay), now, 0, "", ""
	return d
}

// Corrected gives the delivery as it ends because the mail goes to another address instead.
func (d Delivery) Corrected(now time.Time) Delivery {
	d.State, d.Reason, d.Detail, d.Fresh, d.DueAt, d.UpdatedAt = StateDropped, ReasonCorrected, "", false, time.Time{}, now
	return d
}
