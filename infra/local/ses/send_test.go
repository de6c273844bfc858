package ses_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"group-invites/infra/local/ses"
	"group-invites/infra/local/template"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/ses"
	"github.com/aws/aws-sdk-go-v2/service/ses/types"
	"github.com/aws/smithy-go"
)

// refusedWith tells whether an error is SES's of this code, and says this.
func refusedWith(err error, code, text string) bool {
	var fault smithy.APIError
	return errors.As(err, &fault) && fault.ErrorCode() == code && strings.Contains(fault.ErrorMessage(), text)
}

func TestSendRawEmail_ShowsInTheInboxWhatWasSent(t *testing.T) {
	s := start(t)
	id := s.send(t, "bo@example.org")
	mails := s.mails(t, "")
	if len(mails) != 1 {
		t.Fatalf("%d mails", len(mails))
	}
	m := mails[0]
	if m.ID != id || m.To != "bo@example.org" || m.From != "Adá <ada@example.com>" || m.Subject != "Café tonight" || m.Text != "Café, plain" ||
		m.HTML != "<p>Café</p>" || m.Raw != mail || m.SentAt.IsZero() {
		t.Errorf("%+v", m)
	}
	for name, want := range map[string]string{
		"List-Unsubscribe": "<http://127.0.0.1/u/x>", "X-Twice": "one", "MIME-Version": "1.0", "Subject": "Café tonight", "From": "Adá <ada@example.com>",
	} {
		if m.Headers[name] != want {
			t.Errorf("header %s is %q, want %q", name, m.Headers[name], want)
		}
	}
	if got := s.Counts(); got[ses.Accepted] != 1 || len(got) != 1 {
		t.Errorf("counts %v", got)
	}
	if c := s.calls[0]; c.Caller != "mailer" || !slices.Equal(c.To, []string{"bo@example.org"}) || c.Subject != "Café tonight" || c.Refused != "" {
		t.Errorf("call %+v", c)
	}
}

func TestSendRawEmail_GoesToThoseOfTheHeaderUnlessOthersAreNamed(t *testing.T) {
	s := start(t)
	raw := "From: a@example.com\r\nTo: b@x.org, C <c@x.org>\r\nCc: d@x.org\r\nBcc: e@x.org\r\nSubject: s\r\n\r\nbody\r\n"
	if _, err := s.client().SendRawEmail(t.Context(), &client.SendRawEmailInput{RawMessage: &types.RawMessage{Data: []byte(raw)}}); err != nil {
		t.Fatal(err)
	}
	var to, ids []string
	for _, m := range s.mails(t, "") {
		to, ids = append(to, m.To), append(ids, m.ID)
	}
	slices.Sort(to)
	if !slices.Equal(to, []string{"b@x.org", "c@x.org", "d@x.org", "e@x.org"}) {
		t.Errorf("to %q", to)
	}
	slices.Sort(ids)
	if len(slices.Compact(ids)) != 4 {
		t.Errorf("ids %q", ids)
	}
}

