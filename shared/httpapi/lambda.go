package httpapi

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/awslabs/aws-lambda-go-api-proxy/httpadapter"

	"group-invites/shared/directory"
)

// Start serves a function's handler for as long as Lambda keeps the process. It doesn't return.
func Start(handler http.Handler) { lambda.Start(Adapt(handler)) }

// errPayload says that the function was invoked with something else than an event of an HTTP API.
var errPayload = errors.New(`not an API Gateway HTTP API event: "version" is not "2.0" (see infra/events for examples)`)

// Adapt turns a handler into a Lambda function for API Gateway's payload format 2.0
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html).
//
// The adapter of aws-lambda-go-api-proxy makes the http.Request. What it would get wrong, or trip over, is put right before:
// the path comes decoded and is escaped again; the query is made one that parses; headers by which its own context could be forged
// are dropped; and so are cookies, which nothing here reads. A request that it still can't take is answered 400. The caller is
// taken from the event itself. An event of another kind is an error: that is a faulty deployment, not a request.
func Adapt(handler http.Handler) func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	adapter := httpadapter.NewV2(handler)
	log := lambdacontext.NewLogger()
	return func(ctx context.Context, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		if event.Version != "2.0" {
			return events.APIGatewayV2HTTPResponse{}, errPayload
		}
		ctx = context.WithValue(ctx, routeKey{}, event.RouteKey)
		if a := event.RequestContext.Authorizer; a != nil && a.JWT != nil {
			ctx = withClaims(ctx, a.JWT.Claims)
		}
		event, ok := sanitize(event)
		if !ok {
			return unreadable(ctx, log), nil
		}
		response, err := adapter.ProxyWithContext(ctx, event)
		if err != nil {
			return unreadable(ctx, log), nil
		}
		return response, nil
	}
}

// brokenQuery stands for any query that can't be parsed, and can't either: those who read the query see that it is broken.
const brokenQuery = "%"

type routeKey struct{}

// routedAs tells whether API Gateway took the request for that route too. It matches paths as they were sent and hands them over decoded,
// so that a %2F could make two routes of one; throttle, authorizer and access log went by its own.
func routedAs(ctx context.Context, route Route) bool {
	key, _ := ctx.Value(routeKey{}).(string)
	return key == "" || key == "$default" || key == route.String()
}

// sanitize makes an event that the adapter takes, whatever the client sent. ok is false for a method or a body that can't be one.
func sanitize(event events.APIGatewayV2HTTPRequest) (_ events.APIGatewayV2HTTPRequest, ok bool) {
	event.RawPath = (&url.URL{Path: "/" + strings.TrimPrefix(event.RawPath, "/")}).EscapedPath()
	if query, err := url.ParseQuery(event.RawQueryString); err == nil {
		event.RawQueryString = query.Encode()
	} else {
		event.RawQueryString = brokenQuery
	}
	event.QueryStringParameters = nil // the raw query is the whole of it
	event.Cookies = nil
	event.RequestContext.DomainName = "api.internal" // nothing is decided by the host, so no host can spoil the URL
	headers := make(map[string]string, len(event.Headers))
	for name, value := range event.Headers {
		name = textproto.CanonicalMIMEHeaderKey(name)
		if strings.HasPrefix(name, "X-Golambdaproxy-") || name == "Cookie" {
			continue
		}
		headers[name] = value
	}
	event.Headers = headers
	if event.IsBase64Encoded {
		body, err := base64.StdEncoding.DecodeString(event.Body)
		if err != nil {
			return event, false
		}
		event.Body, event.IsBase64Encoded = string(body), false
	}
	return event, !strings.ContainsFunc(event.RequestContext.HTTP.Method, notToken)
}

// notToken tells whether the character can't be in a method (RFC 9110, section 5.6.2).
func notToken(c rune) bool {
	return c <= ' ' || c > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c)
}

// unreadable answers a request that can't be made into one, and logs that.
func unreadable(ctx context.Context, log *slog.Logger) events.APIGatewayV2HTTPResponse {
	problem, _ := problemOf(directory.Invalid("request", "can't be read"), requestID(ctx))
	log.InfoContext(ctx, "request", "route", "unreadable", "status", problem.Status, "code", problem.Code)
	body, err := json.Marshal(problem)
	if err != nil {
		panic(err) // a problem is texts and numbers
	}
	headers := maps.Clone(always)
	headers["Content-Type"] = "application/problem+json"
	return events.APIGatewayV2HTTPResponse{StatusCode: problem.Status, Headers: headers, Body: string(body)}
}
