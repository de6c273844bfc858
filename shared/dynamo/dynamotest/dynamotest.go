// Package dynamotest gives tests a world: the table of template.yaml on the real local engine, the domain's services over it, a clock
// to turn, a key ring, and faults to inject. Each world has a table of its own; the engine is started once a test binary and
// ends with it. DYNAMODB_ENDPOINT names another engine, which may be shared by many.
package dynamotest

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"net/http"

	"group-invites/infra/local/engine"
	"group-invites/infra/local/project"
	"group-invites/infra/local/template"
	"group-invites/shared/accessrequest"
	"group-invites/shared/directory"
	"group-invites/shared/dynamo"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/invite"
	"group-invites/shared/linkcode"
	"group-invites/shared/mail"
	"group-invites/shared/transport"
)

// World is what a test acts in.
type World struct {
	testing.TB
	Client    *dynamodb.Client // of the engine, without faults: to look at the table itself
	TableName string
	Table     *dynamo.Table
	Faults    *faults.Injector // of Table
	Clock     *Clock
	Random    io.Reader
	Ring      *linkcode.Source
	Directory *directory.Service
	Invites   *invite.Service
	Access    *accessrequest.Service
}

// BaseURL is the origin of the world's links.
const BaseURL = "https://links.example.com"

// Retention is for how long the world's expired links can say what they were.
const Retention = 30 * 24 * time.Hour

// Limits are how many mails the world's people may send.
var Limits = mail.Limits{Sender: 1000, Org: 2000, NewOrg: 500}

// Clock is a clock that stands still until it is turned. It is safe for concurrent use.
type Clock struct{ now atomic.Int64 }

// Now gives the clock's instant.
func (c *Clock) Now() time.Time { return time.UnixMilli(c.now.Load()).UTC() }

// Advance turns the clock.
func (c *Clock) Advance(d time.Duration) { c.now.Add(d.Milliseconds()) }

// Set turns the clock to an instant.
func (c *Clock) Set(t time.Time) { c.now.Store(t.UnixMilli()) }

var (
	// endpoint is that of the engine.
	endpoint = sync.OnceValues(func() (string, error) {
		url, _, err := engine.Open(context.Background(), engine.Options{Stderr: os.Stderr})
		return url, err
	})
	tables atomic.Int64
)

// New makes a world with an empty table. A missing engine is fatal.
func New(t testing.TB) *World {
	t.Helper()
	return NewOf(t, rand.Reader)
}

// NewOf is New with the randomness that ids are made of: the same gives the same ids again.
func NewOf(t testing.TB, random io.Reader) *World {
	t.Helper()
	url, err := endpoint()
	if err != nil {
		t.Fatalf("no local engine: %v", err)
	}
	w := &World{
		TB: t, Client: engine.Client(url), TableName: fmt.Sprintf("local-test-%d-%d", os.Getpid(), tables.Add(1)),
		Faults: &faults.Injector{}, Clock: &Clock{}, Random: random,
	}
	w.Clock.Set(time.Date(2027, 3, 1, 9, 30, 0, 250e6, time.UTC))
	w.createTable()
	w.Ring = Ring(t, w.Clock.Now)
	w.Table, w.Directory, w.Invites = w.Instance(w.Faults.Configure)
	w.Access = &accessrequest.Service{Store: w.Table, Ring: w.Ring, Clock: w.Clock.Now, Random: random}
	return w
}

// Drop deletes the world's table, so that a test may make thousands of worlds.
func (w *World) Drop() {
	w.Helper()
	if _, err := w.Client.DeleteTable(w.Context(), &dynamodb.DeleteTableInput{TableName: &w.TableName}); err != nil {
		w.Fatal(err)
	}
}

// Instance gives services of their own over the world's table, as another Lambda environment has them.
func (w *World) Instance(configure ...func(*dynamodb.Options)) (*dynamo.Table, *directory.Service, *invite.Service) {
	pool := func(o *dynamodb.Options) { // many callers at once, unlike in Lambda
		o.HTTPClient = transport.New(5*time.Second, func(t *http.Transport) {
			t.MaxIdleConns, t.MaxIdleConnsPerHost, t.MaxConnsPerHost = 256, 256, 256
			t.IdleConnTimeout = 5 * time.Second // a test may make thousands of worlds
		})
	}
	url, err := endpoint()
	if err != nil {
		w.Fatal(err)
	}
	table := dynamo.Open(dynamo.Options{
		Table: w.TableName, Region: "local", Endpoint: url, AccessKeyID: "local", SecretAccessKey: "local",
	}, append([]func(*dynamodb.Options){pool}, configure...)...)
	dir := &directory.Service{Store: table, Ring: w.Ring, Clock: w.Clock.Now, Random: w.Random, OpenOrgs: true}
	inv := &invite.Service{
		Store: table, Ring: w.Ring, Clock: w.Clock.Now, Random: w.Random, BaseURL: BaseURL, Retention: Retention, Limits: Limits,
	}
	return table, dir, inv
}

// RingText is the world's key ring, as the secret would hold it.
const RingText = `{"signing":"1","0":"an older key, which only verifies, 32+","1":"the key that signs in tests, 32 bytes+"}`

