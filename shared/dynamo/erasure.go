package dynamo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/accessrequest"
	"group-invites/shared/directory"
	"group-invites/shared/erasure"
)

// What the table holds of a person, and how it is taken out.

// scan reads a page of the whole table, strongly consistent. Positions are keys in JSON.
func (t *Table) scan(ctx context.Context, in dynamodb.ScanInput, from string) (rows []item, next string, err error) {
	in.TableName, in.ConsistentRead = &t.name, aws.Bool(true)
	if from != "" {
		var position [2]string
		if err := json.Unmarshal([]byte(from), &position); err != nil {
			return nil, "", fmt.Errorf("position %q: %w", from, errFault)
		}
		in.ExclusiveStartKey = key{position[0], position[1]}.attributes()
	}
	out, err := t.client.Scan(ctx, &in)
	if err != nil {
		return nil, "", verdict("scan", err)
	}
	if len(out.LastEvaluatedKey) > 0 {
		last := keyOf(out.LastEvaluatedKey)
		position, err := json.Marshal([2]string{last.pk, last.sk})
		if err != nil {
			return nil, "", err
		}
		next = string(position)
	}
	return out.Items, next, nil
}

// Traces implements [erasure.Store].
func (t *Table) Traces(ctx context.Context, person erasure.Person, from string) (traces []erasure.Trace, next string, err error) {
	rows, next, err := t.scan(ctx, dynamodb.ScanInput{}, from)
	if err != nil {
		return nil, "", err
	}
	l := looker{person: person}
	for _, user := range person.Users {
		l.ids = append(l.ids, user.String())
	}
	for _, k := range person.Keys() {
		l.hashes = append(l.hashes, suppressionKey(k).pk, recipientQuotaKey(k, "").pk)
	}
	for _, row := range rows {
		if trace, ok := l.look(row); ok {
			trace.Row = keyText(row)
			traces = append(traces, trace)
		}
	}
	return traces, next, nil
}

// looker tells what rows are to a person.
type looker struct {
	person erasure.Person
	ids    []string // his, as rows have them
	hashes []string // partitions that are named by his addresses
}

func (l looker) look(row item) (trace erasure.Trace, ok bool) {
	k := keyOf(row)
	kind, of, _ := strings.Cut(k.pk, "#")
	switch kind {
	case "U":
		if org, isOrg := parseOrgMemberSort(k.sk); isOrg {
			return l.membership(org, k, row)
		}
	case "R":
		group, isGroup := directory.ParseGroupID(of)
		if isGroup && k != accessRegisterKey(group) {
			return l.request(group, k, row)
		}
	case "D":
		if r := (reader{row: row}); l.person.Has(r.str("to")) {
			return erasure.Trace{What: erasure.Mail}, true
		}
	case "K", "Q":
		if user, _ := directory.ParseUserID(k.pk[strings.LastIndex(k.pk, "#")+1:]); l.person.Is(user) {
			return erasure.Trace{What: erasure.Passing}, true
		}
	}
	switch texts := textsOf(&types.AttributeValueMemberM{Value: row}); {
	case slices.Contains(l.hashes, k.pk):
		return erasure.Trace{What: erasure.Hash}, true
	case slices.ContainsFunc(texts, l.person.Mentions):
		return erasure.Trace{What: erasure.Unknown}, true
	case slices.ContainsFunc(texts, func(text string) bool {
		return slices.ContainsFunc(l.ids, func(id string) bool { return strings.Contains(text, id) })
	}):
		return erasure.Trace{What: erasure.Pseudonym}, true
	}
	return trace, false
}

