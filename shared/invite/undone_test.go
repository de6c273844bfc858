package invite_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/invite"
)

// TestRedeem_LetsInOnce: who has left after a joining whose answer was lost isn't brought back by that redeem, and one use was counted.
func TestRedeem_LetsInOnce(t *testing.T) {
	ctx := context.WithoutCancel(t.Context())
	for what, how := range map[string][]func(*invite.Request){"any number": {Anyone}, "capped": {Anyone, Cap(10)}, "the last place": {Anyone, Cap(1)}} {
		for _, out := range []string{"left the group", "left the organization", "was removed"} {
			t.Run(what+", "+out, func(t *testing.T) {
				s := newScene(t)
				link, who := s.Link(s.admin, s.group, how...), Person("new")
				s.Meanwhile(faults.Lose, func(d *directory.Service, _ *invite.Service) {
					switch out {
					case "left the group":
						s.must(d.RemoveGroupMember(ctx, who, s.group.ID, who.ID))
					case "left the organization":
						s.must(d.RemoveOrgMember(ctx, who, s.org.ID, who.ID))
					default:
						s.must(d.RemoveGroupMember(ctx, s.admin, s.group.ID, who.ID))
					}
				})
				if joined := s.redeem(who, link, nil); joined.AlreadyMember || joined.Group.ID != s.group.ID {
					t.Errorf("%+v", joined)
				}
				s.Faults.Reset(nil)
				if _, in := s.in(who, s.group); in {
					t.Error("he is in again")
				}
				if n := s.uses(link); len(how) > 1 && n != 1 {
					t.Errorf("%d uses", n)
				}
			})
		}
	}
}

// TestRedeem_BringsNobodyBackWhoHasComeAndGoneSince: the answer of a joining is lost, and its caller leaves, joins by another request, and leaves again. The
// first request, which finds him out by a joining that isn't its own, doesn't let him in once more.
func TestRedeem_BringsNobodyBackWhoHasComeAndGoneSince(t *testing.T) {
	ctx := context.WithoutCancel(t.Context())
	for what, how := range map[string][]func(*invite.Request){"any number": {Anyone}, "capped": {Anyone, Cap(10)}} {
		for i := range 4 {
			written, deleted := i%2 == 0, i/2 == 1
			t.Run(fmt.Sprintf("%s, written %t, deleted %t", what, written, deleted), func(t *testing.T) {
				s := newScene(t)
				link, who := s.Link(s.admin, s.group, how...), Person("new")
				fault := faults.Fail
				if written {
					fault = faults.Lose
				}
				s.Meanwhile(fault, func(dir *directory.Service, inv *invite.Service) {
					leave := func() { s.must(dir.RemoveGroupMember(ctx, who, s.group.ID, who.ID)) }
					if written {
						leave()
					}
					_, err := inv.Redeem(ctx, who, Code(link))
					s.must(err)
					leave()
					if deleted {
						s.must(inv.Delete(ctx, s.admin, s.group.ID, link.ID))
					}
				})
				if joined := s.redeem(who, link, nil); !joined.AlreadyMember {
					t.Errorf("%+v", joined)
				}
				s.Faults.Reset(nil)
				if _, in := s.in(who, s.group); in {
					t.Error("he is in again")
				}
				if deleted {
					return
				}
				want := 1
				if written {
					want = 2
				}
				if n := s.uses(link); len(how) > 1 && n != want {
					t.Errorf("%d uses, want %d", n, want)
				}
				s.redeem(who, link, nil) // of his own will
				if _, in := s.in(who, s.group); !in {
					t.Error("he isn't in")
				}
			})
		}
	}
}

// TestRedeem_ThatWasThrottledHasDoneNothing: whose joining the table was too busy for, and who was let in and removed by others meanwhile, is refused like anybody.
func TestRedeem_ThatWasThrottledHasDoneNothing(t *testing.T) {
	ctx := context.WithoutCancel(t.Context())
	s := newScene(t)
	link, who := s.Link(s.admin, s.group, Anyone, Cap(10)), Person("new")
	acted := s.Meanwhile(faults.Throttle, func(dir *directory.Service, inv *invite.Service) {
		_, err := inv.Redeem(ctx, who, Code(link))
		s.must(err)
		s.must(dir.RemoveGroupMember(ctx, s.admin, s.group.ID, who.ID))
	})
	s.redeem(who, link, invite.ErrRemoved)
	s.Faults.Reset(nil)
	if n := s.uses(link); !acted() || n != 1 {
		t.Errorf("acted %t, %d uses", acted(), n)
	}
}

// TestJoin_ThatComesLateIsDoneOnce, to who has left since, and came by another joining before.
func TestJoin_ThatComesLateIsDoneOnce(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.second)
	member := directory.GroupMember{
		Group: s.second.ID, User: s.user.ID, State: directory.StateIn, JoinedAt: s.Clock.Now(), JoinID: "0123456789abcdef",
	}
	rows, err := s.Table.Read(t.Context(), directory.Keys{Org: s.org.ID, Users: []directory.UserID{s.user.ID}})
	s.must(err)
	member.Since = rows.Members[s.user.ID].OrgMember.Since
	join := invite.Joining{Invite: &link.Invite, Group: member, Shard: invite.NoShard}
	s.must(s.Table.Join(t.Context(), join))
	s.must(s.Directory.RemoveGroupMember(t.Context(), s.user, s.second.ID, s.user.ID))
	for range 2 {
		if err := s.Table.Join(t.Context(), join); !errors.Is(err, directory.ErrChanged) {
			t.Errorf("gave %v", err)
		}
		s.redeem(s.user, link, nil) // of his own will
		if _, in := s.in(s.user, s.second); !in {
			t.Error("he isn't in")
		}
		s.must(s.Directory.RemoveGroupMember(t.Context(), s.user, s.second.ID, s.user.ID))
	}
}

