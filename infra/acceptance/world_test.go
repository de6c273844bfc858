package acceptance

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/infra/local/issuer"
	"group-invites/shared/directory"
)

// person is somebody made up, with a token that is good for the whole suite.
type person struct {
	who   string
	id    string
	name  string
	token string
}

// person makes someone new, who is in no organization.
func (s *site) person(t testing.TB, word string) person {
	t.Helper()
	return s.who(t, fmt.Sprintf("%s-%d", word, counter.Add(1)))
}

// who gives the person that the word stands for.
func (s *site) who(t testing.TB, word string) person {
	t.Helper()
	p, err := s.meet(word)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// meet is who for any goroutine.
func (s *site) meet(word string) (person, error) {
	described, err := issuer.PersonOf(word)
	if err != nil {
		return person{}, err
	}
	token, err := s.Token(word)
	id := directory.NewUserID(s.Template().Authorizer.Issuer, described.Subject)
	return person{who: word, id: id.String(), name: described.Name, token: token}, err
}

// org is an organization of its own admin, with one group. The admin is not in the group.
type org struct {
	s     *site
	id    string
	group string
	admin person
}

func (s *site) org(t testing.TB) org {
	t.Helper()
	o := org{s: s, admin: s.person(t, "admin")}
	o.id = read[organization](t, s.want(t, http.StatusCreated, "POST", "/v1/orgs", o.admin.token, object{"name": "Astronomers"})).ID
	o.group = o.newGroup(t, "Comets")
	return o
}

// object is a JSON object to send.
type object = map[string]any

func (o org) newGroup(t testing.TB, name string) string {
	t.Helper()
	return read[group](t, o.s.want(t, http.StatusCreated, "POST", o.path("/groups"), o.admin.token, object{"name": name})).ID
}

// path is that of something of the organization.
func (o org) path(below string) string { return "/v1/orgs/" + o.id + below }

// member is the path of a member of the organization.
func (o org) member(p person) string { return o.path("/members/" + p.id) }

// in is the path of something of the group.
func (o org) in(below string) string { return "/v1/groups/" + o.group + below }

// inGroup is the path of a member of the group.
func (o org) inGroup(p person) string { return o.in("/members/" + p.id) }

// invite is the path of a link.
func (o org) invite(l link) string { return o.in("/invites/" + l.ID) }

// link makes a link as asked for.
func (o org) link(t testing.TB, creator person, settings object) link {
	t.Helper()
	return read[link](t, o.s.want(t, http.StatusCreated, "POST", o.in("/invites"), creator.token, settings))
}

var anyone = object{"access": "anyone", "expiration": "never"}

// join brings new people of these roles into the organization and its group. It leaves no link.
func (o org) join(t testing.TB, roles ...string) []person {
	t.Helper()
	door := o.link(t, o.admin, anyone)
	people := make([]person, len(roles))
	for i, role := range roles {
		people[i] = o.s.person(t, role)
		o.s.redeem(t, people[i], door.code(t), http.StatusCreated)
		if role != "user" {
			o.role(t, people[i], role)
		}
	}
	o.s.want(t, http.StatusNoContent, "DELETE", o.invite(door), o.admin.token, nil)
	return people
}

// role gives a member a role.
func (o org) role(t testing.TB, p person, role string) {
	t.Helper()
	o.s.want(t, http.StatusOK, "PATCH", o.member(p), o.admin.token, object{"role": role})
}

// addPeople sets who, beside admins, may add new people.
func (o org) addPeople(t testing.TB, roles ...string) {
	t.Helper()
	o.s.want(t, http.StatusOK, "PATCH", o.path(""), o.admin.token, object{"addPeople": append([]string{"admin"}, roles...)})
}

// members gives the group's members by id.
func (o org) members(t testing.TB) map[string]member {
	t.Helper()
	return everybody(t, o.s, o.in("/members"), o.admin.token)
}

// everybody reads all pages of a list of members.
func everybody(t testing.TB, s *site, path, token string) map[string]member {
	t.Helper()
	byID := map[string]member{}
	for query := ""; ; {
		page := get[list[member]](t, s, path+query, token)
		for _, m := range page.Items {
			if _, twice := byID[m.ID]; twice {
				t.Errorf("%s is listed twice", m.ID)
			}
			byID[m.ID] = m
		}
		if page.NextCursor == nil {
			return byID
		}
		query = "?cursor=" + *page.NextCursor
	}
}

// redeem redeems a code and gives the answer, which must have the status.
func (s *site) redeem(t testing.TB, p person, code string, status int) answer {
	t.Helper()
	return s.want(t, status, "POST", "/v1/invites/redeem", p.token, object{"code": code})
}

// refused redeems a code, which must be refused.
func (s *site) refused(t testing.TB, p person, code string, status int, why string) {
	t.Helper()
	s.send(t, "POST", "/v1/invites/redeem", p.token, object{"code": code}).refusal(t, status, why)
}

// state reads a link's state in all three places that show it, which must agree.
func (o org) state(t testing.TB, viewer person, l link) string {
	t.Helper()
	state := get[link](t, o.s, o.invite(l), viewer.token).State
	shown := read[preview](t, o.s.want(t, http.StatusOK, "POST", "/v1/invites/preview", "", object{"code": l.code(t)}))
	if shown.State != state {
		t.Errorf("the preview says %s, the link %s", shown.State, state)
	}
	for _, listed := range get[list[link]](t, o.s, o.in("/invites"), viewer.token).Items {
		if listed.ID == l.ID && listed.State != state {
			t.Errorf("the list says %s, the link %s", listed.State, state)
		}
	}
	return state
}

// The table, past the API.

// rows gives the rows that have one of the ids in their key, as text by key.
func (s *site) rows(t testing.TB, ids ...string) map[string]string {
	t.Helper()
	var filter []string
	values := map[string]types.AttributeValue{}
	for i, id := range ids {
		name := ":" + strconv.Itoa(i)
		filter = append(filter, "contains(pk, "+name+") OR contains(sk, "+name+")")
		values[name] = &types.AttributeValueMemberS{Value: id}
	}
	found := map[string]string{}
	pages := dynamodb.NewScanPaginator(s.DynamoDB(), &dynamodb.ScanInput{
		TableName: aws.String(s.TableName()), ConsistentRead: aws.Bool(true),
		FilterExpression: aws.String(strings.Join(filter, " OR ")), ExpressionAttributeValues: values,
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Items {
			found[text(row["pk"])+" "+text(row["sk"])] = text(&types.AttributeValueMemberM{Value: row})
		}
	}
	return found
}

// text gives an attribute's value in words.
func text(v types.AttributeValue) string {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return v.Value
	case *types.AttributeValueMemberN:
		return v.Value
	case *types.AttributeValueMemberSS:
		return fmt.Sprint(slices.Sorted(slices.Values(v.Value)))
	case *types.AttributeValueMemberM:
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(v.Value)) {
			parts = append(parts, name+"="+text(v.Value[name]))
		}
		return strings.Join(parts, " ")
	}
	return fmt.Sprintf("%T", v)
}

