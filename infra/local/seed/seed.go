// Package seed fills an empty local table with an organization to try things on: its admin, a manager and a user in the first of two
// groups, and a link to the second that never expires.
//
// It does so by the domain's own services, so that what it makes is what requests make. Ids come from a stream of bytes that the
// issuer determines, instead of chance: on the same address they are always the same, and so the README's commands and the
// event files work on every machine. What is there already is left as it is.
package seed

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"group-invites/shared/directory"
	"group-invites/shared/dynamo"
	"group-invites/shared/invite"
	"group-invites/shared/linkcode"
)

// Names of what is seeded.
const (
	OrgName         = "Northwind Trails"
	GroupName       = "Backcountry Club"
	SecondGroupName = "Book Circle"
	LinkName        = "Seeded link"
)

// at is when all of it was made: before anything that a developer does, and not on a day whose limits he may want to reach.
var at = time.Date(2026, time.January, 1, 9, 0, 0, 0, time.UTC)

// Options says where to seed, and for whom.
type Options struct {
	Table   *dynamo.Table
	Ring    *linkcode.Source
	BaseURL string // of links
	Issuer  string // of the people's tokens
	// The people, as the provider's tokens describe them.
	Admin, Manager, User directory.Caller
}

// Seeded is what there is after seeding.
type Seeded struct {
	Org                directory.OrgID
	Group, SecondGroup directory.GroupID
	Link               invite.ID // in the second group; a developer may have deleted it
	LinkURL            string
}

// Plan tells what seeding makes, without making it. It needs no table and no people.
func Plan(ctx context.Context, o Options) (Seeded, error) {
	seeded, err := seeder{o}.plan(ctx)
	if err != nil {
		return Seeded{}, fmt.Errorf("plan seeding: %w", err)
	}
	return seeded, nil
}

// Run seeds what is not there. It may be repeated.
func Run(ctx context.Context, o Options) (Seeded, error) {
	seeded, err := seeder{o}.run(ctx)
	if err != nil {
		return Seeded{}, fmt.Errorf("seed: %w", err)
	}
	return seeded, nil
}

type seeder struct{ Options }

// directory gives a service whose ids come from the stream of that name.
func (s seeder) directory(stream string) *directory.Service {
	return &directory.Service{Store: s.Table, Ring: s.Ring, Clock: clock, Random: s.stream(stream), OpenOrgs: true}
}

func (s seeder) invites(stream string) *invite.Service {
	return &invite.Service{Store: s.Table, Ring: s.Ring, Clock: clock, Random: s.stream(stream), BaseURL: s.BaseURL}
}

func clock() time.Time { return at }

func (s seeder) plan(ctx context.Context) (seeded Seeded, err error) {
	if seeded.Org, err = directory.NewOrgID(s.stream("organization")); err != nil {
		return seeded, err
	}
	if seeded.Group, err = directory.NewGroupID(seeded.Org, s.stream("group")); err != nil {
		return seeded, err
	}
	if seeded.SecondGroup, err = directory.NewGroupID(seeded.Org, s.stream("second group")); err != nil {
		return seeded, err
	}
	if seeded.Link, err = invite.NewID(at, s.stream("link")); err != nil {
		return seeded, err
	}
	ring, err := s.Ring.Ring(ctx)
	if err != nil {
		return seeded, err
	}
	seeded.LinkURL = s.BaseURL + "/i#" + ring.Sign(seeded.SecondGroup, seeded.Link)
	return seeded, nil
}

func (s seeder) run(ctx context.Context) (Seeded, error) {
	seeded, err := s.plan(ctx)
	if err != nil {
		return seeded, err
	}
	if _, err := s.directory("").GetOrg(ctx, s.Admin, seeded.Org); errors.Is(err, directory.ErrNotFound) {
		if _, err := s.directory("organization").CreateOrg(ctx, s.Admin, OrgName); err != nil {
			return seeded, err
		}
	} else if err != nil {
		return seeded, err
	}
	if _, err := s.group(ctx, seeded.Group, "group", GroupName); err != nil {
		return seeded, err
	}
	isNew, err := s.group(ctx, seeded.SecondGroup, "second group", SecondGroupName)
	if err != nil {
		return seeded, err
	}
	if isNew {
		_, err := s.invites("link").Create(ctx, s.Admin, seeded.SecondGroup, invite.Request{
			Name: LinkName, Access: invite.AccessAnyone, Expiration: invite.ExpireNever,
		})
		if err != nil {
			return seeded, err
		}
	}
	return seeded, s.people(ctx, seeded)
}

// group makes a group, unless it is there.
func (s seeder) group(ctx context.Context, id directory.GroupID, stream, name string) (isNew bool, err error) {
	_, err = s.directory("").GetGroup(ctx, s.Admin, id)
	if !errors.Is(err, directory.ErrNotFound) {
		return false, err
	}
	_, err = s.directory(stream).CreateGroup(ctx, s.Admin, id.Org(), name)
	return true, err
}

// people puts the three into the first group, but leaves alone whoever has ever been there: a developer may have removed him.
func (s seeder) people(ctx context.Context, seeded Seeded) error {
	rows, err := s.Table.Read(ctx, directory.Keys{
		Org: seeded.Org, Group: seeded.Group, Users: []directory.UserID{s.Admin.ID, s.Manager.ID, s.User.ID},
	})
	if err != nil {
		return err
	}
	if rows.Members[s.Admin.ID].GroupMember.State == "" {
		if _, _, err := s.directory("admin").PutGroupMember(ctx, s.Admin, seeded.Group, s.Admin.ID); err != nil {
			return err
		}
	}
	for _, p := range []struct {
		who  directory.Caller
		role directory.Role
	}{{s.Manager, directory.RoleManager}, {s.User, directory.RoleUser}} {
		if rows.Members[p.who.ID].OrgMember.State == "" {
			if err := s.join(ctx, seeded.Group, p.who, p.role); err != nil {
				return err
			}
		}
	}
	return nil
}

// join lets someone in as people come in: by a link.
func (s seeder) join(ctx context.Context, group directory.GroupID, who directory.Caller, role directory.Role) error {
	invites := s.invites("link for " + who.ID.String())
	link, err := invites.Create(ctx, s.Admin, group, invite.Request{Access: invite.AccessAnyone, Expiration: "1h"})
	if err != nil {
		return err
	}
	_, code, _ := strings.Cut(link.URL, "#")
	if _, err := invites.Redeem(ctx, who, code); err != nil {
		return err
	}
	if err := invites.Delete(ctx, s.Admin, group, link.ID); err != nil {
		return err
	}
	_, err = s.directory("").ChangeRole(ctx, s.Admin, group.Org(), who.ID, role)
	return err
}

// stream gives bytes that its name and the issuer determine: SHA-256 of both and a counter, again and again.
func (s seeder) stream(name string) io.Reader {
	return &stream{seed: s.Issuer + "\x00" + name}
}

type stream struct {
	seed    string
	counter uint64
	rest    []byte
}

func (s *stream) Read(p []byte) (int, error) {
	if len(s.rest) == 0 {
		block := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(s.seed+"\x00"), s.counter))
		s.rest, s.counter = block[:], s.counter+1
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}
