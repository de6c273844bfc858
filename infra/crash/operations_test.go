package crash

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/accessrequest"
	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/invite"
	"group-invites/shared/linkcode"
	"group-invites/shared/mail"
	"group-invites/shared/mirror"
)

// operation is one of all.
type operation struct {
	name  string
	costs []string // as the golden file of costs names it, where that isn't by its name
	// before brings about what the plan hasn't; nil is nothing.
	before func(ctx context.Context, s *scene) error
	act    func(ctx context.Context, s *scene) error
	err    error // what it refuses with
	// repeated is what the repeat refuses with where what was killed had been done already.
	repeated error
	// twice: nothing tells a repeat from another request, and it is carried out once more, as HTTP has it for a POST without an
	// Idempotency-Key, or it is on record once more.
	twice bool
	// faults are what goes wrong with it each time, beside a kill; nil is nothing.
	faults func() faults.Plan
}

var (
	page    = directory.PageRequest{Limit: 50}
	newName = "Acme Outdoors"
)

// may leaves out what an operation gives beside its error.
func may[T any](_ T, err error) error { return err }

func redeem(who directory.Caller, link func(*scene) invite.View) func(context.Context, *scene) error {
	return func(ctx context.Context, s *scene) error { return may(s.Invites.Redeem(ctx, who, Code(link(s)))) }
}

// knowing has the instance know who made the link.
func knowing(link func(*scene) invite.View) func(context.Context, *scene) error {
	return func(ctx context.Context, s *scene) error { return may(s.Invites.Redeem(ctx, manager, Code(link(s)))) }
}

func forged(s *scene) invite.View {
	v := s.own
	v.URL = v.URL[:len(v.URL)-1] + string('A'+(v.URL[len(v.URL)-1]+1)%26)
	return v
}

func create(how invite.Request) func(context.Context, *scene) error {
	return func(ctx context.Context, s *scene) error {
		r := how
		r.Access, r.Expiration, r.Scope = invite.AccessAnyone, "7d", "POST"
		return may(s.Invites.Create(ctx, admin, s.group.ID, r))
	}
}

func deliver(key func(*scene) mail.Key) func(context.Context, *scene) error {
	return func(ctx context.Context, s *scene) error {
		return errors.Join(s.mailer.DeliverFresh(ctx, []mail.Key{key(s)})...)
	}
}

func ask(who string, by func(*scene) invite.View) func(context.Context, *scene) error {
	return func(ctx context.Context, s *scene) error {
		return s.Access.Ask(ctx, Person(who), Code(by(s)), "Please.")
	}
}

func approve(who string) func(context.Context, *scene) error {
	return func(ctx context.Context, s *scene) error {
		return may(s.Access.Approve(ctx, admin, s.group.ID, Person(who).ID))
	}
}

func decline(who string) func(context.Context, *scene) error {
	return func(ctx context.Context, s *scene) error {
		return s.Access.Decline(ctx, admin, s.group.ID, Person(who).ID)
	}
}

func both(first, then func(context.Context, *scene) error) func(context.Context, *scene) error {
	return func(ctx context.Context, s *scene) error { return errors.Join(first(ctx, s), then(ctx, s)) }
}

// small makes a group with two links, of one of which the places were dealt out, and two members who have joined by them: clearing the plan's
// own would be hundreds of calls.
func (s *scene) small(ctx context.Context, org directory.OrgID, admin directory.Caller) (directory.GroupID, error) {
	group, err := s.Directory.CreateGroup(ctx, admin, org, "Gone")
	if err != nil {
		return group.Group.ID, err
	}
	for who, most := range map[directory.Caller]int{stranger: 0, second: places} {
		link, err := s.Invites.Create(ctx, admin, group.Group.ID, invite.Request{Access: invite.AccessAnyone, Expiration: "7d", MaxUses: most})
		if err == nil && most > 0 {
			err = s.Table.DealPlaces(ctx, &link.Invite, shards)
		}
		if err == nil {
			_, err = s.Invites.Redeem(ctx, who, Code(link))
		}
		if err != nil {
			return group.Group.ID, err
		}
	}
	return group.Group.ID, s.stream.Settle(ctx)
}

// settles is what follows the stream: one run of it after what came before.
func settles(ctx context.Context, s *scene) error { return s.stream.Settle(ctx) }