func TestSendRawEmail_RefusesWhatSESRefuses(t *testing.T) {
	many := make([]string, 51)
	for i := range many {
		many[i] = fmt.Sprintf("to%d@example.org", i)
	}
	with := func(change func(*client.SendRawEmailInput)) *client.SendRawEmailInput {
		in := input("bo@example.org")
		change(in)
		return in
	}
	replaced := func(old, fresh string) *client.SendRawEmailInput {
		return with(func(in *client.SendRawEmailInput) { in.RawMessage.Data = []byte(strings.Replace(mail, old, fresh, 1)) })
	}
	tagged := func(name, value string) *client.SendRawEmailInput {
		return with(func(in *client.SendRawEmailInput) {
			in.Tags = []types.MessageTag{{Name: aws.String("fine"), Value: aws.String("1")}, {Name: aws.String(name), Value: aws.String(value)}}
		})
	}
	from := func(address string) *client.SendRawEmailInput { return replaced("<ada@example.com>", "<"+address+">") }
	for name, test := range map[string]struct {
		in         *client.SendRawEmailInput
		code, text string
	}{
		"51 recipients": {input(many...), "InvalidParameterValue", "Recipient count exceeds 50"},
		"no recipient": {with(func(in *client.SendRawEmailInput) {
			in.Destinations = nil
			in.RawMessage.Data = []byte(strings.Replace(mail, "To: Bo <bo@example.org>\r\n", "", 1))
		}), "InvalidParameterValue", "Missing required header 'To'"},
		"a recipient without a domain":       {input("bo"), "InvalidParameterValue", "Missing final '@domain'"},
		"a local part that isn't ASCII":      {input("bö@example.org"), "InvalidParameterValue", "non-ASCII"},
		"a domain that isn't ASCII":          {input("bo@exämple.org"), "InvalidParameterValue", "non-ASCII"},
		"a space in the local part":          {input("b o@example.org"), "InvalidParameterValue", "Local address contains control or whitespace"},
		"a line feed in the domain":          {input("bo@exam\nple.org"), "InvalidParameterValue", "Domain contains control or whitespace"},
		"two @":                              {input("bo@x@example.org"), "InvalidParameterValue", "illegal character"},
		"one bad address among good ones":    {input("a@x.org", "@x.org", "c@x.org"), "InvalidParameterValue", "Missing final"},
		"no From":                            {replaced("From:", "X-From:"), "InvalidParameterValue", "Missing required header 'From'"},
		"a From of two":                      {replaced("<ada@example.com>", "<ada@example.com>, b@example.com"), "InvalidParameterValue", "takes one address"},
		"a From that isn't verified":         {from("ada@example.net"), "MessageRejected", "Email address is not verified. The following identities failed the check in region LOCAL: ada@example.net"},
		"a domain that ends like a verified": {from("ada@badexample.com"), "MessageRejected", "ada@badexample.com"},
		"another address than the verified":  {from("other@else.example"), "MessageRejected", "other@else.example"},
		"a Source that isn't verified":       {with(func(in *client.SendRawEmailInput) { in.Source = aws.String("x@example.net") }), "MessageRejected", "x@example.net"},
		"a message over 10 MB":               {with(func(in *client.SendRawEmailInput) { in.RawMessage.Data = append([]byte(mail), make([]byte, 10<<20)...) }), "InvalidParameterValue", "Message length is more than 10485760 bytes long: '10486"},
		"a line over 1000 characters": {with(func(in *client.SendRawEmailInput) {
			in.RawMessage.Data = append([]byte(mail), strings.Repeat("x", 1001)...)
		}), "InvalidParameterValue", "longer than 1000"},
		"a header without a colon":     {replaced("MIME-Version: 1.0", "MIME-Version 1.0"), "InvalidParameterValue", "Could not parse"},
		"instructions in the header":   {replaced("X-Twice: one", "X-SES-CONFIGURATION-SET: Mail"), "InvalidParameterValue", "not from the header 'X-SES-CONFIGURATION-SET'"},
		"a tag with a dot in its name": {tagged("a.b", "1"), "InvalidParameterValue", "Invalid message tag name <a.b>"},
		"a tag with an @ in its value": {tagged("a", "b@c"), "InvalidParameterValue", "Invalid message tag value <b@c>"},
		"a tag without a value":        {tagged("a", ""), "InvalidParameterValue", "Invalid message tag value"},
		"a tag of 257 characters":      {tagged(strings.Repeat("a", 257), "1"), "InvalidParameterValue", "Invalid message tag name"},
		"an unknown configuration set": {with(func(in *client.SendRawEmailInput) { in.ConfigurationSetName = aws.String("none") }), "ConfigurationSetDoesNotExist", "Configuration set <none> does not exist."},
		"sending authorization":        {with(func(in *client.SendRawEmailInput) { in.FromArn = aws.String("arn:x") }), "InvalidParameterValue", "FromArn"},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			if _, err := s.client().SendRawEmail(t.Context(), test.in); !refusedWith(err, test.code, test.text) {
				t.Errorf("%v, want %s with %q", err, test.code, test.text)
			}
			if n := len(s.mails(t, "")); n != 0 || len(s.told()) != 0 {
				t.Errorf("%d mails, events %q", n, s.told())
			}
			if got := s.Counts(); got[test.code] != 1 || len(got) != 1 {
				t.Errorf("counts %v", got)
			}
		})
	}
}

func TestSendRawEmail_TypedErrors(t *testing.T) {
	s := start(t)
	in := input("bo@example.org")
	in.ConfigurationSetName = aws.String("none")
	_, err := s.client().SendRawEmail(t.Context(), in)
	var unknown *types.ConfigurationSetDoesNotExistException
	if !errors.As(err, &unknown) || aws.ToString(unknown.ConfigurationSetName) != "none" {
		t.Errorf("%v", err)
	}
	s.SetFaults(ses.Faults{Reject: ses.Everyone})
	_, err = s.client().SendRawEmail(t.Context(), input("bo@example.org"))
	var rejected *types.MessageRejected
	if !errors.As(err, &rejected) {
		t.Errorf("%v", err)
	}
}

func TestSendRawEmail_AcceptsVerifiedIdentities(t *testing.T) {
	s := start(t)
	for _, from := range []string{"own@else.example", "Own@Else.Example", "x@EXAMPLE.com", "x@below.example.com"} {
		in := input("bo@example.org")
		in.RawMessage.Data = []byte(strings.Replace(mail, "ada@example.com", from, 1))
		if _, err := s.client().SendRawEmail(t.Context(), in); err != nil {
			t.Errorf("%s: %v", from, err)
		}
	}
}

