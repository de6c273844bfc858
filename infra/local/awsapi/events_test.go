package awsapi_test

import (
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"group-invites/infra/local/awsapi"
	"group-invites/infra/local/putevents"
	"group-invites/infra/local/template"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/smithy-go"
)

// TestPutEvents_IsHeldAgainstThePolicy: the bus, and the source of every event.
func TestPutEvents_IsHeldAgainstThePolicy(t *testing.T) {
	events, err := putevents.Open(putevents.Options{DataDir: t.TempDir(), Buses: []string{"ours", "theirs"}})
	if err != nil {
		t.Fatal(err)
	}
	defer events.Close()
	teller := template.Function{Name: "teller", Policies: []template.Statement{{
		Sid: "Put", Effect: "Allow", Actions: []string{"events:PutEvents"}, Resources: []string{template.BusARN("ours")},
		Conditions: []template.Condition{{ForAll: true, Operator: template.StringEquals, Key: template.EventSource, Values: []string{"us", "also-us"}}},
	}}}
	var refused []string
	api, err := awsapi.New(awsapi.Options{
		Engine: "http://127.0.0.1:1", Events: events, Functions: []template.Function{teller},
		Refused: func(_, action, resource string) { refused = append(refused, action+" "+resource) },
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(api)
	defer server.Close()
	put := func(accessKeyID, bus string, sources ...string) string {
		c := eventbridge.New(eventbridge.Options{
			Region: "local", BaseEndpoint: aws.String(server.URL), Credentials: credentials.NewStaticCredentialsProvider(accessKeyID, "local", "local"),
		})
		in := &eventbridge.PutEventsInput{}
		for _, source := range sources {
			in.Entries = append(in.Entries, types.PutEventsRequestEntry{
				EventBusName: &bus, Source: &source, DetailType: aws.String("thing.happened"), Detail: aws.String(`{}`),
			})
		}
		_, err := c.PutEvents(t.Context(), in)
		if fault := smithy.APIError(nil); errors.As(err, &fault) {
			return fault.ErrorCode()
		} else if err != nil {
			t.Fatal(err)
		}
		return ""
	}
	const function, tool = "ASIALOCALTELLERX1", "AKID"
	for _, test := range []struct {
		caller, bus string
		sources     []string
		want        string
	}{
		{function, "ours", []string{"us", "us"}, ""},
		{function, template.BusARN("ours"), []string{"us"}, ""},
		{function, "ours", []string{"us", "them"}, "AccessDeniedException"},
		{function, "theirs", []string{"us"}, "AccessDeniedException"},
		{tool, "theirs", []string{"them"}, ""},
	} {
		refused = nil
		if got := put(test.caller, test.bus, test.sources...); got != test.want || (got == "") != (refused == nil) {
			t.Errorf("%+v: %q, refused %q", test, got, refused)
		}
	}
	if n := len(events.Events("")); n != 4 {
		t.Errorf("%d events were taken", n)
	}
	if unused := api.Unused(); !slices.Equal(unused, []string{"teller: Put has the condition's value also-us"}) {
		t.Errorf("unused %s", strings.Join(unused, "; "))
	}
}
