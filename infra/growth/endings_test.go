package growth

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/invite"
	"group-invites/shared/tally"
)

// endingRuns has one run that is measured: the one that ends what has grown. Before and after it others go that end something new.
const endingRuns = warm + 1 + slow

// endings are the operations after which a link that let all of them in is gone, and then the group.
func (l *loaded) endings() []operation {
	ctx := l.Context()
	var link invite.ID
	var group directory.GroupID
	return []operation{
		{name: "delete the link by which all came", once: true, before: func(i int) error {
			if link = l.open.ID; i != warm {
				link = l.Link(admin, l.group, Anyone).ID
			}
			return nil
		}, do: func(int) error { return l.Invites.Delete(ctx, admin, l.group.ID, link) }},
		{name: "delete the group", once: true, before: func(i int) error {
			if group = l.group.ID; i != warm {
				group = l.Group(admin, l.org, "Another").ID
			}
			return nil
		}, do: func(int) error { return l.Directory.DeleteGroup(ctx, admin, group) }},
	}
}

// A step of clearing a group takes 100 rows of each kind, if there are so many: it lists them by 12 queries (links, mails, requests, decisions, and members in
// four lists and those who are out in four more), deletes them by 25, and writes the next step.
const (
	leastOfStep     = 100
	mostCallsOfStep = 12 + 12*leastOfStep/25 + 1
)

// cleared is what it took to clear a group away.
type cleared struct {
	steps, calls int // the most of a step
	write        float64
	took         time.Duration
}

// clear clears the group away after it was deleted, as the tally does from the stream, and sees that nothing is left of it.
func (l *loaded) clear() (c cleared) {
	l.Helper()
	ctx := l.Context()
	begun := time.Now()
	service := &tally.Service{Store: l.Table}
	mark := "C#group#" + l.group.ID.String()
	for going := true; going; c.steps++ {
		l.Faults.Reset(nil)
		err := service.Apply(ctx, []tally.Change{{Clear: &tally.Clear{Kind: tally.ClearGroup, Org: l.org.ID, Group: l.group.ID, Step: int64(c.steps)}}})
		if err != nil {
			l.Fatal(err)
		}
		cost := l.Faults.Cost()
		c.calls, c.write = max(c.calls, cost.Calls), max(c.write, cost.WriteUnits)
		next, err := l.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(tableName), Key: keys(mark, "C"), ConsistentRead: aws.Bool(true)})
		if err != nil {
			l.Fatal(err)
		}
		going = next.Item != nil
	}
	c.took = time.Since(begun)
	links, _, err := l.Table.GroupInvites(ctx, l.group.ID, invite.ID{}, 1)
	if err != nil || len(links) > 0 {
		l.Errorf("links are left of the group: %v %v", links, err)
	}
	people, _, err := l.Table.GroupMemberIDs(ctx, l.group.ID, directory.UserID{}, 1)
	if err != nil || len(people) > 0 {
		l.Errorf("members are left of the group: %v %v", people, err)
	}
	return c
}
