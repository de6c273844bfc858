// Package stack runs the whole product on one machine, from the template and the binaries that are deployed.
//
// A request comes to the gateway, which checks its token by the keys of the development identity provider and hands it
// to a function's process; functions find DynamoDB, Secrets Manager and SES at the AWS endpoint, which enforces their
// policies and counts; behind it is the engine, with its data in the data folder. What changes there comes through the
// table's stream to the functions that follow it. Mail is kept in an inbox; what becomes of it comes by the event bus, which
// also runs the schedules. Events that functions put are kept to be looked at. Everything listens on loopback only.
// Nothing is kept in memory that a restart must not lose, and nothing outlives Close: neither a process nor a lock.
package stack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"group-invites/infra/local/awsapi"
	"group-invites/infra/local/engine"
	"group-invites/infra/local/eventbus"
	"group-invites/infra/local/gateway"
	"group-invites/infra/local/issuer"
	"group-invites/infra/local/lambda"
	"group-invites/infra/local/putevents"
	"group-invites/infra/local/ses"
	"group-invites/infra/local/stream"
	"group-invites/infra/local/template"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"golang.org/x/sync/errgroup"
)

// DevelopmentKeyRing is the key ring that local links are signed with. It is public, and good for a stack on loopback
// only: in the cloud the deployment makes a secret of its own.
const DevelopmentKeyRing = `{"signing":"0","0":"DevelopmentOnlyDevelopmentOnlyDevelopmentOnlyDevelopmentOnly0000"}`

const (
	// sweepInterval is how often the engine removes what its TTL says.
	sweepInterval = 2 * time.Second
	// drainTime is how long Close waits for requests under way.
	drainTime = 5 * time.Second
	// highLimit stands for no limit where the template wants a number.
	highLimit = "1000000"
)

// Options configure a Stack.
type Options struct {
	Root             string                                 // the repository
	Port             int                                    // of the gateway; 0 takes a free one
	DataDir          string                                 // keeps the table, the logs and the identity provider's key
	DynamoDBEndpoint string                                 // another DynamoDB; empty starts the engine
	AllowRemoteTable bool                                   // DynamoDBEndpoint may be on another machine
	TableName        string                                 // empty means template.DefaultStackName
	Binaries         string                                 // folder of built functions; empty builds them
	Parameters       map[string]string                      // of the template, over the local ones
	Concurrency      int                                    // processes a function may have; 0 means lambda.DefaultConcurrency
	ScheduleEvery    time.Duration                          // interval of all schedules; 0 means the template's
	Last             *Last                                  // a version that takes some of the calls; nil where there is one version
	Log              io.Writer                              // requests, warnings and errors, for people; nil drops them
	Color            bool                                   // Log understands colours
	Called           func(function string, r lambda.Result) // is told of each call of a function when it has ended; nil drops it
	Progress         func(step string, took time.Duration)  // is told of each step of the start; nil drops it
	Seed             func(ctx context.Context, s *Stack) error
}

// caller calls functions: a *lambda.Service, or two of them.
type caller interface {
	Invoke(ctx context.Context, function string, payload []byte) (lambda.Result, error)
	Kill(function string) int
	Quit(function string) int
	Close()
}

// told is a caller that tells of each call.
type told struct {
	caller
	called func(function string, r lambda.Result)
}

func (t told) Invoke(ctx context.Context, function string, payload []byte) (lambda.Result, error) {
	r, err := t.caller.Invoke(ctx, function, payload)
	if err == nil {
		t.called(function, r)
	}
	return r, err
}

// Stack is a running stack. Its methods may be called by any goroutine.
type Stack struct {
	options  Options
	template *template.Template
	url      string
	log      *log

	folder   *dataFolder
	listener net.Listener // of the gateway
	awsPort  net.Listener
	engine   *engine.Engine // nil with DynamoDBEndpoint
	dynamoDB *dynamodb.Client
	keyRing  string // ARN
	mail     *ses.Service
	aws      *awsapi.API
	lambda   caller
	streams  *stream.Driver
	events   *eventbus.Bus
	told     *putevents.Service
	issuer   *issuer.Issuer
	servers  []*http.Server
	stopping chan struct{}
	sweeping sync.WaitGroup

	mu     sync.Mutex
	seeded []Seeded

	closing sync.Once
}

// Seeded is something that seeding made, for people to use.
type Seeded struct{ Name, ID string }

