package events_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"group-invites/infra/local/issuer"
	"group-invites/infra/local/project"
	"group-invites/infra/local/seed"
	"group-invites/infra/local/stack"
	"group-invites/infra/local/template"
	"group-invites/shared/directory"
	"group-invites/shared/httpapi"
	"group-invites/shared/linkcode"
	"group-invites/shared/mail"
)

var update = flag.Bool("update", false, "write the event files anew")

// The local stack on its default address.
const (
	baseURL   = "http://127.0.0.1:8080"
	issuerURL = baseURL + "/dev/oidc"
	awsURL    = "http://127.0.0.1:8081" // the next port that is free
)

// description is what an event file is made of. Parameters of the path are written as {name}=value.
type description struct {
	method, route string
	parameters    map[string]string
	who           string // empty: nobody is signed in
	body          string // JSON, or a form
}

// machine is who calls where that is no person.
const machine = "the host product"

func descriptions(t *testing.T) map[string]description {
	ring, err := linkcode.NewSource(t.Context(), template.DefaultStackName, time.Now, func(context.Context) ([]byte, error) {
		return []byte(stack.DevelopmentKeyRing), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	seeded, err := seed.Plan(t.Context(), seed.Options{Ring: ring, BaseURL: baseURL, Issuer: issuerURL})
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(seeded.LinkURL, "#")
	keys, err := ring.Ring(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	unsubscribe := keys.SignAddress(linkcode.Unsubscribe, mira(t).Key(), time.Time{})
	group := map[string]string{"groupId": seeded.Group.String()}
	link := map[string]string{"groupId": seeded.SecondGroup.String(), "inviteId": seeded.Link.String()}
	return map[string]description{
		"create-invite":        {"POST", "/v1/groups/{groupId}/invites", group, "admin", `{"expiration":"7d","access":"anyone"}`},
		"redeem-invite":        {"POST", "/v1/invites/redeem", nil, "newcomer", `{"code":"` + code + `"}`},
		"list-invites":         {"GET", "/v1/groups/{groupId}/invites", group, "manager", ""},
		"list-invites-one":     {"GET", "/v1/groups/{groupId}/invites/{inviteId}", link, "admin", ""},
		"send-invite":          {"POST", "/v1/groups/{groupId}/invites/{inviteId}/emails", link, "admin", `{"emails":["mira@example.com"]}`},
		"delete-invite":        {"DELETE", "/v1/groups/{groupId}/invites/{inviteId}", link, "admin", ""},
		"access-requests":      {"POST", "/v1/invites/access-requests", nil, "newcomer", `{"code":"` + code + `","message":"We met at the hut on Sunday."}`},
		"access-requests-list": {"GET", "/v1/groups/{groupId}/access-requests", group, "manager", ""},
		"preview-invite":       {"POST", "/v1/invites/preview", nil, "", `{"code":"` + code + `"}`},
		"unsubscribe":          {"POST", "/v1/unsubscribe/{token}", map[string]string{"token": unsubscribe}, "", "List-Unsubscribe=One-Click"},
		"directory":            {"GET", "/v1/me", nil, "user", ""},
		"directory-create":     {"POST", "/v1/orgs", nil, "newcomer", `{"name":"Harbour Choir"}`},
		"directory-sync": {"POST", "/v1/directory/bulk", nil, machine, `{"operations":[{"op":"put_org","org":"T024BE7LD","name":"Harbour Choir"},` +
			`{"op":"put_group","org":"T024BE7LD","group":"R1","name":"Tenors"},{"op":"put_member","org":"T024BE7LD","member":"dev|user","groups":["R1"]}]}`},
		"web": {"GET", "/openapi.json", nil, "", ""},
	}
}

func TestEvents_AreWhatTheSeededStackExpects(t *testing.T) {
	for name, d := range descriptions(t) {
		want := text(t, event(t, d))
		file := name + ".json"
		if *update {
			if err := os.WriteFile(file, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not as it would be written now; if that is meant, run with -update", file)
		}
	}
}

// TestEvents_TallyGetsARecordOfTheStream: the event of the one function that isn't called by requests, with the seeded organization as it
// was created. What follows from that is there already, and is written again.
func TestEvents_TallyGetsARecordOfTheStream(t *testing.T) {
	org := descriptions(t)["create-invite"].parameters["groupId"][:10]
	admin := directory.NewUserID(issuerURL, "dev|admin").String()
	at := strconv.Itoa(seededAt)
	want, err := json.MarshalIndent(map[string]any{"Records": []any{map[string]any{
		"eventID": "event-file", "eventName": "INSERT", "eventVersion": "1.1", "eventSource": "aws:dynamodb", "awsRegion": template.Region,
		"dynamodb": map[string]any{
			"Keys": map[string]any{"pk": map[string]string{"S": "O#" + org}, "sk": map[string]string{"S": "O"}},
			"NewImage": map[string]any{
				"pk": map[string]string{"S": "O#" + org}, "sk": map[string]string{"S": "O"}, "v": map[string]string{"N": "1"},
				"name": map[string]string{"S": seed.OrgName}, "addPeople": map[string][]string{"SS": {"admin"}},
				"createdAt": map[string]string{"N": at}, "createdBy": map[string]string{"S": admin},
				"version": map[string]string{"N": "1"}, "admins": map[string]string{"N": "1"},
			},
			"SequenceNumber": "1", "SizeBytes": 200, "StreamViewType": "NEW_AND_OLD_IMAGES", "ApproximateCreationDateTime": seededAt / 1000,
		},
	}}}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile("tally.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile("tally.json"); err != nil || !bytes.Equal(got, want) {
		t.Errorf("tally.json is not as it would be written now (%v); if that is meant, run with -update", err)
	}
}

// mira is the address of whom the event files send mail to.
func mira(t *testing.T) mail.Address {
	t.Helper()
	to, fault := mail.ParseAddress("mira@example.com")
	if fault != "" {
		t.Fatal(fault)
	}
	return to
}

// TestEvents_MailFunctionsGetTheirEvents: the tick of the mailer's schedule, and what SES tells of the mail that send-invite has had sent.
func TestEvents_MailFunctionsGetTheirEvents(t *testing.T) {
	to := mira(t)
	link := descriptions(t)["send-invite"].parameters
	const at = "2026-01-01T09:00:00Z"
	event := func(kind, source string, detail any) any {
		return map[string]any{
			"version": "0", "id": "event-file", "detail-type": kind, "source": source, "account": template.AccountID, "time": at,
			"region": template.Region, "resources": []string{}, "detail": detail,
		}
	}
	for file, content := range map[string]any{
		"mailer.json": event("Scheduled Event", "aws.events", map[string]any{}),
		"mail-feedback.json": event("Email Bounced", "aws.ses", map[string]any{
			"eventType": "Bounce",
			"bounce": map[string]any{
				"timestamp": at, "bounceType": "Permanent", "bounceSubType": "General", "feedbackId": "event-file",
				"bouncedRecipients": []any{map[string]string{
					"emailAddress": to.String(), "action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown",
				}},
			},
			"mail": map[string]any{
				"timestamp": at, "messageId": "event-file", "source": "invites@example.com", "destination": []string{to.String()},
				"tags": map[string][]string{
					"ses:configuration-set": {template.DefaultStackName + "-MailConfigurationSet"},
					"delivery":              {link["groupId"] + "-" + link["inviteId"] + "-" + to.ID().String() + "-1"},
				},
			},
		}),
	} {
		want, err := json.MarshalIndent(content, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, '\n')
		if *update {
			if err := os.WriteFile(file, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not as it would be written now (%v); if that is meant, run with -update", file, err)
		}
	}
}

// TestEvents_TokenClaimsGetsWhatCognitoSends when Ada signs in to a user pool of the template.
func TestEvents_TokenClaimsGetsWhatCognitoSends(t *testing.T) {
	admin, err := issuer.PersonOf("admin")
	if err != nil {
		t.Fatal(err)
	}
	event := issuer.TokenEvent(template.Region+"_UserPool", admin, template.DefaultStackName+"-WebClient", []string{"openid", "profile", "email", "group-invites/use"})
	want, err := json.MarshalIndent(event, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile("token-claims.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile("token-claims.json"); err != nil || !bytes.Equal(got, want) {
		t.Errorf("token-claims.json is not as it would be written now (%v); if that is meant, run with -update", err)
	}
}

// seededAt is when what is seeded was made, in Unix milliseconds.
const seededAt = 1767258000000

// text gives an event as a file holds it. What the Go type says of client certificates is left out: there is none.
func text(t *testing.T, e events.APIGatewayV2HTTPRequest) []byte {
	t.Helper()
	raw, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(raw, &fields); err != nil {
		t.Fatal(err)
	}
	delete(fields["requestContext"].(map[string]any), "authentication")
	out, err := json.MarshalIndent(fields, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(out, '\n')
}

// event makes the event of a request, as API Gateway would.
func event(t *testing.T, d description) events.APIGatewayV2HTTPRequest {
	t.Helper()
	path, key := d.route, d.method+" "+d.route
	if !slices.ContainsFunc(httpapi.Routes, func(r httpapi.Route) bool { return r.String() == key }) {
		key = template.DefaultRoute
	}
	for name, value := range d.parameters {
		path = strings.Replace(path, "{"+name+"}", value, 1)
	}
	e := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RouteKey: key, RawPath: path, PathParameters: d.parameters, Body: d.body,
		Headers: map[string]string{"host": "127.0.0.1:8080", "user-agent": "event-file", "x-forwarded-proto": "http"},
		RequestContext: events.APIGatewayV2HTTPRequestContext{
			RouteKey: key, AccountID: template.AccountID, Stage: "$default", RequestID: "event-file",
			APIID: "local", DomainName: "127.0.0.1", DomainPrefix: "127", Time: "01/Jan/2026:09:00:00 +0000", TimeEpoch: 1767258000000,
			HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{
				Method: d.method, Path: path, Protocol: "HTTP/1.1", SourceIP: "127.0.0.1", UserAgent: "event-file",
			},
		},
	}
	if d.body != "" {
		e.Headers["content-type"] = "application/json"
	}
	if d.body != "" && d.body[0] != '{' { // API Gateway sends what isn't text or JSON in base64
		e.Headers["content-type"] = "application/x-www-form-urlencoded"
		e.Body, e.IsBase64Encoded = base64.StdEncoding.EncodeToString([]byte(d.body)), true
	}
	if d.who == machine {
		e.RequestContext.Authorizer = &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{
			JWT: &events.APIGatewayV2HTTPRequestContextAuthorizerJWTDescription{
				Scopes: []string{"group-invites/directory"},
				Claims: map[string]string{
					"iss": issuerURL, "sub": "host", "aud": "local", "client_id": "host", "token_use": "access", "scope": "group-invites/directory",
				},
			},
		}
	} else if d.who != "" {
		person, err := issuer.PersonOf(d.who)
		if err != nil {
			t.Fatal(err)
		}
		e.RequestContext.Authorizer = &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{
			JWT: &events.APIGatewayV2HTTPRequestContextAuthorizerJWTDescription{
				Scopes: []string{"group-invites/use"},
				Claims: map[string]string{
					"iss": issuerURL, "sub": person.Subject, "aud": "local", "client_id": "local", "token_use": "access",
					"scope": "group-invites/use", "name": person.Name, "email": person.Email, "email_verified": "true",
				},
			},
		}
	}
	return e
}

// TestEnvironment_IsThatOfTheRunningStack: `sam local invoke` gives functions what the local stack gives them on its default address.
func TestEnvironment_IsThatOfTheRunningStack(t *testing.T) {
	root, err := project.Root()
	if err != nil {
		t.Fatal(err)
	}
	described, err := stack.LoadTemplate(root, baseURL, template.DefaultStackName, nil)
	if err != nil {
		t.Fatal(err)
	}
	variables := map[string]string{}
	for _, f := range described.Functions {
		for name, value := range f.Environment {
			if other, ok := variables[name]; ok && other != value {
				t.Errorf("%s is %q to %s and %q to another: one file can't say both", name, value, f.Name, other)
			}
			variables[name] = value
		}
	}
	variables["AWS_ENDPOINT_URL"] = awsURL
	want, err := json.MarshalIndent(map[string]any{"Parameters": variables}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile("env.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile("env.json"); err != nil || !bytes.Equal(got, want) {
		t.Errorf("env.json is not as it would be written now (%v); if that is meant, run with -update", err)
	}
}