func TestSendRawEmail_AsksForIdentityAndConfigurationSet(t *testing.T) {
	const identity, configuration = "arn:aws:ses:local:000000000000:identity/", "arn:aws:ses:local:000000000000:configuration-set/"
	for denied, want := range map[string]string{
		identity + "example.com": "User `arn:aws:sts::000000000000:assumed-role/mailer/mailer' is not authorized to perform `ses:SendRawEmail' on resource `" + identity + "example.com'",
		configuration + set:      "is not authorized to perform `ses:SendRawEmail' on resource `" + configuration + set + "'",
		"nothing":                "",
	} {
		s := start(t)
		s.denied = denied
		_, err := s.client().SendRawEmail(t.Context(), input("bo@example.org"))
		if want != "" && !refusedWith(err, "AccessDenied", want) || want == "" && err != nil {
			t.Errorf("without %s: %v", denied, err)
		}
		if n := len(s.mails(t, "")); want != "" && n != 0 {
			t.Errorf("without %s: %d mails", denied, n)
		}
		if asked := "ses:SendRawEmail " + identity + "example.com ada@example.com Adá"; !slices.Contains(s.asked, asked) {
			t.Errorf("asked %q, want %q", s.asked, asked)
		}
	}

	s := start(t)
	s.denied = identity + "example.com"
	in := input("bo@example.org")
	in.RawMessage.Data = []byte(strings.Replace(mail, "ada@example.com", "own@else.example", 1))
	in.Source = aws.String("ada@example.com")
	if _, err := s.client().SendRawEmail(t.Context(), in); !refusedWith(err, "AccessDenied", "identity/example.com") {
		t.Errorf("a Source of another identity: %v", err)
	}
}

func TestSendRawEmail_PausedConfigurationSet(t *testing.T) {
	s := open(t, t.TempDir(), func(c *template.ConfigurationSet) { c.SendingEnabled = false })
	_, err := s.client().SendRawEmail(t.Context(), input("bo@example.org"))
	var paused *types.ConfigurationSetSendingPausedException
	if !errors.As(err, &paused) || aws.ToString(paused.ConfigurationSetName) != set {
		t.Errorf("%v", err)
	}
	in := input("bo@example.org")
	in.ConfigurationSetName = nil
	if _, err := s.client().SendRawEmail(t.Context(), in); err != nil {
		t.Errorf("without it: %v", err)
	}
}

func TestSendEmail_IsComposed(t *testing.T) {
	s := start(t)
	content := func(text string) *types.Content { return &types.Content{Data: aws.String(text)} }
	_, err := s.client().SendEmail(t.Context(), &client.SendEmailInput{
		Source: aws.String("Ada <ada@example.com>"), ConfigurationSetName: aws.String(set), ReplyToAddresses: []string{"reply@example.com"},
		Destination: &types.Destination{ToAddresses: []string{"bo@x.org"}, CcAddresses: []string{"cy@x.org"}, BccAddresses: []string{"di@x.org"}},
		Message:     &types.Message{Subject: content("Café"), Body: &types.Body{Text: content("plain"), Html: content("<p>Café</p>")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(s.mails(t, "")); n != 3 {
		t.Errorf("%d mails", n)
	}
	m := s.mails(t, "di@x.org")[0]
	if m.From != "Ada <ada@example.com>" || m.Subject != "Café" || m.Text != "plain" || m.HTML != "<p>Café</p>" || m.Headers["To"] != "<bo@x.org>" ||
		m.Headers["Cc"] != "<cy@x.org>" || m.Headers["Reply-To"] != "<reply@example.com>" || strings.Contains(m.Raw, "di@x.org") {
		t.Errorf("%+v", m)
	}
	_, err = s.client().SendEmail(t.Context(), &client.SendEmailInput{
		Source: aws.String("ada@example.com"), Destination: &types.Destination{ToAddresses: []string{"no"}},
		Message: &types.Message{Subject: content("s"), Body: &types.Body{Text: content("t")}},
	})
	if !refusedWith(err, "InvalidParameterValue", "Missing final '@domain'") {
		t.Errorf("a bad address: %v", err)
	}
}

func TestGetSendQuota_CountsDestinations(t *testing.T) {
	s := start(t)
	s.send(t, "a@x.org", "b@x.org")
	quota, err := s.client().GetSendQuota(t.Context(), &client.GetSendQuotaInput{})
	if err != nil || quota.SentLast24Hours != 2 || quota.Max24HourSend != 50_000 || quota.MaxSendRate != 14 {
		t.Errorf("%+v, %v", quota, err)
	}
	s.SetFaults(ses.Faults{Quota: true})
	if quota, err := s.client().GetSendQuota(t.Context(), &client.GetSendQuotaInput{}); err != nil || quota.SentLast24Hours != quota.Max24HourSend {
		t.Errorf("over quota: %+v, %v", quota, err)
	}
	s.denied = "ses:GetSendQuota *"
	if _, err := s.client().GetSendQuota(t.Context(), &client.GetSendQuotaInput{}); !refusedWith(err, "AccessDenied", "`ses:GetSendQuota' on resource `*'") {
		t.Errorf("without permission: %v", err)
	}
}

func TestServe_UnknownActions(t *testing.T) {
	s := start(t)
	if _, err := s.client().ListIdentities(t.Context(), &client.ListIdentitiesInput{}); !refusedWith(err, "InvalidAction", "doesn't know ListIdentities") {
		t.Errorf("%v", err)
	}
}
