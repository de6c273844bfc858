package queue

import (
	"group-invites/infra/local/lambda"
	"group-invites/infra/local/template"
)

// RequestContext tells, in a message of Lambda's, of the last call of a function with what was given up.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
type RequestContext struct {
	RequestID              string `json:"requestId"`
	FunctionARN            string `json:"functionArn"`
	Condition              string `json:"condition"` // why it was given up
	ApproximateInvokeCount int    `json:"approximateInvokeCount"`
}

// ResponseContext tells how that call ended.
type ResponseContext struct {
	StatusCode      int    `json:"statusCode"`
	ExecutedVersion string `json:"executedVersion"`
	FunctionError   string `json:"functionError,omitempty"`
}

// Contexts are those of a function that was called so often; last is the last of its calls. The second is nil where there
// was none.
func Contexts(function, condition string, calls int, last lambda.Result) (RequestContext, *ResponseContext) {
	request := RequestContext{
		RequestID: last.RequestID, FunctionARN: template.FunctionARN(function), Condition: condition, ApproximateInvokeCount: calls,
	}
	if calls == 0 {
		return request, nil
	}
	response := &ResponseContext{StatusCode: 200, ExecutedVersion: "$LATEST"}
	if last.FunctionError != "" {
		response.FunctionError = "Unhandled"
	}
	return request, response
}
