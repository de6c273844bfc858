package mail

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"group-invites/shared/directory"
)

// DigestEvery is how far apart the digests of one group are, at least.
const DigestEvery = time.Hour

// accessMailsKept is how long mails about requests for access are kept.
const accessMailsKept = 30 * 24 * time.Hour

// DigestID names a group's digest by its instant.
func DigestID(at time.Time) (id ID) {
	binary.BigEndian.PutUint64(id[:], uint64(at.UnixMilli()))
	return id
}

// DigestKey is that of a group's digest.
func DigestKey(group directory.GroupID, at time.Time) Key { return Key{Group: group, ID: DigestID(at)} }

// NewDigest makes the digest of an instant, which is now or later. Whoever asks for access until it goes is told of by it.
func NewDigest(group directory.GroupID, at, now time.Time) Delivery {
	d := accessMail(DigestKey(group, at), KindDigest, now)
	if at.After(now) {
		d.Fresh, d.DueAt = false, at
	}
	return d
}

// Waiting tells whether nobody has begun to tell of a digest, so that more can be told by it.
func (d Delivery) Waiting() bool { return d.State == StateQueued && d.Attempts == 0 }

// NewNotice makes what a digest becomes for one person. His address is looked up as it is composed.
func NewNotice(digest Key, user directory.UserID, now time.Time) Delivery {
	d := accessMail(Key{Group: digest.Group, ID: hashID(digest.ID[:], user[:])}, KindNotice, now)
	d.User, d.Digest = user, digest.ID
	return d
}

// NewAnswer makes the mail that tells someone what came of his request of that instant.
func NewAnswer(kind Kind, group directory.GroupID, user directory.UserID, to Address, by directory.UserID, asked, now time.Time) Delivery {
	instant := DigestID(asked)
	d := accessMail(Key{Group: group, ID: hashID([]byte(kind), user[:], instant[:])}, kind, now)
	d.User, d.To, d.SentBy = user, to, by
	return d
}

// accessMail makes a mail that is to be sent now.
func accessMail(k Key, kind Kind, now time.Time) Delivery {
	return Delivery{
		Key: k, Kind: kind, State: StateQueued, Fresh: true, Sends: 1, DueAt: now.Add(SweepDelay), CreatedAt: now, UpdatedAt: now,
		ClearAt: now.Add(accessMailsKept).Truncate(time.Second),
	}
}

func hashID(parts ...[]byte) ID {
	h := sha256.New()
	for _, p := range parts {
		h.Write(p)
	}
	return ID(h.Sum(nil)[:8])
}
