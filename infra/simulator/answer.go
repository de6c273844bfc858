package simulator

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
)

// Answers of DynamoDB's own, in the shape that it has them
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html).

const errorPrefix = "com.amazonaws.dynamodb.v20120810#"

const (
	throttled = "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so " +
		"please try again shortly."
	exceeded = "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level " +
		"with the UpdateTable API."
	conflicting = "Transaction is ongoing for the item"
	cancelled   = "Transaction cancelled, please refer cancellation reasons for specific reasons"
)

// Reasons of a cancelled transaction.
const (
	none     = "None"
	conflict = "TransactionConflict"
	throttle = "ThrottlingError"
)

type reason struct {
	Code    string
	Message string `json:",omitempty"`
}

func answer(request *http.Request, status int, header http.Header, body []byte) *http.Response {
	return &http.Response{
		Status: http.StatusText(status), StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: request,
	}
}

// refuse answers 400 with an error.
func refuse(request *http.Request, code, message string, reasons []reason) (*http.Response, error) {
	body, err := json.Marshal(struct {
		Type                string   `json:"__type"`
		Message             string   `json:"message"`
		CancellationReasons []reason `json:",omitempty"`
	}{errorPrefix + code, message, reasons})
	if err != nil {
		return nil, err
	}
	header := http.Header{"Content-Type": {"application/x-amz-json-1.0"}}
	return answer(request, http.StatusBadRequest, header, body), nil
}
