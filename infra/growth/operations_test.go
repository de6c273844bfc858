package growth

import (
	"errors"
	"fmt"
	"time"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/invite"
	"group-invites/shared/mirror"
)

// operation is something that is done many times, each time with another number from 0.
type operation struct {
	name   string
	before func(i int) error // each run, unless nil; not measured
	do     func(i int) error
	once   bool // one of its runs is another than the others, and is what is measured
	short  bool // a list of links: shorter in the group that has one
}

// after asks for a page of a list of the caller's, after a position.
func (l *loaded) after(who directory.Caller, list, position string) directory.PageRequest {
	cursors, err := directory.CursorsFor(l.Context(), l.Ring, l.Clock.Now(), who.ID, list)
	if err != nil {
		l.Fatal(err)
	}
	return directory.PageRequest{Limit: directory.MaxPage, Cursor: cursors.Next(position)}
}

var first = directory.PageRequest{Limit: directory.MaxPage}

// operations are all but the endings, in the order in which they are done. runs is how often.
func (l *loaded) operations(runs int) []operation { return append(l.reads(), l.writes(runs)...) }

// reads are the operations that write nothing.
func (l *loaded) reads() []operation {
	ctx := l.Context()
	group, org := l.group.ID, l.org.ID
	forged := []byte(Code(l.open))
	forged[20]++
	list := func(who directory.Caller, page directory.PageRequest) func(int) error {
		return func(int) error { return full(l.Invites.List(ctx, who, group, page))(l.size.links) }
	}
	middle := l.size.links - 1 - l.size.links/4/len(l.scene.links)*len(l.scene.links) // as many of each kind follow, whatever the size
	instant := fmt.Sprintf("%013d", l.first+int64(l.size.members/2))
	half := "80000000000000000000000000000000"
	return []operation{
		{name: "preview", do: func(int) error { return only(l.Invites.Preview(ctx, Code(l.open))) }},
		{name: "preview of a forged code", do: func(int) error {
			return expect(only(l.Invites.Preview(ctx, string(forged))), directory.ErrNotFound)
		}},
		{name: "list links, as an admin", short: true, do: list(admin, first)},
		{name: "list links, as a manager", short: true, do: list(manager, first)},
		{name: "list links, as a user: his own", short: true, do: func(int) error {
			return full(l.Invites.List(ctx, user, group, first))(min(owned, l.size.links-1))
		}},
		{name: "list links, the middle", short: true, do: list(manager, l.after(manager, "invites "+group.String(), l.link(middle).String()))},
		{name: "read a link", do: func(int) error { return only(l.Invites.Get(ctx, manager, group, l.open.ID)) }},
		{name: "list joins of a link", do: func(int) error {
			return full(l.Invites.Joins(ctx, manager, group, l.open.ID, first))(l.size.members)
		}},
		{name: "list joins of a link, the middle", do: func(int) error {
			return full(l.Invites.Joins(ctx, manager, group, l.open.ID,
				l.after(manager, "joins "+group.String()+" "+l.open.ID.String(), instant)))(l.size.members / 2)
		}},
		{name: "list members of the group", do: func(int) error {
			return full(l.Directory.ListGroupMembers(ctx, user, group, first))(l.size.members)
		}},
		{name: "list members of the group, the middle", do: func(int) error {
			return full(l.Directory.ListGroupMembers(ctx, user, group, l.after(user, "members "+group.String(), half)))(l.size.members / 3)
		}},
		{name: "list members of the organization", do: func(int) error {
			return full(l.Directory.ListOrgMembers(ctx, manager, org, first))(l.size.org)
		}},
		{name: "list members of the organization, the middle", do: func(int) error {
			return full(l.Directory.ListOrgMembers(ctx, manager, org, l.after(manager, "members "+org.String(), half)))(l.size.org / 3)
		}},
		{name: "list groups, as an admin", do: func(int) error { return only(l.Directory.ListGroups(ctx, admin, org, first)) }},
		{name: "list groups, as a user: his own", do: func(int) error { return only(l.Directory.ListGroups(ctx, user, org, first)) }},
		{name: "list the audit", do: func(int) error { return full(l.Directory.ListAudit(ctx, admin, org, first))(l.size.members) }},
		{name: "list the audit, the middle", do: func(int) error {
			return full(l.Directory.ListAudit(ctx, admin, org, l.after(admin, "audit "+org.String(), instant)))(l.size.members / 2)
		}},
		{name: "read what one is in (/v1/me)", do: func(i int) error { return only(l.Directory.Me(ctx, member(i))) }},
		{name: "read the organization", do: func(i int) error { return only(l.Directory.GetOrg(ctx, member(i), org)) }},
		{name: "read the group", do: func(i int) error { return only(l.Directory.GetGroup(ctx, member(i), group)) }},
		{name: "redeem again", do: func(i int) error { return only(l.Invites.Redeem(ctx, member(i), Code(l.open))) }},
	}
}