// TestJoin_ThatComesLateDoesNotFollowAnother: a joining is on its way when its caller joins by another request, by one that began earlier and by one
// whose instance's clock is behind too, and leaves again. He isn't brought back.
func TestJoin_ThatComesLateDoesNotFollowAnother(t *testing.T) {
	for _, others := range []time.Duration{-time.Second, 0, time.Second} {
		s := newScene(t)
		link := s.Link(s.admin, s.second)
		s.Clock.Advance(time.Minute)
		rows, err := s.Table.Read(t.Context(), directory.Keys{Org: s.org.ID, Group: s.second.ID, Users: []directory.UserID{s.user.ID}})
		s.must(err)
		me := rows.Members[s.user.ID]
		join := func(joinID string, at time.Time) error {
			return s.Table.Join(t.Context(), invite.Joining{Invite: &link.Invite, Shard: invite.NoShard, Was: me.GroupMember.JoinID, Group: directory.GroupMember{
				Group: s.second.ID, User: s.user.ID, State: directory.StateIn, Since: me.OrgMember.Since, JoinedAt: at, JoinID: joinID,
			}})
		}
		s.must(join("00000000000000aa", s.Clock.Now().Add(others)))
		s.must(s.Directory.RemoveGroupMember(t.Context(), s.user, s.second.ID, s.user.ID))
		if err := join("00000000000000bb", s.Clock.Now()); !errors.Is(err, directory.ErrChanged) {
			t.Errorf("after one of %v later: %v", others, err)
		}
		if _, in := s.in(s.user, s.second); in {
			t.Errorf("after one of %v later: he is in again", others)
		}
	}
}

// TestCreate_BringsNothingBack: a link that was made by an attempt whose answer was lost, and deleted before the call asked again, stays deleted.
func TestCreate_BringsNothingBack(t *testing.T) {
	for _, how := range [][]func(*invite.Request){{named("made twice")}, {named("made twice"), To("mira@example.com")}, {named("made once"), keyed("key")}} {
		s := newScene(t)
		var deleted invite.View
		s.Meanwhile(faults.Lose, func(_ *directory.Service, i *invite.Service) {
			page, err := i.List(context.WithoutCancel(t.Context()), s.admin, s.group.ID, directory.PageRequest{Limit: 50})
			s.must(err)
			deleted = page.Items[0]
			s.must(i.Delete(context.WithoutCancel(t.Context()), s.admin, s.group.ID, deleted.ID))
		})
		made, err := s.create(s.user, s.group, how...)
		s.Faults.Reset(nil)
		switch deleted.Name {
		case "made once": // as a repeat of the client's would be answered
			if !errors.Is(err, invite.ErrDeleted) {
				t.Errorf("with a key: %+v, %v", made, err)
			}
		case "made twice":
			if err != nil || made.ID == deleted.ID {
				t.Errorf("%+v, %v", made, err)
			}
			s.redeem(s.admin, made, nil)
		default:
			t.Fatalf("nothing was deleted: %v", err)
		}
		s.redeem(s.manager, deleted, invite.ErrDeleted)
	}
}

// TestLink_WithANumberOfShardsThatNoneHasDecidesNothing.
func TestLink_WithANumberOfShardsThatNoneHasDecidesNothing(t *testing.T) {
	number := func(n string) types.AttributeValue { return &types.AttributeValueMemberN{Value: n} }
	full := func(n ...string) types.AttributeValue { return &types.AttributeValueMemberNS{Value: n} }
	for what, set := range map[string]map[string]types.AttributeValue{
		"65 of them": {":shards": number("65"), ":full": full("0")}, "less than none": {":shards": number("-1"), ":full": full("0")},
		"the 65th is full": {":shards": number("8"), ":full": full("64")}, "one before the first is full": {":shards": number("8"), ":full": full("0", "-1")},
	} {
		s := newScene(t)
		link := s.Link(s.admin, s.group, Anyone, Cap(1000))
		_, err := s.Client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
			TableName: &s.TableName, UpdateExpression: aws.String("SET shards = :shards, fullShards = :full"),
			Key: map[string]types.AttributeValue{
				"pk": &types.AttributeValueMemberS{Value: "I#" + s.group.ID.String()}, "sk": &types.AttributeValueMemberS{Value: link.ID.String()},
			},
			ExpressionAttributeValues: set,
		})
		s.must(err)
		if _, err := s.Invites.Redeem(t.Context(), Person("new"), Code(link)); err == nil {
			t.Errorf("%s, and somebody is let in", what)
		}
		if _, err := s.Invites.Get(t.Context(), s.admin, s.group.ID, link.ID); err == nil {
			t.Errorf("%s, and the link is shown", what)
		}
	}
}