// Start starts a stack and returns when it serves and is seeded. Where it fails it leaves nothing running.
func Start(ctx context.Context, o Options) (*Stack, error) {
	s := &Stack{options: o, stopping: make(chan struct{})}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Stack) start(ctx context.Context) error {
	o := &s.options
	if o.TableName == "" {
		o.TableName = template.DefaultStackName
	}
	if o.Progress == nil {
		o.Progress = func(string, time.Duration) {}
	}
	if err := checkEndpoint(o.DynamoDBEndpoint, o.TableName, o.AllowRemoteTable); err != nil {
		return err
	}
	var err error
	if s.folder, err = openDataFolder(o.DataDir); err != nil {
		return err
	}
	if s.log, err = newLog(o.Log, o.Color, s.folder.path("logs")); err != nil {
		return err
	}
	if err := s.listen(); err != nil {
		return err
	}
	if s.template, err = LoadTemplate(o.Root, s.url, o.TableName, o.Parameters); err != nil {
		return err
	}

	var steps errgroup.Group
	steps.Go(func() error { return s.timed("functions built", func() error { return s.build(ctx) }) })
	steps.Go(func() error { return s.timed("table ready", func() error { return s.openTable(ctx) }) })
	steps.Go(func() (err error) {
		s.issuer, err = newIssuer(s.template, s.url, s.folder, s.Invoke)
		return err
	})
	if err := steps.Wait(); err != nil {
		return err
	}
	if err := s.serve(ctx); err != nil {
		return err
	}
	if o.Seed != nil {
		if err := s.timed("seeded", func() error { return o.Seed(ctx, s) }); err != nil {
			return fmt.Errorf("seed: %w", err)
		}
	}
	return s.folder.writeState(s.state())
}

func (s *Stack) state() State {
	return State{
		URL: s.url, AWSEndpoint: s.AWSEndpoint(), EngineEndpoint: s.EngineEndpoint(), TableName: s.TableName(), KeyRing: s.keyRing,
		Parameters: s.options.Parameters, PID: os.Getpid(),
	}
}

func (s *Stack) timed(step string, do func() error) error {
	begin := time.Now()
	if err := do(); err != nil {
		return err
	}
	s.options.Progress(step, time.Since(begin))
	return nil
}

func (s *Stack) build(ctx context.Context) error {
	if s.options.Binaries == "" {
		s.options.Binaries = filepath.Join(s.options.Root, ".local", "bin")
		if err := Build(ctx, s.options.Root, s.options.Binaries); err != nil {
			return err
		}
	}
	return checkBinaries(s.template, s.options.Binaries)
}

func (s *Stack) openTable(ctx context.Context) error {
	endpoint := s.options.DynamoDBEndpoint
	if endpoint == "" {
		var err error
		s.engine, err = engine.Start(ctx, engine.Options{DBPath: s.folder.path("table.db"), Sweep: true, Stderr: s.log})
		if err != nil {
			return err
		}
		endpoint = s.engine.Endpoint()
	}
	s.options.DynamoDBEndpoint = endpoint
	s.dynamoDB = engine.Client(endpoint)
	return ensureTable(ctx, s.dynamoDB, s.template.Table, s.options.TableName)
}

// serve starts what takes requests: the AWS endpoint, the functions, the event bus, what follows the stream, the gateway.
func (s *Stack) serve(ctx context.Context) error {
	var err error
	if err := s.openMail(); err != nil {
		return err
	}
	if err := s.openTold(); err != nil {
		return err
	}
	s.aws, err = awsapi.New(awsapi.Options{
		Engine: s.options.DynamoDBEndpoint, PartitionKey: s.template.Table.PartitionKey(), Functions: s.template.Functions, Mail: s.mail,
		Events: s.told, Refused: s.log.refused,
	})
	if err != nil {
		return err
	}
	s.keyRing = s.template.Secrets[keyRingID]
	s.aws.SetSecret(s.keyRing, DevelopmentKeyRing)
	called := lambda.Options{
		Functions:   functions(s.template, s.options.Binaries, s.AWSEndpoint()),
		Concurrency: s.options.Concurrency,
		Meter:       s.aws,
		Line:        s.log.functionLine,
	}
	if s.options.Last == nil {
		s.lambda = lambda.New(called)
	} else {
		both, err := s.openVersions(called)
		if err != nil {
			return err
		}
		s.lambda = both
	}
	if o := s.options.Called; o != nil {
		s.lambda = told{s.lambda, o}
	}
	if err := s.openEvents(); err != nil { // before anything can send mail
		return err
	}
	s.handle(s.awsPort, onlyLocal(s.aws))
	if err := s.follow(ctx); err != nil {
		return err
	}
	api := gateway.New(gateway.Options{Template: s.template, Invoker: s.lambda, Done: s.log.request})
	s.handle(s.listener, split(onlyLocal(s.devHandler()), api))

	if s.engine != nil {
		s.sweeping.Go(s.sweep)
	}
	return nil
}