// writesNothing runs act, which must leave the rows with these ids as they are.
func (s *site) writesNothing(t testing.TB, ids []string, act func()) {
	t.Helper()
	s.settled(t)
	before := s.rows(t, ids...)
	act()
	s.settled(t)
	after := s.rows(t, ids...)
	for key := range after {
		if after[key] != before[key] {
			t.Errorf("written: %s, before: %s", after[key], before[key])
		}
	}
	for key := range before {
		if _, there := after[key]; !there {
			t.Errorf("gone: %s", before[key])
		}
	}
}

// settled waits until everything that follows from what was written so far has been written too.
func (s *site) settled(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for range settledAfter {
		if err := s.StreamIdle(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

// settledAfter is how many changes may follow from one another: something is deleted, its clearing begins, takes a step, and ends.
const settledAfter = 4

// key is that of a link's row.
func (o org) key(l link) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"pk": &types.AttributeValueMemberS{Value: "I#" + o.group}, "sk": &types.AttributeValueMemberS{Value: l.ID},
	}
}

// set changes one number of a link's row, as only time could.
func (o org) set(t testing.TB, l link, attribute string, to time.Time) {
	t.Helper()
	_, err := o.s.DynamoDB().UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName:                 aws.String(o.s.TableName()),
		Key:                       o.key(l),
		UpdateExpression:          aws.String("SET #a = :to"),
		ConditionExpression:       aws.String("attribute_exists(pk)"),
		ExpressionAttributeNames:  map[string]string{"#a": attribute},
		ExpressionAttributeValues: map[string]types.AttributeValue{":to": &types.AttributeValueMemberN{Value: strconv.FormatInt(to.Unix(), 10)}},
	})
	if err != nil {
		t.Fatal(err)
	}
}
