package dynamo

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"group-invites/shared/directory"
)

// Reasons of a cancelled transaction, one an item, in the order of the items
// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html).
const (
	reasonNone      = "None"
	reasonCondition = "ConditionalCheckFailed"
	reasonConflict  = "TransactionConflict"
)

// verdict turns an error of the SDK into one of the domain's: [directory.ErrChanged], [directory.ErrUnavailable] ([directory.ErrBusy] where it is
// sure that nothing was done), or a fault of ours.
// The cause stays in it, for the log.
func verdict(call string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w: %w", call, kind(err), err)
}

var errBusy = errors.New("rows were left unread for too long")

var errFault = errors.New("table fault") // a fault of ours: a call that can't succeed by repeating

func kind(err error) error {
	if cancelled := new(types.TransactionCanceledException); errors.As(err, &cancelled) {
		return kindOfCancelled(reasons(cancelled))
	}
	if api := smithy.APIError(nil); errors.As(err, &api) {
		switch api.ErrorCode() {
		case "ConditionalCheckFailedException", "TransactionConflictException", "TransactionInProgressException":
			return directory.ErrChanged
		case "ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException":
			return directory.ErrBusy
		case "InternalServerError":
			return directory.ErrUnavailable
		}
		if api.ErrorFault() == smithy.FaultServer {
			return directory.ErrUnavailable
		}
	}
	if status := new(smithyhttp.ResponseError); errors.As(err, &status) && status.HTTPStatusCode() >= 500 {
		return directory.ErrUnavailable
	}
	if errors.Is(err, errBusy) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return directory.ErrUnavailable
	}
	// No answer, or half of one: refused, reset, timed out.
	if send := new(smithyhttp.RequestSendError); errors.As(err, &send) {
		return directory.ErrUnavailable
	}
	if network := net.Error(nil); errors.As(err, &network) {
		return directory.ErrUnavailable
	}
	if broken := new(smithy.DeserializationError); errors.As(err, &broken) {
		return directory.ErrUnavailable
	}
	return errFault
}

// kindOfCancelled: a throttle among the reasons means that the table is too busy, and repeating at once would add to that.
func kindOfCancelled(reasons []string) error {
	result := directory.ErrChanged
	for _, r := range reasons {
		switch r {
		case reasonNone, reasonCondition, reasonConflict:
		case "ThrottlingError", "ProvisionedThroughputExceeded":
			result = directory.ErrBusy
		default: // ValidationError, ItemCollectionSizeLimitExceeded, AccessDenied
			return errFault
		}
	}
	return result
}

func reasons(cancelled *types.TransactionCanceledException) []string {
	codes := make([]string, len(cancelled.CancellationReasons))
	for i, r := range cancelled.CancellationReasons {
		codes[i] = reasonNone
		if r.Code != nil {
			codes[i] = *r.Code
		}
	}
	return codes
}

// conditionOf tells whether the transaction was cancelled because of the condition on that item, among other reasons or not.
func conditionOf(err error, item int) bool {
	cancelled := new(types.TransactionCanceledException)
	if !errors.As(err, &cancelled) {
		return false
	}
	codes := reasons(cancelled)
	return item < len(codes) && codes[item] == reasonCondition
}

// onlyConditionOf tells whether the transaction was cancelled because of the condition on that item, and for no other reason: then
// the cancellation is an answer about that item.
func onlyConditionOf(err error, item int) bool {
	cancelled := new(types.TransactionCanceledException)
	if !errors.As(err, &cancelled) {
		return false
	}
	for i, r := range reasons(cancelled) {
		if i == item && r != reasonCondition || i != item && r != reasonNone {
			return false
		}
	}
	return true
}
