package dynamo

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/mail"
)

// Addresses that want mail again. outbox.go has how they come to get none.

// OptIn implements [optout.Store]. The row stays, for it may tell of a bounce or a complaint too.
func (t *Table) OptIn(ctx context.Context, address mail.AddressKey) error {
	name := suppressedAttributes[mail.ReasonOptedOut]
	err := t.update(ctx, "opt in", update{key: suppressionKey(address), update: "REMOVE " + name, condition: "attribute_exists(" + name + ")"})
	if failed := new(types.ConditionalCheckFailedException); errors.As(err, &failed) {
		return nil // it hadn't said so
	}
	return err
}

// QueueConfirmation implements [optout.Store].
func (t *Table) QueueConfirmation(ctx context.Context, d mail.Delivery) error {
	return t.put(ctx, "queue confirmation", put{row: deliveryItem(d)})
}
