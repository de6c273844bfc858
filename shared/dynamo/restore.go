package dynamo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
	"group-invites/shared/mail"
)

// Restoring: a table that a backup was restored to is copied into a new one, which functions follow. What they make of the rows that come is
// harmless, because it is the same again: joins are counted by rows that are there already, and audit entries have the same keys. Where it isn't, the order of copying
// or a change of the row makes it so.

// restorePasses select what is copied, one after the other. Organizations and groups go first, because the tally drops what comes into
// one that isn't there; links and joins before members, because it counts a join that isn't there; steps of clearing go last, because a step that
// finds nothing ends.
var restorePasses = []string{
	"begins_with(pk, :o) OR begins_with(pk, :g)",
	"NOT (begins_with(pk, :o) OR begins_with(pk, :g) OR begins_with(pk, :u) OR begins_with(pk, :c))",
	"begins_with(pk, :u)",
	"begins_with(pk, :c)",
}

// RestorePasses is how many passes [Table.Restore] takes.
var RestorePasses = len(restorePasses)

// Restored is what a page of a copy came to.
type Restored struct {
	Rows   int     // copied
	Closed int     // of them mails that waited to be sent, and won't be
	Faults []error // rows that weren't copied, because nobody can tell whether they would send a mail
	Next   string  // where the pass goes on, "" at its end
}

// Restore copies a page of a pass, counted from 0, from another table, whatever is in this one. It may be repeated.
//
// Mails that waited to be sent are closed as given up: whether they were sent between the moment of the backup and now, nobody knows, and nobody is to be mailed
// twice. Who had them sent sees so, and can send them again.
func (t *Table) Restore(ctx context.Context, from *Table, pass int, position string, now time.Time) (Restored, error) {
	var r Restored
	values := item{}
	for _, name := range []string{"o", "g", "u", "c"} {
		values[":"+name] = str(map[string]string{"o": "O#", "g": "G#", "u": "U#", "c": clearPrefix}[name])
	}
	switch pass { // DynamoDB refuses values that an expression doesn't use
	case 0:
		delete(values, ":u")
		delete(values, ":c")
	case 2:
		values = item{":u": values[":u"]}
	case 3:
		values = item{":c": values[":c"]}
	}
	rows, next, err := from.scan(ctx, dynamodb.ScanInput{FilterExpression: &restorePasses[pass], ExpressionAttributeValues: values}, position)
	if err != nil {
		return r, err
	}
	var copies []item
	for _, row := range rows {
		if !isDelivery(row) {
			copies = append(copies, row)
			continue
		}
		d, err := readDelivery(row)
		if err != nil {
			r.Faults = append(r.Faults, err)
			continue
		}
		if d.State == mail.StateQueued {
			d.State, d.Reason, d.Fresh, d.DueAt, d.UpdatedAt = mail.StateDropped, mail.ReasonGaveUp, false, time.Time{}, now.UTC().Truncate(time.Millisecond)
			row = deliveryItem(d)
			r.Closed++
		}
		copies = append(copies, row)
	}
	r.Rows, r.Next = len(copies), next
	return r, t.putAll(ctx, "restore", copies)
}

func isDelivery(row item) bool {
	pk := keyOf(row).pk
	return len(pk) > len(deliveryPrefix) && pk[:len(deliveryPrefix)] == deliveryPrefix
}

// Empty tells whether the table has no row.
func (t *Table) Empty(ctx context.Context) (bool, error) {
	rows, _, err := t.scan(ctx, dynamodb.ScanInput{Limit: aws.Int32(1)}, "")
	return len(rows) == 0, err
}

// AuditSince reads some of all organizations' audit entries of an instant and later, in no order, from a position ("": the beginning).
// next is where it goes on, "" at the end. Rows that can't be read give an error beside the others.
func (t *Table) AuditSince(ctx context.Context, since time.Time, position string) (entries []directory.AuditEntry, next string, err error) {
	rows, next, err := t.scan(ctx, dynamodb.ScanInput{
		FilterExpression:          aws.String("begins_with(pk, :a) AND sk >= :since"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":a": str("A#"), ":since": str(fmt.Sprintf("%013d", since.UnixMilli()))},
	}, position)
	if err != nil {
		return nil, "", err
	}
	for _, row := range rows {
		org, ok := directory.ParseOrgID(keyOf(row).pk[len("A#"):])
		entry, fault := readAudit(org, row)
		if !ok {
			fault = badKey(row)
		}
		if fault != nil {
			err = errors.Join(err, fault)
			continue
		}
		entries = append(entries, entry)
	}
	return entries, next, err
}
