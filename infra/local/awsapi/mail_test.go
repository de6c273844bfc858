package awsapi_test

import (
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"group-invites/infra/local/awsapi"
	"group-invites/infra/local/ses"
	"group-invites/infra/local/template"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sesclient "github.com/aws/aws-sdk-go-v2/service/ses"
	"github.com/aws/aws-sdk-go-v2/service/ses/types"
	"github.com/aws/smithy-go"
)

const (
	identity      = "arn:aws:ses:local:000000000000:identity/"
	configuration = "arn:aws:ses:local:000000000000:configuration-set/Mail"
)

// senders may send by one action, from one identity and by one configuration set, under these conditions.
func senders(conditions ...template.Condition) []template.Function {
	return []template.Function{{Name: "writer", Policies: []template.Statement{{
		Sid: "Send", Effect: "Allow", Actions: []string{"ses:SendRawEmail"}, Resources: []string{identity + "example.com", configuration}, Conditions: conditions,
	}}}}
}

// sender is a client of an endpoint with SES, and what that refused.
func sender(t *testing.T, functions []template.Function, accessKeyID string) (c *sesclient.Client, mail *ses.Service, refused *[]string) {
	t.Helper()
	mail, err := ses.Open(ses.Options{
		DataDir: t.TempDir(), Identities: ses.Identities(functions), ConfigurationSets: []template.ConfigurationSet{{Name: "Mail", SendingEnabled: true}},
	})
	if err != nil {
		t.Fatal(err)
	}
	refused = new([]string)
	api, err := awsapi.New(awsapi.Options{
		Engine: "http://127.0.0.1:1", Functions: functions, Mail: mail,
		Refused: func(function, action, resource string) {
			*refused = append(*refused, function+" "+action+" "+resource)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	return sesclient.New(sesclient.Options{
		Region: "local", BaseEndpoint: aws.String(server.URL), Credentials: credentials.NewStaticCredentialsProvider(accessKeyID, "local", "local"),
		RetryMaxAttempts: 1,
	}), mail, refused
}

func from(header string) *sesclient.SendRawEmailInput {
	return &sesclient.SendRawEmailInput{
		RawMessage:   &types.RawMessage{Data: []byte("From: " + header + "\r\nTo: bo@example.org\r\nSubject: s\r\n\r\ntext\r\n")},
		Destinations: []string{"bo@example.org"}, ConfigurationSetName: aws.String("Mail"),
	}
}

func TestMail_ConditionsDecide(t *testing.T) {
	const header = "Group Invites <invites@example.com>"
	condition := func(operator, key string, values ...string) template.Condition {
		return template.Condition{Operator: operator, Key: key, Values: values}
	}
	address := func(operator string, values ...string) []template.Condition {
		return []template.Condition{condition(operator, template.FromAddress, values...)}
	}
	for name, test := range map[string]struct {
		conditions []template.Condition
		header     string
		allowed    bool
	}{
		"none":                              {nil, header, true},
		"equals":                            {address(template.StringEquals, "invites@example.com"), header, true},
		"equals one of several":             {address(template.StringEquals, "a@example.com", "invites@example.com"), header, true},
		"equals another":                    {address(template.StringEquals, "other@example.com"), header, false},
		"equals in another case":            {address(template.StringEquals, "Invites@example.com"), header, false},
		"equals without regard to case":     {address(template.StringEqualsIgnoreCase, "Invites@example.com"), header, true},
		"equals takes no pattern":           {address(template.StringEquals, "*@example.com"), header, false},
		"like":                              {address(template.StringLike, "inv?tes@*"), header, true},
		"like another":                      {address(template.StringLike, "*@example.net"), header, false},
		"not equals":                        {address(template.StringNotEquals, "other@example.com"), header, true},
		"not equals the same":               {address(template.StringNotEquals, "invites@example.com"), header, false},
		"not like":                          {address(template.StringNotLike, "*@example.net"), header, true},
		"not like the same":                 {address(template.StringNotLike, "*@example.com"), header, false},
		"the name too":                      {append(address(template.StringEquals, "invites@example.com"), condition(template.StringEquals, template.FromDisplayName, "Group Invites")), header, true},
		"another name":                      {append(address(template.StringEquals, "invites@example.com"), condition(template.StringEquals, template.FromDisplayName, "Bank")), header, false},
		"a key without a value":             {[]template.Condition{condition(template.StringLike, template.FromDisplayName, "*")}, "invites@example.com", false},
		"not equals, a key without a value": {[]template.Condition{condition(template.StringNotEquals, template.FromDisplayName, "Bank")}, "invites@example.com", true},
		"where bounces go":                  {[]template.Condition{condition(template.StringEquals, template.FeedbackAddress, "invites@example.com")}, header, true},
	} {
		t.Run(name, func(t *testing.T) {
			c, mail, refused := sender(t, senders(test.conditions...), writer)
			_, err := c.SendRawEmail(t.Context(), from(test.header))
			mails, _ := mail.Mails("")
			var fault smithy.APIError
			switch {
			case test.allowed && (err != nil || len(mails) != 1 || len(*refused) != 0):
				t.Errorf("%v, %d mails, refused %q", err, len(mails), *refused)
			case !test.allowed && (!errors.As(err, &fault) || fault.ErrorCode() != "AccessDenied" || len(mails) != 0 ||
				!slices.Equal(*refused, []string{"writer ses:SendRawEmail " + identity + "example.com"})):
				t.Errorf("%v, %d mails, refused %q", err, len(mails), *refused)
			}
		})
	}
}

func TestMail_NeedsIdentityAndConfigurationSet(t *testing.T) {
	without := senders()
	without[0].Policies[0].Resources = []string{identity + "example.com"}
	c, _, refused := sender(t, without, writer)
	if _, err := c.SendRawEmail(t.Context(), from("invites@example.com")); err == nil || !slices.Equal(*refused, []string{"writer ses:SendRawEmail " + configuration}) {
		t.Errorf("%v, refused %q", err, *refused)
	}
	in := from("invites@example.com")
	in.ConfigurationSetName = nil
	if _, err := c.SendRawEmail(t.Context(), in); err != nil {
		t.Errorf("without a configuration set: %v", err)
	}
	_, err := c.SendEmail(t.Context(), &sesclient.SendEmailInput{
		Source: aws.String("invites@example.com"), Destination: &types.Destination{ToAddresses: []string{"bo@example.org"}},
		Message: &types.Message{Subject: &types.Content{Data: aws.String("s")}, Body: &types.Body{Text: &types.Content{Data: aws.String("t")}}},
	})
	if err == nil || !strings.Contains(err.Error(), "AccessDenied") {
		t.Errorf("by another action: %v", err)
	}
}

func TestMail_OfATool(t *testing.T) {
	c, mail, _ := sender(t, senders(), "tool")
	if _, err := c.SendRawEmail(t.Context(), from("invites@example.com")); err != nil {
		t.Fatal(err)
	}
	if mails, err := mail.Mails("BO@example.ORG"); err != nil || len(mails) != 1 {
		t.Errorf("%+v, %v", mails, err)
	}
	if _, err := c.SendRawEmail(t.Context(), from("invites@example.net")); err == nil || !strings.Contains(err.Error(), "MessageRejected") {
		t.Errorf("from an identity that no policy names: %v", err)
	}
}

func TestIdentities_AreThoseOfPolicies(t *testing.T) {
	functions := append(senders(), template.Function{Policies: []template.Statement{
		{Actions: []string{"ses:SendEmail"}, Resources: []string{"*"}}, {Actions: []string{"dynamodb:GetItem"}, Resources: []string{"*", table}},
		{Actions: []string{"ses:SendEmail"}, Resources: []string{identity + "example.com", identity + "a@example.org"}},
	}})
	if got, want := ses.Identities(functions), []string{"example.com", "*", "a@example.org"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
