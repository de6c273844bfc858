package dynamo_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"testing"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/mirror"
)

// measureMirrorCosts measures what the host says: of organizations of its own.
func measureMirrorCosts(t *testing.T, w *World, measure func(string, error, func() error)) {
	host := &mirror.Service{Store: w.Table, Clock: w.Clock.Now, Random: rand.Reader}
	apply := func(ops ...mirror.Op) func() error {
		return func() error {
			var errs []error
			for _, r := range host.Apply(t.Context(), Issuer, ops) {
				errs = append(errs, r.Err)
			}
			return errors.Join(errs...)
		}
	}
	org := mirror.Op{Kind: mirror.PutOrg, Org: "T1", Name: "Acme"}
	renamed := mirror.Op{Kind: mirror.PutOrg, Org: "T1", Name: "Acme Ltd"}
	group := mirror.Op{Kind: mirror.PutGroup, Org: "T1", Group: "R1", Name: "Backcountry"}
	about := func(kind mirror.Kind) mirror.Op {
		o := mirror.Op{Kind: kind, Org: "T1", Member: "mirrored"}
		if kind == mirror.PutGroupMember || kind == mirror.DeleteGroupMember {
			o.Group = "R1"
		}
		return o
	}
	grouped, admin := about(mirror.PutMember), about(mirror.PutMember)
	grouped.Groups, admin.Role = []string{"R1"}, directory.RoleAdmin
	measure("host puts an organization", nil, apply(org))
	measure("host puts it again", nil, apply(org))
	measure("host renames it", nil, apply(renamed))
	measure("host puts a group", nil, apply(group))
	measure("host puts it again", nil, apply(group))
	measure("host puts a member", nil, apply(about(mirror.PutMember)))
	newcomer := grouped
	newcomer.Member = "newcomer"
	measure("host puts a member, in a group", nil, apply(newcomer))
	measure("host puts the first again, in a group", nil, apply(grouped))
	measure("host puts him again, in a group, unchanged", nil, apply(grouped))
	measure("host makes him admin", nil, apply(admin))
	measure("host removes him from the group", nil, apply(about(mirror.DeleteGroupMember)))
	measure("host adds him to the group", nil, apply(about(mirror.PutGroupMember)))
	measure("host removes him", nil, apply(about(mirror.DeleteMember)))
	measure("host removes him again", nil, apply(about(mirror.DeleteMember)))
	var eight []mirror.Op // no more than write at the same time, so that round trips can be told
	for i := range 8 {
		eight = append(eight, mirror.Op{Kind: mirror.PutMember, Org: "T1", Member: fmt.Sprintf("mirrored%d", i)})
	}
	measure("host puts eight members in bulk", nil, apply(eight...))
	measure("host puts the eight again", nil, apply(eight...))
	measure("host deletes the group", nil, apply(mirror.Op{Kind: mirror.DeleteGroup, Org: "T1", Group: "R1"}))
	measure("host deletes the organization", nil, apply(mirror.Op{Kind: mirror.DeleteOrg, Org: "T1"}))
}