// writes are those that write.
func (l *loaded) writes(runs int) []operation {
	ctx := l.Context()
	group, org := l.group.ID, l.org.ID
	request := func(access invite.Access) invite.Request {
		return invite.Request{Access: access, Expiration: invite.ExpireNever}
	}
	made := make([]invite.View, runs)
	create := func(r invite.Request) func(int) error {
		return func(i int) (err error) {
			if r.Scope != "" {
				r.IdempotencyKey = fmt.Sprintf("key %04d", i)
			}
			made[i], err = l.Invites.Create(ctx, manager, group, r)
			return err
		}
	}
	var by invite.View
	linkBefore := func(how ...func(*invite.Request)) func(int) error {
		return func(i int) error {
			if i == 0 {
				by = l.Link(admin, l.group, how...)
			}
			return nil
		}
	}
	inOrg, newcomers := 0, 0
	redeem := func(name string, capped, anyone, fresh bool) operation {
		var how []func(*invite.Request)
		if capped {
			how = append(how, Cap(1000))
		}
		if anyone {
			how = append(how, Anyone)
		}
		return operation{name: name, before: linkBefore(how...), do: func(int) error {
			var who directory.Caller
			if anyone {
				who = numbered("n", newcomers)
				newcomers++
			} else {
				who = outsider(inOrg)
				inOrg++
			}
			service := l.Invites
			if fresh {
				service = l.instance()
			}
			redeemed, err := service.Redeem(ctx, who, Code(by))
			if err == nil && redeemed.AlreadyMember {
				err = errors.New("was in already")
			}
			return err
		}}
	}
	// Those who are done things to: members of the group, from the last one.
	person := func(i int) directory.Caller { return member(l.size.members - inGroup - 1 - i) }
	host := &mirror.Service{Store: l.Table, Clock: l.Clock.Now, Random: l.Random}
	asked := func(i int) directory.Caller { return numbered("a", i) }
	ask := func(who directory.Caller) error {
		return l.Access.Ask(ctx, who, Code(by), "We met at the hut on Sunday.")
	}
	declineAt := func(who directory.Caller) error { // an instant after he has asked
		l.Clock.Advance(time.Millisecond)
		return l.Access.Decline(ctx, admin, group, who.ID)
	}
	return []operation{
		{name: "create a link", do: create(request(invite.AccessOrg))},
		{name: "delete a link", do: func(i int) error { return l.Invites.Delete(ctx, manager, group, made[i].ID) }},
		{name: "create a link, with an Idempotency-Key", do: create(invite.Request{
			Access: invite.AccessOrg, Expiration: invite.ExpireNever, Scope: "POST",
		})},
		{name: "delete a link, as an admin", do: func(i int) error { return l.Invites.Delete(ctx, admin, group, made[i].ID) }},
		{name: "redeem what is deleted", do: func(i int) error {
			return expect(only(l.Invites.Redeem(ctx, outsider(i), Code(made[i]))), invite.ErrDeleted)
		}},
		redeem("redeem `org`", false, false, false),
		redeem("redeem `org`, by an instance that has seen nothing", false, false, true),
		redeem("redeem `org`, capped", true, false, false),
		redeem("redeem `anyone`", false, true, false),
		redeem("redeem `anyone`, by an instance that has seen nothing", false, true, true),
		redeem("redeem `anyone`, capped", true, true, false),
		{name: "remove from the group", do: func(i int) error { return l.Directory.RemoveGroupMember(ctx, manager, group, person(i).ID) }},
		{name: "add to the group", do: func(i int) error {
			_, _, err := l.Directory.PutGroupMember(ctx, manager, group, person(i).ID)
			return err
		}},
		{name: "leave the group", do: func(i int) error { return l.Directory.RemoveGroupMember(ctx, person(i), group, person(i).ID) }},
		{name: "change a role", do: func(i int) error {
			return only(l.Directory.ChangeRole(ctx, admin, org, person(i).ID, directory.RoleManager))
		}},
		{name: "remove from the organization", do: func(i int) error { return l.Directory.RemoveOrgMember(ctx, admin, org, person(i).ID) }},
		{name: "add to the organization", do: func(i int) error {
			_, _, err := l.Directory.PutOrgMember(ctx, admin, org, person(i).ID, directory.RoleUser)
			return err
		}},
		{name: "leave the organization", do: func(i int) error {
			l.out[person(i).ID] = true
			return l.Directory.RemoveOrgMember(ctx, person(i), org, person(i).ID)
		}},
		{name: "rename the group", do: func(i int) error {
			return only(l.Directory.ChangeGroup(ctx, admin, group, fmt.Sprintf("Group %04d", i), nil))
		}},
		{name: "rename the organization", do: func(i int) error {
			name := fmt.Sprintf("Org %04d", i)
			return only(l.Directory.ChangeOrg(ctx, admin, org, directory.OrgChange{Name: &name}))
		}},
		{name: "ask for access", before: func(i int) error {
			if i > 0 {
				return declineAt(asked(i - 1))
			}
			by = l.Link(admin, l.group, Anyone, func(r *invite.Request) { r.Expiration = "1h" })
			l.Clock.Advance(time.Hour)
			for other := range 10 { // who wait all the time
				if err := ask(numbered("w", other)); err != nil {
					return err
				}
			}
			return nil
		}, do: func(i int) error { return ask(asked(i)) }},
		{name: "list requests for access", do: func(int) error { return only(l.Access.List(ctx, manager, group, first)) }},
		{name: "decline a request", before: func(i int) error { return ask(numbered("d", i)) }, do: func(i int) error {
			return declineAt(numbered("d", i))
		}},
		{name: "approve a request", before: func(i int) error { return ask(numbered("e", i)) }, do: func(i int) error {
			l.Clock.Advance(time.Millisecond)
			return only(l.Access.Approve(ctx, admin, group, numbered("e", i).ID))
		}},
		{name: "create a group", do: func(int) error { return only(l.Directory.CreateGroup(ctx, admin, org, "Another")) }},
		{name: "host puts a member", before: func(i int) error {
			if i > 0 {
				return nil
			}
			return applied(host.Apply(ctx, Issuer, []mirror.Op{
				{Kind: mirror.PutOrg, Org: "T1", Name: "Acme"}, {Kind: mirror.PutGroup, Org: "T1", Group: "R1", Name: "Backcountry"},
			}))
		}, do: func(i int) error {
			return applied(host.Apply(ctx, Issuer, []mirror.Op{{Kind: mirror.PutMember, Org: "T1", Member: asked(i).Name, Groups: []string{"R1"}}}))
		}},
	}
}

func applied(results []mirror.Result) error {
	var errs []error
	for _, r := range results {
		errs = append(errs, r.Err)
	}
	return errors.Join(errs...)
}

// full is nil if a page is as full as a list of so many lets it be, and says what comes next, if it isn't all.
func full[T any](page directory.Page[T], err error) func(listed int) error {
	return func(listed int) error {
		switch want := min(listed, directory.MaxPage); {
		case err != nil:
			return err
		case len(page.Items) < want && listed > 1:
			return fmt.Errorf("%d on a page, want %d", len(page.Items), want)
		}
		return nil
	}
}

func only[T any](_ T, err error) error { return err }

func expect(err, want error) error {
	if errors.Is(err, want) {
		return nil
	}
	return fmt.Errorf("%v, want %v", err, want)
}
