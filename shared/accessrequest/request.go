package accessrequest

import (
	"strings"
	"time"

	"group-invites/shared/directory"
	"group-invites/shared/invite"
	"group-invites/shared/mail"
)

// Limits of requests.
const (
	MaxOpen             = 100 // in a group
	MaxMessageGraphemes = 280
	MaxMessageBytes     = 4 * MaxMessageGraphemes
)

const (
	life          = 30 * 24 * time.Hour // of a request
	declinedFor   = 7 * 24 * time.Hour  // how long who was declined can't ask again
	approvedAgain = 24 * time.Hour      // how long an approval may be repeated
)

// Request is that someone asks to be let into a group. CreatedAt is UTC and whole milliseconds.
type Request struct {
	Group directory.GroupID
	User  directory.UserID
	// Name and Email are those of his token, or of his member row where it has none; Email only if it is verified. Either may be empty.
	Name    string
	Email   string
	Message string // may be empty
	// The link by which he asks, who made it, and whom it was for.
	Invite    invite.ID
	Creator   directory.UserID
	Access    invite.Access
	CreatedAt time.Time
	Digest    mail.ID // that tells of it
}

// EndsAt gives when the request ends by itself.
func (r Request) EndsAt() time.Time { return r.CreatedAt.Add(life) }

// Stands tells whether the request can be approved now. m is the present membership of who asks.
func (r Request) Stands(m directory.Membership, now time.Time) bool {
	return now.Before(r.EndsAt()) && !overtaken(m, r.CreatedAt) && letsIn(r.Access, m)
}

// overtaken tells whether someone who asked at that instant has come in since, be he still in or not, or was removed.
func overtaken(m directory.Membership, asked time.Time) bool {
	return m.InGroup() || m.GroupMember.JoinedAt.After(asked) || m.RemovedSince(asked)
}

// letsIn tells whether a link of that access is for the person: those for members of the organization are for nobody else.
func letsIn(access invite.Access, m directory.Membership) bool {
	return m.InOrg() || access == invite.AccessAnyone
}

// MayDecide tells whether somebody sees the request and may decide on it: as on a link that lets such a person in. m is the present
// membership of who asks.
func (r Request) MayDecide(viewer directory.Standing, user directory.UserID, m directory.Membership) bool {
	return seesOf(viewer, user, r.Creator) && viewer.MayInvite(!m.InOrg())
}

// seesOf tells whether somebody sees what comes by the links of a creator.
func seesOf(viewer directory.Standing, user, creator directory.UserID) bool {
	return viewer.ManagesGroup() || viewer.SeesGroup() && user == creator
}

// Register says which requests of a group are open. It is one row; each write of it raises the version, on the condition that it is
// as it was read.
type Register struct {
	Version int64                          // 0: there is no row
	Open    map[directory.UserID]time.Time // when each of them asked
	Told    time.Time                      // the instant of the latest digest; zero: none yet
}

// next gives the register as it is to be written next, without requests that have ended.
func (r Register) next(now time.Time) Register {
	open := map[directory.UserID]time.Time{}
	for user, asked := range r.Open {
		if now.Before(asked.Add(life)) {
			open[user] = asked
		}
	}
	return Register{Version: r.Version + 1, Open: open, Told: r.Told}
}

// ClearAt gives when the register may be cleared away, if nobody asks again: nothing in it matters any more.
func (r Register) ClearAt(now time.Time) time.Time { return now.Add(life + mail.DigestEvery) }

// Decision is what came of a request. It holds nothing of the person but his id.
type Decision struct {
	Group    directory.GroupID
	User     directory.UserID
	Approved bool // else declined
	Creator  directory.UserID
	By       directory.UserID
	At       time.Time
	JoinID   string // by which he came in, if approved
}

// ClearAt gives when the decision may be cleared away.
func (d Decision) ClearAt() time.Time {
	if d.Approved {
		return d.At.Add(approvedAgain)
	}
	return d.At.Add(declinedFor)
}

// declined tells whether the person was declined so lately that he can't ask again.
func (d *Decision) declined(now time.Time) bool {
	return d != nil && !d.Approved && now.Before(d.ClearAt())
}

// CheckMessage gives what the person writes as it is stored: white space, line breaks too, becomes single spaces, and what is left is held to
// the rules of names, at most 280 graphemes and 1,120 bytes. Empty is none.
func CheckMessage(s string) (message, fault string) {
	words := strings.Join(strings.Fields(s), " ")
	if words == "" {
		return "", ""
	}
	return directory.CheckName(words, MaxMessageGraphemes, MaxMessageBytes)
}