// Ring gives a source of the test ring.
func Ring(t testing.TB, clock func() time.Time) *linkcode.Source {
	t.Helper()
	source, err := linkcode.NewSource(t.Context(), "test", clock, func(context.Context) ([]byte, error) { return []byte(RingText), nil })
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// createTable makes the table as template.yaml describes it, but for its stream: [Stream] finds changes itself, and the engine's writes, of
// all tables, become slower with each record that it keeps.
func (w *World) createTable() {
	w.Helper()
	described, err := Template()
	if err != nil {
		w.Fatal(err)
	}
	ctx := w.Context()
	table := described.Table.CreateTableInput(w.TableName)
	table.StreamSpecification = nil
	if _, err := w.Client.CreateTable(ctx, table); err != nil {
		w.Fatal(err)
	}
	_, err = w.Client.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
		TableName: &w.TableName,
		TimeToLiveSpecification: &types.TimeToLiveSpecification{
			AttributeName: &described.Table.TTLAttribute, Enabled: aws.Bool(true),
		},
	})
	if err != nil {
		w.Fatal(err)
	}
}

// Template gives template.yaml with parameters for tests.
func Template() (*template.Template, error) {
	root, err := project.Root()
	if err != nil {
		return nil, err
	}
	return template.Load(filepath.Join(root, "template.yaml"), map[string]string{
		"PublicBaseUrl": BaseURL, "OidcIssuer": "https://issuer.example.com", "OidcAudience": "test", "OidcClientId": "web",
		"MailFromAddress": "invites@example.com", "MailIdentity": "example.com",
	})
}

// Issuer is the issuer of the world's people.
const Issuer = "https://issuer.example.com"

// Person gives someone: the same one for the same name. He is in no organization.
func Person(name string) directory.Caller {
	return directory.Caller{ID: directory.NewUserID(Issuer, name), Name: name, Email: name + "@example.com", Verified: true}
}

// Org makes an organization.
func (w *World) Org(admin directory.Caller, name string) directory.Org {
	w.Helper()
	org, err := w.Directory.CreateOrg(w.Context(), admin, name)
	if err != nil {
		w.Fatal(err)
	}
	return org
}

// Group makes a group.
func (w *World) Group(admin directory.Caller, org directory.Org, name string) directory.Group {
	w.Helper()
	view, err := w.Directory.CreateGroup(w.Context(), admin, org.ID, name)
	if err != nil {
		w.Fatal(err)
	}
	return view.Group
}

// Link makes a link that never expires, changed by how.
func (w *World) Link(creator directory.Caller, group directory.Group, how ...func(*invite.Request)) invite.View {
	w.Helper()
	request := invite.Request{Access: invite.AccessOrg, Expiration: invite.ExpireNever}
	for _, h := range how {
		h(&request)
	}
	view, err := w.Invites.Create(w.Context(), creator, group.ID, request)
	if err != nil {
		w.Fatal(err)
	}
	return view
}

// Anyone lets new people use the link.
func Anyone(r *invite.Request) { r.Access = invite.AccessAnyone }

// To sends the link to addresses.
func To(addresses ...string) func(*invite.Request) {
	return func(r *invite.Request) { r.Emails = append(r.Emails, Addresses(addresses...)...) }
}

// Addresses reads addresses, which must be valid.
func Addresses(texts ...string) []mail.Address {
	addresses := make([]mail.Address, len(texts))
	for i, text := range texts {
		var fault string
		if addresses[i], fault = mail.ParseAddress(text); fault != "" {
			panic(text + " " + fault)
		}
	}
	return addresses
}

// Cap limits the link's uses.
func Cap(n int) func(*invite.Request) { return func(r *invite.Request) { r.MaxUses = n } }

// Code gives a link's code.
func Code(v invite.View) string { return v.URL[len(BaseURL+"/i#"):] }

// Join lets a person into the group by a link of the admin's, and gives him the role.
func (w *World) Join(admin directory.Caller, group directory.Group, person directory.Caller, role directory.Role) {
	w.Helper()
	link := w.Link(admin, group, Anyone)
	if _, err := w.Invites.Redeem(w.Context(), person, Code(link)); err != nil {
		w.Fatal(err)
	}
	if role != directory.RoleUser {
		if _, err := w.Directory.ChangeRole(w.Context(), admin, group.ID.Org(), person.ID, role); err != nil {
			w.Fatal(err)
		}
	}
	if err := w.Invites.Delete(w.Context(), admin, group.ID, link.ID); err != nil {
		w.Fatal(err)
	}
}

// Rows gives all rows of the table: to see that nothing was written, or what.
func (w *World) Rows() []map[string]types.AttributeValue {
	w.Helper()
	var rows []map[string]types.AttributeValue
	pages := dynamodb.NewScanPaginator(w.Client, &dynamodb.ScanInput{TableName: &w.TableName, ConsistentRead: aws.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(w.Context())
		if err != nil {
			w.Fatal(err)
		}
		rows = append(rows, page.Items...)
	}
	return rows
}