// membership looks at a person's row in an organization. One that holds neither name nor address is no more than a pseudonym.
func (l looker) membership(org directory.OrgID, k key, row item) (trace erasure.Trace, ok bool) {
	user, isUser := parseUserPartition(k.pk)
	m, err := readOrgMember(org, user, row)
	his := l.person.Is(user) || l.person.Has(m.Email)
	switch {
	case !isUser || err != nil:
		return erasure.Trace{What: erasure.Unknown}, his || slices.ContainsFunc(textsOf(&types.AttributeValueMemberM{Value: row}), l.person.Mentions)
	case his && m.Name == "" && m.Email == "" && m.State != directory.StateIn:
		return erasure.Trace{What: erasure.Pseudonym}, true
	}
	return erasure.Trace{What: erasure.Membership, User: user, Email: m.Email, Member: m}, his
}

func (l looker) request(group directory.GroupID, k key, row item) (trace erasure.Trace, ok bool) {
	r := reader{row: row}
	user, isUser := directory.ParseUserID(k.sk)
	email := r.str("email")
	his := l.person.Is(user) || l.person.Has(email)
	if !isUser || r.fault != nil {
		return erasure.Trace{What: erasure.Unknown}, his || slices.ContainsFunc(textsOf(&types.AttributeValueMemberM{Value: row}), l.person.Mentions)
	}
	if his {
		return erasure.Trace{What: erasure.Request, User: user, Email: email, Group: group}, true
	}
	for _, text := range textsOf(&types.AttributeValueMemberM{Value: row}) {
		if slices.ContainsFunc(l.ids, func(id string) bool { return strings.Contains(text, id) }) { // by his link, for one
			return erasure.Trace{What: erasure.Pseudonym}, true
		}
	}
	return trace, false
}

// textsOf gives all texts in a value, however deep.
func textsOf(value types.AttributeValue) (texts []string) {
	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		return []string{v.Value}
	case *types.AttributeValueMemberSS:
		return v.Value
	case *types.AttributeValueMemberB:
		return []string{string(v.Value)}
	case *types.AttributeValueMemberL:
		for _, inner := range v.Value {
			texts = append(texts, textsOf(inner)...)
		}
	case *types.AttributeValueMemberM:
		for _, inner := range v.Value {
			texts = append(texts, textsOf(inner)...)
		}
	}
	return texts
}

// Blank implements [erasure.Store].
func (t *Table) Blank(ctx context.Context, m directory.OrgMember) error {
	set := assignments{"#name": nil, "email": nil, "v": num(schemaVersion)}
	u := set.update(orgMemberKey(m.Org, m.User))
	u.expect(m.State, m.Since, "", nil)
	return t.update(ctx, "blank member", u)
}

// Withdraw implements [erasure.Store].
func (t *Table) Withdraw(ctx context.Context, group directory.GroupID, user directory.UserID) error {
	rows, err := t.get(ctx, []key{accessRequestKey(group, user), accessRegisterKey(group)})
	if err != nil {
		return err
	}
	writes := []types.TransactWriteItem{{Delete: &types.Delete{TableName: &t.name, Key: accessRequestKey(group, user).attributes()}}}
	if row := rows[accessRegisterKey(group)]; row != nil {
		before, err := readAccessRegister(row)
		if err != nil {
			return err
		}
		if _, open := before.Open[user]; open {
			r := reader{row: row}
			after := accessrequest.Register{Version: before.Version + 1, Open: before.Open, Told: before.Told}
			delete(after.Open, user)
			writes = append(writes, types.TransactWriteItem{Put: t.transactPut(put{
				row: accessRegisterItem(group, after, r.seconds("ttl")), condition: "version = :was", values: item{":was": num(before.Version)},
			})})
		}
	}
	return t.transact(ctx, "withdraw request", writes...)
}

// Delete implements [erasure.Store].
func (t *Table) Delete(ctx context.Context, traces []erasure.Trace) error {
	keys := make([]key, len(traces))
	for i, trace := range traces {
		pk, sk, found := strings.Cut(trace.Row, " ") // no key of ours holds a space
		if !found || trace.What != erasure.Mail && trace.What != erasure.Passing {
			return errors.Join(errFault, fmt.Errorf("%s is not to be deleted", trace.Row))
		}
		keys[i] = key{pk, sk}
	}
	return t.deleteAll(ctx, "erase", keys)
}