func (s *Stack) handle(l net.Listener, h http.Handler) {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10}
	s.servers = append(s.servers, server)
	go server.Serve(l)
}

// sweep removes what its TTL says, as DynamoDB does by itself, until the stack stops.
func (s *Stack) sweep() {
	tick := time.NewTicker(sweepInterval)
	defer tick.Stop()
	for {
		select {
		case <-s.stopping:
			return
		case <-s.engine.Exited():
			s.log.problem("the DynamoDB engine has ended: stop this stack and start it again")
			return
		case <-tick.C:
			ctx, cancel := context.WithTimeout(context.Background(), sweepInterval)
			if _, err := s.engine.Sweep(ctx); err != nil {
				s.log.problem(err.Error())
			}
			cancel()
		}
	}
}

// Close ends the stack: it takes no more requests, follows the stream no further and delivers no more events, finishes what is under way (for up to
// five seconds), then ends the functions and the engine and gives the data folder back. A second call does nothing.
func (s *Stack) Close() error {
	var err error
	s.closing.Do(func() {
		close(s.stopping)
		if s.folder != nil {
			s.folder.removeState()
		}
		err = s.drain()
		if s.lambda != nil {
			s.lambda.Close()
		}
		if s.aws != nil {
			s.aws.Close()
		}
		s.sweeping.Wait()
		if s.engine != nil {
			err = errors.Join(err, s.engine.Stop())
		}
		if s.told != nil {
			err = errors.Join(err, s.told.Close())
		}
		if s.log != nil {
			err = errors.Join(err, s.log.Close())
		}
		if s.folder != nil {
			s.folder.release()
		}
	})
	return err
}

// drain closes the listeners and waits for requests and for what the stream and the event bus have brought. The AWS endpoint, which was opened
// first, is closed last: functions need it until they have answered.
func (s *Stack) drain() error {
	for i, l := range []net.Listener{s.awsPort, s.listener} { // as they are served
		if l != nil && i >= len(s.servers) {
			l.Close() // nothing serves it yet
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	var following sync.WaitGroup
	if s.streams != nil {
		following.Go(func() { s.streams.Stop(ctx) })
	}
	if s.events != nil {
		following.Go(func() { s.events.Stop(ctx) })
	}
	var err error
	for i := len(s.servers) - 1; i >= 0; i-- {
		if i == 0 {
			following.Wait()
		}
		if i == 0 && s.lambda != nil {
			// The functions end before the AWS endpoint: a connection that one has opened and not used yet counts as busy for 5 s.
			s.lambda.Close()
		}
		if e := s.servers[i].Shutdown(ctx); e != nil {
			s.servers[i].Close()
			err = errors.Join(err, fmt.Errorf("requests under way were cut off: %w", e))
		}
	}
	return err
}

// URL is the base URL of the API and of /dev/.
func (s *Stack) URL() string { return s.url }

// AWSEndpoint is what functions get as AWS_ENDPOINT_URL.
func (s *Stack) AWSEndpoint() string { return "http://" + s.awsPort.Addr().String() }

// TableName is the name of the table.
func (s *Stack) TableName() string { return s.options.TableName }

// Template is the template as it was resolved for this stack.
func (s *Stack) Template() *template.Template { return s.template }

// EngineEndpoint is the URL of the engine itself, past the AWS endpoint.
func (s *Stack) EngineEndpoint() string { return s.options.DynamoDBEndpoint }

// DynamoDB is a client of the engine itself: its calls pass no policy and aren't counted.
func (s *Stack) DynamoDB() *dynamodb.Client { return s.dynamoDB }

// KeyRing is the current value of the secret with the key ring.
func (s *Stack) KeyRing() string { return s.aws.Secret(s.keyRing) }

// SetKeyRing changes the secret with the key ring, as an operator does in the cloud.
func (s *Stack) SetKeyRing(value string) { s.aws.SetSecret(s.keyRing, value) }

// UnusedGrants tells, in words, what in the functions' policies has allowed no call so far.
func (s *Stack) UnusedGrants() []string { return s.aws.Unused() }

// Token is an access token for a person; see package issuer.
func (s *Stack) Token(who string) (string, error) { return s.issuer.Token(who) }

// Invoke calls a function with an event, past the gateway.
func (s *Stack) Invoke(ctx context.Context, function string, event []byte) (lambda.Result, error) {
	return s.lambda.Invoke(ctx, function, event)
}

// SetSeeded says what there is, for /dev/.
func (s *Stack) SetSeeded(things []Seeded) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seeded = things
}

// Seeded is what SetSeeded said last.
func (s *Stack) Seeded() []Seeded {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seeded
}