// full has a hundred requests open in the group.
func full(ctx context.Context, s *scene) error {
	for i := range accessrequest.MaxOpen {
		if err := ask(Person("x").Name+string(rune('A'+i)), theExpired)(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func theExpired(s *scene) invite.View      { return s.expired }
func theOpen(s *scene) invite.View         { return s.open }
func theAnyone(s *scene) invite.View       { return s.anyone }
func theCappedOrg(s *scene) invite.View    { return s.cappedOrg }
func theMany(s *scene) invite.View         { return s.many }
func theDealt(s *scene) invite.View        { return s.dealt }
func theCappedAnyone(s *scene) invite.View { return s.cappedAnyone }

// waiting has a mail wait to be sent.
func waiting(ctx context.Context, s *scene) error {
	return may(s.Invites.Send(ctx, admin, s.group.ID, s.mailed.ID, Addresses("b@example.com")))
}

// asked has somebody have asked for access, a second ago.
func asked(ctx context.Context, s *scene) error {
	err := ask("asker1", theExpired)(ctx, s)
	s.Clock.Advance(time.Second)
	return err
}

// digest is that of his request.
func digest(s *scene) mail.Key { return mail.DigestKey(s.group.ID, s.at) }

// sent has the mails that wait be sent.
func sent(ctx context.Context, s *scene) error { return s.stream.Settle(ctx) }

func (s *scene) feedback() mail.Feedback {
	return mail.Feedback{Delivery: s.mailed1, Sends: 1, To: Addresses("a@example.com")[0], At: s.Clock.Now(), State: mail.StateDelivered}
}

// operations are all: of links and mails here, of the directory and requests below.
var operations = []operation{
	{name: "redeem a forged code", act: redeem(colleague, forged), err: directory.ErrNotFound},
	{name: "preview a forged code", act: func(ctx context.Context, s *scene) error { return may(s.Invites.Preview(ctx, Code(forged(s)))) }, err: directory.ErrNotFound},
	{name: "preview", act: func(ctx context.Context, s *scene) error { return may(s.Invites.Preview(ctx, Code(s.own))) }},
	{name: "create", act: create(invite.Request{}), twice: true},
	{name: "create with an Idempotency-Key", act: create(invite.Request{IdempotencyKey: "key"})},
	{name: "create with an Idempotency-Key, repeated", before: create(invite.Request{IdempotencyKey: "key"}), act: create(invite.Request{IdempotencyKey: "key"})},
	{name: "create with an Idempotency-Key, capped and sent to two", costs: []string{"create, sent to two"},
		act: create(invite.Request{IdempotencyKey: "key", MaxUses: 3, Emails: Addresses("c@example.com", "d@example.com")})},
	{name: "list (50) as an admin", act: func(ctx context.Context, s *scene) error { return may(s.Invites.List(ctx, admin, s.group.ID, page)) }},
	{name: "list (50) as a manager", act: func(ctx context.Context, s *scene) error { return may(s.Invites.List(ctx, manager, s.group.ID, page)) }},
	{name: "list (50) as a user", act: func(ctx context.Context, s *scene) error { return may(s.Invites.List(ctx, user, s.group.ID, page)) }},
	{name: "read one", act: func(ctx context.Context, s *scene) error { return may(s.Invites.Get(ctx, admin, s.group.ID, s.own.ID)) }},
	{name: "list who joined", act: func(ctx context.Context, s *scene) error {
		return may(s.Invites.Joins(ctx, admin, s.group.ID, s.full.ID, page))
	}},
	{name: "send to one", act: func(ctx context.Context, s *scene) error {
		return may(s.Invites.Send(ctx, admin, s.group.ID, s.mailed.ID, Addresses("c@example.com")))
	}},
	{name: "send to one, somebody else's link", act: func(ctx context.Context, s *scene) error {
		return may(s.Invites.Send(ctx, manager, s.group.ID, s.own.ID, Addresses("c@example.com")))
	}},
	{name: "list recipients", act: func(ctx context.Context, s *scene) error {
		return may(s.Invites.Recipients(ctx, admin, s.group.ID, s.mailed.ID, page))
	}},
	{name: "send again", act: func(ctx context.Context, s *scene) error {
		return may(s.Invites.Resend(ctx, admin, s.group.ID, s.mailed.ID, s.mailed1.ID, mail.Address{}))
	}},
	{name: "send again, to another address", act: func(ctx context.Context, s *scene) error {
		return may(s.Invites.Resend(ctx, admin, s.group.ID, s.mailed.ID, s.mailed1.ID, Addresses("e@example.com")[0]))
	}},
	{name: "attempt a mail", before: waiting, act: deliver(func(s *scene) mail.Key { return s.mailed2 })},
	{name: "attempt it when it was sent", act: deliver(func(s *scene) mail.Key { return s.mailed1 })},
	{name: "sweep, nothing due", act: func(ctx context.Context, s *scene) error { return may(s.mailer.Sweep(ctx)) }},
	{name: "sweep", before: both(waiting, func(_ context.Context, s *scene) error { s.Clock.Advance(2 * time.Minute); return nil }),
		act: func(ctx context.Context, s *scene) error { return may(s.mailer.Sweep(ctx)) }},
	{name: "record feedback", act: func(ctx context.Context, s *scene) error { return s.mailer.Feedback(ctx, s.feedback()) }},
	{name: "record a bounce", act: func(ctx context.Context, s *scene) error {
		f := s.feedback()
		f.State, f.Reason = mail.StateBounced, mail.ReasonPermanent
		return s.mailer.Feedback(ctx, f)
	}},

	{name: "opt out by a forged token", act: func(ctx context.Context, s *scene) error { return s.optout.OptOut(ctx, "x") }, err: directory.ErrNotFound},
	{name: "look at the page of opting out", act: func(ctx context.Context, s *scene) error {
		return s.optout.Check(ctx, s.token(linkcode.Unsubscribe, "out@example.com"))
	}},
	{name: "opt out", act: optOut},
	{name: "ask to be invited again, of another address", before: optOut, act: func(ctx context.Context, s *scene) error {
		return s.optout.RequestBack(ctx, s.token(linkcode.Unsubscribe, "out@example.com"), "x@example.com")
	}},
	{name: "ask to be invited again", before: optOut, act: back},
	{name: "ask to be invited again, when the mail is on its way", before: both(optOut, back), act: back},
	{name: "ask to be invited again, when the mail was sent", before: both(both(optOut, back), sent), act: back},
	{name: "opt in", before: optOut, act: func(ctx context.Context, s *scene) error {
		return s.optout.OptIn(ctx, s.token(linkcode.Resubscribe, "out@example.com"))
	}},

	{name: "redeem org", act: redeem(colleague, theOpen)},
	{name: "redeem org, creator known to the instance", act: both(knowing(theOpen), redeem(colleague, theOpen))},
	{name: "redeem org, capped", act: redeem(colleague, theCappedOrg)},
	{name: "redeem anyone", act: redeem(stranger, theAnyone)},
	{name: "redeem anyone, creator known to the instance", act: both(knowing(theAnyone), redeem(stranger, theAnyone))},
	{name: "redeem anyone, capped", act: redeem(stranger, theCappedAnyone)},
	{name: "redeem anyone by a member of the organization", act: redeem(colleague, theAnyone)},
	{name: "redeem again", act: redeem(manager, theAnyone)},
	{name: "redeem again with a new name", act: redeem(directory.Caller{ID: manager.ID, Name: "Mira", Email: manager.Email, Verified: true}, theAnyone)},
	{name: "redeem expired", act: redeem(stranger, theExpired), err: invite.ErrExpired},
	{name: "redeem suspended", act: redeem(Person("user"), func(s *scene) invite.View { return s.suspended }), err: invite.ErrSuspended},
	{name: "redeem anyone, and deal the places out", costs: []string{"deal the places of a link"}, faults: pushedAside, act: redeem(stranger, theMany)},
	{name: "redeem anyone, on a shard", act: redeem(stranger, theDealt)},
	{name: "redeem anyone, on a shard, creator and shards known", act: both(knowing(theDealt), redeem(stranger, theDealt))},
	{name: "redeem the last place of all shards", before: taken(places-1, true), act: both(knowing(theDealt), redeem(stranger, theDealt))},
	{name: "redeem what is used up, on shards", before: taken(places, true), act: redeem(stranger, theDealt), err: invite.ErrUsedUp},
	{name: "redeem what is used up, where nobody has told of full shards", before: taken(places, false),
		act: both(knowing(theDealt), redeem(stranger, theDealt)), err: invite.ErrUsedUp},
	{name: "preview, on shards", act: func(ctx context.Context, s *scene) error { return may(s.Invites.Preview(ctx, Code(s.dealt))) }},
	{name: "read one, on shards", act: func(ctx context.Context, s *scene) error {
		return may(s.Invites.Get(ctx, admin, s.group.ID, s.dealt.ID))
	}},
	{name: "list, on shards", act: func(ctx context.Context, s *scene) error { return may(s.Invites.List(ctx, admin, s.group.ID, page)) }},
	{name: "delete, on shards", before: redeem(stranger, theDealt), act: deleteDealt, repeated: directory.ErrNotFound},
	{name: "redeem by a stranger what is for members", act: redeem(stranger, theOpen), err: invite.ErrOrgMembersOnly},
	{name: "redeem what is used up", act: redeem(stranger, func(s *scene) invite.View { return s.full }), err: invite.ErrUsedUp},
	{name: "redeem deleted", act: redeem(stranger, func(s *scene) invite.View { return s.deleted }), err: invite.ErrDeleted},
	{name: "delete", act: func(ctx context.Context, s *scene) error {
		return s.Invites.Delete(ctx, admin, s.group.ID, s.mailed.ID)
	}, repeated: directory.ErrNotFound},
	{name: "delete again", act: func(ctx context.Context, s *scene) error {
		return s.Invites.Delete(ctx, admin, s.group.ID, s.deleted.ID)
	}, err: directory.ErrNotFound},

	{name: "me", act: func(ctx context.Context, s *scene) error { return may(s.Directory.Me(ctx, manager)) }},
	{name: "me, with a new name", act: func(ctx context.Context, s *scene) error {
		return may(s.Directory.Me(ctx, directory.Caller{ID: manager.ID, Name: "Mira"}))
	}},
	{name: "create organization", act: func(ctx context.Context, s *scene) error { return may(s.Directory.CreateOrg(ctx, manager, "Other")) }, twice: true},
	{name: "read organization", act: func(ctx context.Context, s *scene) error { return may(s.Directory.GetOrg(ctx, manager, s.org.ID)) }},
	{name: "change organization", act: func(ctx context.Context, s *scene) error {
		return may(s.Directory.ChangeOrg(ctx, admin, s.org.ID, directory.OrgChange{Name: &newName, Versions: directory.Versions{1}}))
	}, repeated: directory.ErrPrecondition},
	{name: "delete organization", act: func(ctx context.Context, s *scene) error { return s.Directory.DeleteOrg(ctx, admin, s.org.ID) }, repeated: directory.ErrNotFound},
	{name: "list groups as an admin", act: func(ctx context.Context, s *scene) error {
		return may(s.Directory.ListGroups(ctx, admin, s.org.ID, page))
	}},
	{name: "list groups as a manager", act: func(ctx context.Context, s *scene) error {
		return may(s.Directory.ListGroups(ctx, manager, s.org.ID, page))
	}},
	{name: "create group", act: func(ctx context.Context, s *scene) error {
		return may(s.Directory.CreateGroup(ctx, admin, s.org.ID, "Third"))
	}, twice: true},
	{name: "read group", act: func(ctx context.Context, s *scene) error { return may(s.Directory.GetGroup(ctx, manager, s.group.ID)) }},
	{name: "change group", act: func(ctx context.Context, s *scene) error {
		return may(s.Directory.ChangeGroup(ctx, admin, s.group.ID, "Summits", directory.Versions{1}))
	}, repeated: directory.ErrPrecondition},
	{name: "delete group", act: func(ctx context.Context, s *scene) error { return s.Directory.DeleteGroup(ctx, admin, s.group.ID) }, repeated: directory.ErrNotFound},
	{name: "list members of the organization", act: func(ctx context.Context, s *scene) error {
		return may(s.Directory.ListOrgMembers(ctx, admin, s.org.ID, page))
	}},
	{name: "list members of the group", act: func(ctx context.Context, s *scene) error {
		return may(s.Directory.ListGroupMembers(ctx, admin, s.group.ID, page))
	}},
	{name: "list the audit", act: func(ctx context.Context, s *scene) error {
		return may(s.Directory.ListAudit(ctx, admin, s.org.ID, page))
	}},
	{name: "remove from the group", act: func(ctx context.Context, s *scene) error {
		return s.Directory.RemoveGroupMember(ctx, manager, s.group.ID, user.ID)
	}, twice: true},
	{name: "add to the group", act: func(ctx context.Context, s *scene) error {
		_, _, err := s.Directory.PutGroupMember(ctx, manager, s.group.ID, colleague.ID)
		return err
	}},
	{name: "leave the group", act: func(ctx context.Context, s *scene) error {
		return s.Directory.RemoveGroupMember(ctx, user, s.group.ID, user.ID)
	}, repeated: directory.ErrNotFound},
	{name: "change a role", act: role(colleague, directory.RoleManager)},
	{name: "make an admin", act: role(colleague, directory.RoleAdmin)},
	{name: "demote an admin", before: role(colleague, directory.RoleAdmin), act: role(colleague, directory.RoleUser)},
	{name: "demote the last admin", act: role(admin, directory.RoleUser), err: directory.ErrLastAdmin},
	{name: "remove from the organization", act: remove(user)},
	{name: "remove an admin from the organization", before: role(colleague, directory.RoleAdmin), act: remove(colleague)},
	{name: "add to the organization again", before: remove(colleague), act: func(ctx context.Context, s *scene) error {
		_, _, err := s.Directory.PutOrgMember(ctx, admin, s.org.ID, colleague.ID, directory.RoleUser)
		return err
	}},
	{name: "leave the organization", act: func(ctx context.Context, s *scene) error {
		return s.Directory.RemoveOrgMember(ctx, user, s.org.ID, user.ID)
	}, repeated: directory.ErrNotFound},

	{name: "host puts an organization", act: host(hostOrg)},
	{name: "host puts it again", before: host(hostOrg), act: host(hostOrg)},
	{name: "host renames it", before: host(hostOrg), act: host(mirror.Op{Kind: mirror.PutOrg, Org: "T1", Name: newName})},
	{name: "host puts a group", before: host(hostOrg), act: host(hostGroup)},
	{name: "host puts a group again", before: host(hostOrg, hostGroup), act: host(hostGroup)},
	{name: "host renames a group", before: host(hostOrg, hostGroup), act: host(mirror.Op{Kind: mirror.PutGroup, Org: "T1", Group: "R1", Name: "Summits"})},
	{name: "host puts a member", before: host(hostOrg, hostGroup), act: host(hostPuts("anna"))},
	{name: "host puts a member, in a group", before: host(hostOrg, hostGroup), act: host(hostPutsIn("anna"))},
	{name: "host puts the first again, in a group", before: host(hostOrg, hostGroup, hostPuts("anna")), act: host(hostPutsIn("anna"))},
	{name: "host puts him again, in a group, unchanged", before: host(hostOrg, hostGroup, hostPutsIn("anna")), act: host(hostPutsIn("anna"))},
	{name: "host makes him admin", before: host(hostOrg, hostGroup, hostPuts("anna")), act: host(hostMakes("anna", directory.RoleAdmin))},
	{name: "host takes the last admin his role", before: host(hostOrg, hostGroup, hostMakes("anna", directory.RoleAdmin)), act: host(hostMakes("anna", directory.RoleUser))},
	{name: "host removes him from the group", before: host(hostOrg, hostGroup, hostPutsIn("anna")), act: host(hostOf(mirror.DeleteGroupMember, "anna"))},
	{name: "host adds him to the group", before: host(hostOrg, hostGroup, hostPutsIn("anna"), hostOf(mirror.DeleteGroupMember, "anna")),
		act: host(hostOf(mirror.PutGroupMember, "anna"))},
	{name: "host removes him", before: host(hostOrg, hostGroup, hostMakes("anna", directory.RoleAdmin)), act: host(hostOf(mirror.DeleteMember, "anna"))},
	{name: "host removes him again", before: host(hostOrg, hostPuts("anna"), hostOf(mirror.DeleteMember, "anna")), act: host(hostOf(mirror.DeleteMember, "anna"))},
	{name: "host puts eight members in bulk", before: host(hostOrg), act: host(eight()...)},
	{name: "host puts the eight again", before: host(append([]mirror.Op{hostOrg}, eight()...)...), act: host(eight()...)},
	{name: "host puts all that there is at once", act: host(hostOrg, hostGroup, hostMakes("anna", directory.RoleAdmin), hostPutsIn("bob"))},
	{name: "host deletes the group", before: host(hostOrg, hostGroup, hostPutsIn("anna")), act: host(mirror.Op{Kind: mirror.DeleteGroup, Org: "T1", Group: "R1"})},
	{name: "host deletes the organization", before: host(hostOrg, hostGroup, hostPutsIn("anna")), act: host(hostDeletes)},

	{name: "ask for access by a forged code", act: ask("asker2", forged), err: directory.ErrNotFound},
	{name: "ask for access by a link that works", act: ask("asker2", theAnyone)},
	{name: "ask for access", before: both(asked, sent), act: ask("asker2", theExpired), costs: []string{"ask for access", "ask for access, a digest has gone"}},
	{name: "ask for access, a digest waits", before: asked, act: ask("asker2", theExpired), costs: []string{"ask for access, a digest waits", "ask for access, the last of a hundred"}},
	{name: "ask for access again", before: asked, act: ask("asker1", theExpired)},
	{name: "ask for access, one too many", before: full, act: ask("asker2", theExpired)},
	{name: "tell of requests", before: asked, act: deliver(digest)},
	{name: "attempt a notice", before: both(asked, deliver(digest)),
		act: deliver(func(s *scene) mail.Key {
			return mail.NewNotice(digest(s), admin.ID, s.at).Key
		})},
	{name: "list requests for access (50 of 100)", before: asked, act: func(ctx context.Context, s *scene) error { return may(s.Access.List(ctx, admin, s.group.ID, page)) }},
	{name: "approve someone new", before: asked, act: approve("asker1"), costs: []string{"approve someone new", "approve someone new, of a hundred"}},
	{name: "approve a member of the organization", before: both(asked, ask("colleague", theExpired)), act: approve("colleague")},
	{name: "approve again", before: both(asked, approve("asker1")), act: approve("asker1")},
	{name: "decline", before: asked, act: decline("asker1"), repeated: directory.ErrNotFound, costs: []string{"decline", "decline, of a hundred"}},
	{name: "decline again", before: both(asked, decline("asker1")), act: decline("asker1"), err: directory.ErrNotFound},

	// What follows the stream.
	{name: "follow someone who joins by an uncapped link", before: redeem(stranger, theAnyone), act: settles},
	{name: "follow someone who joins by a capped link", before: redeem(stranger, theCappedAnyone), act: settles},
	{name: "follow a new link that is sent to two", before: create(invite.Request{Emails: Addresses("c@example.com", "d@example.com")}), act: settles},
	{name: "follow someone who is removed from the organization", before: remove(user), act: settles},
	{name: "follow someone who joins while the bus is busy", before: both(redeem(stranger, theAnyone), busy), act: settles},
	{name: "follow someone who joins on a shard", before: redeem(stranger, theDealt), act: settles},
	{name: "follow whom the host puts", before: host(hostOrg, hostGroup, hostPutsIn("anna")), act: settles},
	{name: "follow whom the host removes", before: both(both(host(hostOrg, hostGroup, hostPutsIn("anna")), settles), host(hostOf(mirror.DeleteMember, "anna"))), act: settles},
	{name: "clear away what the host has deleted", before: both(both(host(hostOrg, hostGroup, hostPutsIn("anna")), settles), host(hostDeletes)), act: settles},
	{name: "follow a new organization", before: func(ctx context.Context, s *scene) error { return may(s.Directory.CreateOrg(ctx, user, "Other")) }, act: settles},
	{name: "clear a deleted link away", before: func(ctx context.Context, s *scene) error {
		return s.Invites.Delete(ctx, admin, s.group.ID, s.mailed.ID)
	}, act: settles},
	{name: "clear a deleted link away whose places were dealt out", before: both(both(redeem(stranger, theDealt), settles), deleteDealt), act: settles},
	{name: "clear a deleted group away", before: func(ctx context.Context, s *scene) error {
		group, err := s.small(ctx, s.org.ID, admin)
		return errors.Join(err, s.Directory.DeleteGroup(ctx, admin, group))
	}, act: settles},
	{name: "clear a deleted organization away", before: func(ctx context.Context, s *scene) error {
		org, err := s.Directory.CreateOrg(ctx, manager, "Other")
		if err != nil {
			return err
		}
		_, err = s.small(ctx, org.ID, manager)
		return errors.Join(err, s.Directory.DeleteOrg(ctx, manager, org.ID))
	}, act: settles},
}

func optOut(ctx context.Context, s *scene) error {
	return s.optout.OptOut(ctx, s.token(linkcode.Unsubscribe, "out@example.com"))
}

func back(ctx context.Context, s *scene) error {
	return s.optout.RequestBack(ctx, s.token(linkcode.Unsubscribe, "out@example.com"), "out@example.com")
}

// pushedAside has a redeem meet others twice, where it counts.
func pushedAside() faults.Plan {
	writes := 0
	return func(c faults.Call) faults.Fault {
		if c.Operation == "TransactWriteItems" {
			if writes++; writes <= 2 {
				return faults.Conflict
			}
		}
		return faults.None
	}
}

// taken has that many of the dealt places be taken. The link's row says which shards are full, or it doesn't.
func taken(n int, told bool) func(context.Context, *scene) error {
	return func(ctx context.Context, s *scene) error {
		for i := range n {
			if err := redeem(Person(fmt.Sprintf("early %d", i)), theDealt)(ctx, s); err != nil {
				return err
			}
		}
		_, err := s.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName: &s.TableName, UpdateExpression: aws.String("REMOVE fullShards"), Key: map[string]types.AttributeValue{
				"pk": &types.AttributeValueMemberS{Value: "I#" + s.group.ID.String()}, "sk": &types.AttributeValueMemberS{Value: s.dealt.ID.String()},
			},
		})
		if !told || err != nil {
			return err
		}
		all := make([]invite.Shard, shards)
		for i := range all {
			all[i] = invite.Shard{Group: s.group.ID, Invite: s.dealt.ID, Number: i}
		}
		uses, err := s.Table.ShardUses(ctx, all)
		var full []int
		for i, n := range uses {
			if n == places/shards {
				full = append(full, i)
			}
		}
		return errors.Join(err, s.Table.FillShards(ctx, &s.dealt.Invite, invite.NewShardSet(full...)))
	}
}

func deleteDealt(ctx context.Context, s *scene) error {
	return s.Invites.Delete(ctx, admin, s.group.ID, s.dealt.ID)
}

// busy has the bus take nothing of the next two calls.
func busy(_ context.Context, s *scene) error {
	s.bus.busy = 2
	return nil
}

// What the host says: of an organization and a group of its own.

var (
	hostOrg     = mirror.Op{Kind: mirror.PutOrg, Org: "T1", Name: "Trails"}
	hostGroup   = mirror.Op{Kind: mirror.PutGroup, Org: "T1", Group: "R1", Name: "Ridge"}
	hostDeletes = mirror.Op{Kind: mirror.DeleteOrg, Org: "T1"}
)

func host(ops ...mirror.Op) func(context.Context, *scene) error {
	return func(ctx context.Context, s *scene) error {
		var errs []error
		for _, r := range s.host.Apply(ctx, Issuer, ops) {
			errs = append(errs, r.Err)
		}
		return errors.Join(errs...)
	}
}

func hostOf(kind mirror.Kind, who string) mirror.Op {
	op := mirror.Op{Kind: kind, Org: "T1", Member: who}
	if kind == mirror.PutGroupMember || kind == mirror.DeleteGroupMember {
		op.Group = "R1"
	}
	return op
}

func hostPuts(who string) mirror.Op { return hostOf(mirror.PutMember, who) }

func hostPutsIn(who string) mirror.Op {
	op := hostPuts(who)
	op.Groups = []string{"R1"}
	return op
}

func hostMakes(who string, role directory.Role) mirror.Op {
	op := hostPuts(who)
	op.Role = role
	return op
}

// eight are as many as are written at the same time.
func eight() (ops []mirror.Op) {
	for i := range 8 {
		ops = append(ops, hostPuts(fmt.Sprintf("member%d", i)))
	}
	return ops
}

func role(who directory.Caller, role directory.Role) func(context.Context, *scene) error {
	return func(ctx context.Context, s *scene) error {
		return may(s.Directory.ChangeRole(ctx, admin, s.org.ID, who.ID, role))
	}
}

func remove(who directory.Caller) func(context.Context, *scene) error {
	return func(ctx context.Context, s *scene) error {
		return s.Directory.RemoveOrgMember(ctx, admin, s.org.ID, who.ID)
	}
}
