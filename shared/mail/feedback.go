package mail

import "time"

// Feedback is what became of a mail that SES took.
type Feedback struct {
	Delivery Key
	Sends    int     // of the delivery, when that mail was sent
	To       Address // zero if SES names none that we would mail to
	At       time.Time
	State    State  // delivered, delayed, bounced, complained, or dropped (rejected)
	Reason   Reason // of a bounce: permanent and the like
	Detail   string // what the receiving server said, at most 300 bytes; for people
}

// Suppresses gives why the address gets no more mail after this, or "".
func (f Feedback) Suppresses() Reason {
	switch {
	case f.State == StateBounced && f.Reason == ReasonPermanent:
		return ReasonBounced
	case f.State == StateComplained:
		return ReasonComplained
	}
	return ""
}

// Suppression is why an address gets no mail; none if it is zero.
type Suppression struct {
	BouncedAt    time.Time
	ComplainedAt time.Time
	OptedOutAt   time.Time // the only one that the recipient can undo
}

// Reason gives the first of the reasons, or "".
func (s Suppression) Reason() Reason {
	switch {
	case !s.BouncedAt.IsZero():
		return ReasonBounced
	case !s.ComplainedAt.IsZero():
		return ReasonComplained
	case !s.OptedOutAt.IsZero():
		return ReasonOptedOut
	}
	return ""
}
