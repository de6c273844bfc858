package ses_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"group-invites/infra/local/eventbus"
	"group-invites/infra/local/ses"
	"group-invites/infra/local/template"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	client "github.com/aws/aws-sdk-go-v2/service/ses"
	"github.com/aws/aws-sdk-go-v2/service/ses/types"
)

const set = "Mail"

// scene is a service behind an HTTP server, and what it told.
type scene struct {
	*ses.Service
	url     string
	dataDir string

	mu     sync.Mutex
	events []published
	calls  []ses.Call
	asked  []string // permissions
	denied string   // one that the caller doesn't have
}

type published struct {
	event map[string]any // as JSON has it
	due   time.Time
}

// open starts a service on a folder, with one configuration set, which publishes all events.
func open(t *testing.T, dataDir string, change func(*template.ConfigurationSet)) *scene {
	t.Helper()
	configuration := template.ConfigurationSet{
		Name: set, SendingEnabled: true, SuppressedReasons: []string{"BOUNCE", "COMPLAINT"},
		Destinations: []template.EventDestination{{Name: "bus", Enabled: true, Types: []string{"send", "delivery", "bounce", "complaint", "deliverydelay", "reject"}}},
	}
	if change != nil {
		change(&configuration)
	}
	s := &scene{dataDir: dataDir}
	var err error
	s.Service, err = ses.Open(ses.Options{
		DataDir: dataDir, ConfigurationSets: []template.ConfigurationSet{configuration}, Identities: []string{"example.com", "own@else.example"},
		Publish: func(e eventbus.Event, due time.Time) error {
			s.mu.Lock()
			defer s.mu.Unlock()
			text, err := json.Marshal(e)
			if err != nil {
				return err
			}
			var event map[string]any
			s.events = append(s.events, published{event, due})
			return json.Unmarshal(text, &s.events[len(s.events)-1].event)
		},
		Called:  func(c ses.Call) { s.mu.Lock(); defer s.mu.Unlock(); s.calls = append(s.calls, c) },
		Problem: func(text string) { t.Error(text) },
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		form, err := url.ParseQuery(string(body))
		if err != nil {
			t.Error(err)
		}
		s.Serve(w, r, ses.Caller{Name: "mailer", Allowed: func(action, resource string, context map[string]string) bool {
			s.mu.Lock()
			defer s.mu.Unlock()
			asked := strings.Join([]string{action, resource, context[template.FromAddress], context[template.FromDisplayName]}, " ")
			s.asked = append(s.asked, asked)
			return s.denied == "" || !strings.Contains(asked, s.denied)
		}}, form)
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func start(t *testing.T) *scene { return open(t, t.TempDir(), nil) }

// client is the SDK's own, which doesn't try again.
func (s *scene) client() *client.Client {
	return client.New(client.Options{
		Region: "local", BaseEndpoint: aws.String(s.url), Credentials: credentials.NewStaticCredentialsProvider("ASIALOCALMAILERX1", "local", "local"),
		RetryMaxAttempts: 1,
	})
}

// mail is a message with a text and HTML, from Ada.
const mail = "From: =?utf-8?q?Ad=C3=A1?= <ada@example.com>\r\n" +
	"To: Bo <bo@example.org>\r\n" +
	"Subject: =?utf-8?q?Caf=C3=A9?=\r\n tonight\r\n" +
	"MIME-Version: 1.0\r\n" +
	"List-Unsubscribe: <http://127.0.0.1/u/x>\r\n" +
	"X-Twice: one\r\nX-Twice: two\r\n" +
	"Content-Type: multipart/alternative; boundary=b\r\n\r\n" +
	"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nCaf=C3=A9, plain\r\n" +
	"--b\r\nContent-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: base64\r\n\r\nPHA+Q2Fm6TwvcD4=\r\n" +
	"--b--\r\n"

// input asks for mail to be sent to these.
func input(to ...string) *client.SendRawEmailInput {
	return &client.SendRawEmailInput{RawMessage: &types.RawMessage{Data: []byte(mail)}, Destinations: to, ConfigurationSetName: aws.String(set)}
}

// send sends mail to these and returns its id.
func (s *scene) send(t *testing.T, to ...string) string {
	t.Helper()
	out, err := s.client().SendRawEmail(t.Context(), input(to...))
	if err != nil {
		t.Fatal(err)
	}
	return *out.MessageId
}

func (s *scene) mails(t *testing.T, to string) []ses.Mail {
	t.Helper()
	mails, err := s.Mails(to)
	if err != nil {
		t.Fatal(err)
	}
	return mails
}

// told are the events so far, as "Email Bounced to@x Permanent General 5.1.1".
func (s *scene) told() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, p := range s.events {
		out = append(out, p.event["detail-type"].(string))
	}
	return out
}

// detail is the part of the last event of this type that a path leads to.
func (s *scene) detail(t *testing.T, detailType string, path ...string) any {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range slices.Backward(s.events) {
		if p.event["detail-type"] != detailType {
			continue
		}
		at := p.event["detail"]
		for _, name := range path {
			switch v := at.(type) {
			case map[string]any:
				at = v[name]
			case []any:
				at = v[0].(map[string]any)[name]
			}
		}
		return at
	}
	t.Fatalf("no event %s", detailType)
	return nil
}

func publishing(types ...string) func(*template.ConfigurationSet) {
	return func(c *template.ConfigurationSet) { c.Destinations[0].Types = types }
}

func suppressing(reasons ...string) func(*template.ConfigurationSet) {
	return func(c *template.ConfigurationSet) { c.SuppressedReasons = reasons }
}
