package dynamo

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
	"group-invites/shared/invite"
	"group-invites/shared/mail"
)

// Deliveries: how they are written and read, and how they come about. outbox.go has what becomes of them.

func deliveryItem(d mail.Delivery) item {
	row := newItem(deliveryKey(d.Key))
	row["kind"], row["state"] = str(string(d.Kind)), str(string(d.State))
	row["sends"], row["attempts"] = num(int64(d.Sends)), num(int64(d.Attempts))
	row["createdAt"], row["updatedAt"] = millis(d.CreatedAt), millis(d.UpdatedAt)
	for name, text := range map[string]string{
		"to": d.To.String(), "reason": string(d.Reason), "detail": d.Detail, "claim": d.Claim, "countedOn": d.CountedOn,
		"messageId": d.MessageID,
	} {
		if text != "" {
			row[name] = str(text)
		}
	}
	for name, user := range map[string]directory.UserID{"user": d.User, "sentBy": d.SentBy} {
		if user != (directory.UserID{}) {
			row[name] = str(user.String())
		}
	}
	if d.Digest != (mail.ID{}) {
		row["digest"] = str(d.Digest.String())
	}
	if d.Fresh {
		row["fresh"] = num(1)
	}
	if !d.ClearAt.IsZero() {
		row["ttl"] = seconds(d.ClearAt)
	}
	if d.State == mail.StateQueued {
		row["dueAt"] = millis(d.DueAt)
		dueKey(d.Key, d.DueAt).listed(row)
	}
	return row
}

func readDelivery(row item) (mail.Delivery, error) {
	k, ok := parseDeliveryKey(keyOf(row))
	if !ok {
		return mail.Delivery{}, badKey(row)
	}
	r := reader{row: row}
	d := mail.Delivery{
		Key: k, Kind: mail.Kind(r.str("kind")), State: mail.State(r.str("state")), Reason: mail.Reason(r.str("reason")), Detail: r.str("detail"),
		Fresh: r.num("fresh") == 1, Sends: int(r.num("sends")), Attempts: int(r.num("attempts")), DueAt: r.millis("dueAt"),
		Claim: r.str("claim"), CountedOn: r.str("countedOn"), MessageID: r.str("messageId"),
		CreatedAt: r.millis("createdAt"), UpdatedAt: r.millis("updatedAt"), ClearAt: r.seconds("ttl"),
	}
	if to := r.str("to"); to != "" {
		var fault string
		if d.To, fault = mail.ParseAddress(to); fault != "" {
			r.failed("to", "an address")
		}
	}
	for name, user := range map[string]*directory.UserID{"user": &d.User, "sentBy": &d.SentBy} {
		if row[name] != nil {
			*user = idOf(&r, name, directory.ParseUserID)
		}
	}
	if row["digest"] != nil {
		d.Digest = idOf(&r, "digest", mail.ParseID)
	}
	return d, r.fault
}

// deliveryUnchanged holds for a row that is still as it was read: what becomes of a mail changes its state, or raises one of the counts.
const deliveryUnchanged = "#state = :wasState AND sends = :wasSends AND attempts = :wasAttempts"

// changeDelivery writes a delivery whole, in the place of what it was.
func changeDelivery(before, after mail.Delivery) put {
	return put{row: deliveryItem(after), condition: deliveryUnchanged, values: item{
		":wasState": str(string(before.State)), ":wasSends": num(int64(before.Sends)), ":wasAttempts": num(int64(before.Attempts)),
	}}
}

// mails makes the writes of deliveries with the reservation of their quota.
func (t *Table) mails(m invite.Mails) (writes []types.TransactWriteItem) {
	for _, d := range m.New {
		writes = append(writes, types.TransactWriteItem{Put: t.transactPut(put{row: deliveryItem(d)})})
	}
	for _, c := range m.Changed {
		writes = append(writes, types.TransactWriteItem{Put: t.transactPut(changeDelivery(c.Before, c.After))})
	}
	r := m.Reservation
	if r.Count == 0 {
		return writes
	}
	for _, limit := range []struct {
		key key
		max int
	}{{senderQuotaKey(r.QuotaKey), r.SenderMax}, {orgQuotaKey(r.QuotaKey), r.OrgMax}} {
		writes = append(writes, types.TransactWriteItem{Update: t.transactUpdate(count(limit.key, r.Day, r.Count, limit.max))})
	}
	return writes
}

// quotaLife is how long after the day has begun its counters are kept.
const quotaLife = 48 * time.Hour

// count raises a day's counter, unless that is beyond the limit.
func count(k key, day string, n, limit int) update {
	begin, _ := time.Parse(time.DateOnly, day) // made by package mail
	return update{
		key:       k,
		update:    "SET #ttl = :ttl, v = :v ADD mails :n",
		condition: "attribute_not_exists(mails) OR mails <= :room",
		values: item{
			":ttl": seconds(begin.Add(quotaLife)), ":v": num(schemaVersion), ":n": num(int64(n)), ":room": num(int64(limit - n)),
		},
	}
}

// SendMails implements [invite.Store].
func (t *Table) SendMails(ctx context.Context, group directory.GroupID, id invite.ID, m invite.Mails) error {
	exists := types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
		TableName: &t.name, Key: inviteKey(group, id).attributes(), ConditionExpression: aws.String(mustExist),
	}}
	return t.transact(ctx, "send mails", append(t.mails(m), exists)...)
}

// Recipients implements [invite.Store].
func (t *Table) Recipients(ctx context.Context, group directory.GroupID, id invite.ID, from string, limit int) (deliveries []mail.Delivery, next string, err error) {
	rows, more, err := t.query(ctx, query{partition: deliveryPartition(group, id), after: from, limit: limit})
	if err != nil {
		return nil, "", err
	}
	for _, row := range rows {
		d, err := readDelivery(row)
		if err != nil {
			return nil, "", err
		}
		deliveries = append(deliveries, d)
	}
	if more {
		next = keyOf(rows[len(rows)-1]).sk
	}
	return deliveries, next, nil
}

// readSent finds the counters of a sender and his organization.
func readSent(rows map[key]item, q mail.QuotaKey) (mail.Sent, error) {
	sender, org := reader{row: rows[senderQuotaKey(q)]}, reader{row: rows[orgQuotaKey(q)]}
	sent := mail.Sent{Sender: int(sender.num("mails")), Org: int(org.num("mails"))}
	if sender.fault != nil {
		return sent, sender.fault
	}
	return sent, org.fault
}
