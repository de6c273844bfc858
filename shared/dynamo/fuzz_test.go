package dynamo

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"group-invites/infra/local/project"
	"group-invites/shared/invite"
	"group-invites/shared/tally"
)

// FuzzReadChange has the stream bring anything: it is read, or refused with an error, and what it means names things that the key does.
func FuzzReadChange(f *testing.F) {
	root, err := project.Root()
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range []string{"tally.json", "mailer.json"} {
		text, err := os.ReadFile(filepath.Join(root, "infra", "events", name))
		if err != nil {
			f.Fatal(err)
		}
		var event struct{ Records []json.RawMessage }
		if err := json.Unmarshal(text, &event); err != nil {
			f.Fatal(err)
		}
		for _, r := range event.Records {
			f.Add([]byte(r))
		}
	}
	for _, keys := range []string{
		`{"pk":{"S":"U#x"},"sk":{"S":"O#1"}}`, `{"pk":{"N":"1"}}`, `{}`, `{"pk":{"S":"C#invite#00"},"sk":{"S":"C"}}`, `{"pk":{"SS":["a"]},"sk":{"NULL":true}}`,
	} {
		f.Add([]byte(`{"eventName":"REMOVE","dynamodb":{"Keys":` + keys + `,"OldImage":` + keys + `}}`))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var record events.DynamoDBEventRecord
		if json.Unmarshal(text, &record) != nil {
			return
		}
		change, ok, err := ReadChange(record)
		if ok && err != nil {
			return // what is told beside an error counts for nothing
		}
		if ok && change == (tally.Change{}) {
			t.Error("means something, and nothing")
		}
		pk := keyOf(image(record.Change.Keys)).pk
		if c := change.Clear; ok && c != nil && !strings.Contains(pk, c.Org.String()) {
			t.Errorf("clears %+v because of %q", c, pk)
		}
		if key, ok, err := ReadFresh(record); ok && (err != nil || deliveryKey(key) != keyOf(image(record.Change.NewImage))) {
			t.Errorf("%+v, %v", key, err)
		}
		DeletedInvite(record)
	})
}

// FuzzKeys has any two texts be a key: what is taken apart is what it would be made of.
func FuzzKeys(f *testing.F) {
	for _, k := range []key{
		{"D#6ae6783f4fbde91b#6887f067f7424a52", "0123456789abcdef"},
		{"D#confirm", "0123456789abcdef"},
		{"D#6ae6783f4fbde91b", "0123456789abcdef"},
		{"C#invite#6ae6783f4fbde91b#6887f067f7424a52", "C"},
		{"C#group#6ae6783f4fbde91b", "C"},
		{"C#org#6ae6783f4f", "C"},
		{"A#6ae6783f4f", "1798000000000#0123456789abcdef"},
		{"U#0123456789abcdef0123456789abcdef", "O#6ae6783f4f"},
		{"U#0123456789abcdef0123456789abcdef", "G#6ae6783f4fbde91b"},
		{"G#6ae6783f4fbde91b", "G"},
		{"I#6ae6783f4fbde91b", "6887f067f7424a52"},
		{"O#6ae6783f4f", "A#0123456789abcdef0123456789abcdef"},
		{"J#6ae6783f4fbde91b#6887f067f7424a52", "1798000000000#0123456789abcdef0123456789abcdef"},
	} {
		f.Add(k.pk, k.sk)
		for _, other := range []string{"", "x", "6ae6783f4fbde91x"} { // and each part of it by itself
			parts := strings.Split(k.pk, "#")
			for i := range parts {
				f.Add(strings.Join(slices.Replace(slices.Clone(parts), i, i+1, other), "#"), k.sk)
			}
			parts = strings.Split(k.sk, "#")
			for i := range parts {
				f.Add(k.pk, strings.Join(slices.Replace(slices.Clone(parts), i, i+1, other), "#"))
			}
		}
	}
	f.Fuzz(func(t *testing.T, pk, sk string) {
		is := func(what string, ok bool, got, want string) {
			t.Helper()
			if ok && got != want {
				t.Errorf("%q is taken for the %s %q", want, what, got)
			}
		}
		k := key{pk, sk}
		if d, ok := parseDeliveryKey(k); ok {
			of := deliveryPrefix + d.Group.String()
			if sk != d.ID.String() || pk != "D#confirm" && pk != of && pk != of+"#"+invite.ID(d.Invite).String() {
				t.Errorf("%v is taken for the delivery %+v", k, d)
			}
		}
		if c, ok := parseClearKey(k); ok && clearKey(c) != k {
			t.Errorf("%v is taken for the clearing %v", k, clearKey(c))
		}
		user, ok := parseUserPartition(pk)
		is("person", ok, userPartition(user), pk)
		group, ok := parseGroupPartition(pk)
		is("group", ok, groupKey(group).pk, pk)
		org, ok := parseOrgPartition(pk)
		is("organization", ok, orgKey(org).pk, pk)
		group, ok = parseInvitePartition(pk)
		is("links", ok, invitePartition(group), pk)
		admin, ok := parseAdminSort(sk)
		is("admin", ok, adminKey(org, admin).sk, sk)
		org, ok = parseOrgMemberSort(sk)
		is("membership", ok, orgMemberKey(org, user).sk, sk)
		group, ok = parseGroupMemberSort(sk)
		is("membership", ok, groupMemberKey(group, user).sk, sk)
	})
}
