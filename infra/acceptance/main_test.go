package acceptance

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"group-invites/infra/invariants/check"
	"group-invites/infra/local/project"
	"group-invites/infra/local/seed"
	"group-invites/infra/local/stack"
)

var (
	root     string // of the repository
	binaries string // folder of the built functions
	shared   *site  // the stack that all tests use, but those about a start or an environment of their own
)

func TestMain(m *testing.M) {
	code, err := runSuite(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func runSuite(m *testing.M) (code int, err error) {
	flag.Parse()
	if root, err = project.Root(); err != nil {
		return 1, err
	}
	if err := useLast(); err != nil {
		return 1, err
	}
	folder, err := os.MkdirTemp("", "acceptance-")
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	binaries = filepath.Join(folder, "functions")
	if err := stack.Build(context.Background(), root, binaries); err != nil {
		return 1, err
	}
	if shared, err = open(context.Background(), stack.Options{DataDir: filepath.Join(folder, "data"), Seed: seed.Stack}); err != nil {
		return 1, err
	}
	code = m.Run()
	sound := shared.isSound(context.Background())
	closed := shared.shut()
	if code != 0 {
		return code, errors.Join(sound, closed)
	}
	closed = errors.Join(sound, closed, shared.wentWell())
	if filtered() {
		return code, closed
	}
	return code, errors.Join(closed, shared.usedItsPolicies(), shared.linesAreFit())
}

// filtered tells whether only some of the tests ran.
func filtered() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list"} {
		if f := flag.Lookup(name); f != nil && f.Value.String() != "" {
			return true
		}
	}
	return false
}

// site is a running stack as tests use it.
type site struct {
	*stack.Stack
	dataDir string
	log     *requestLog
	client  *http.Client
}

// open starts a stack on the built functions and a free port, with a table of its own, which lies at DYNAMODB_ENDPOINT if that is set.
func open(ctx context.Context, o stack.Options) (*site, error) {
	s := &site{dataDir: o.DataDir, log: &requestLog{}}
	s.client = &http.Client{
		Timeout: time.Minute,
		Transport: &http.Transport{
			MaxIdleConnsPerHost: 2000, // a thousand people at once, and those who try again
			DisableCompression:  true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	if o.Root == "" {
		o.Root = root
	}
	if other := os.Getenv("DYNAMODB_ENDPOINT"); o.DynamoDBEndpoint == "" && other != "" {
		o.DynamoDBEndpoint = other
	}
	if o.TableName == "" {
		o.TableName = fmt.Sprintf("local-test-%d-%d", os.Getpid(), counter.Add(1))
	}
	o.Binaries, o.Log, o.Last = binaries, s.log, last
	var err error
	s.Stack, err = stack.Start(ctx, o)
	return s, err
}

// shut closes the stack.
func (s *site) shut() error {
	s.client.CloseIdleConnections()
	return s.Close()
}

// start opens a stack of the test's own, and closes it with the test.
func start(t *testing.T, o stack.Options) *site {
	t.Helper()
	o.DataDir = t.TempDir()
	s, err := open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.shut(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// requestLog collects what a stack tells people: a line a request.
type requestLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *requestLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *requestLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// requests waits until the log, from the position on, holds n lines of requests that contain a text, and gives them. A line is
// written just after its answer.
func (l *requestLog) requests(t *testing.T, from, n int, containing string) []string {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		var found []string
		for line := range strings.Lines(l.String()[from:]) {
			if requestLine.MatchString(line) && strings.Contains(line, containing) {
				found = append(found, strings.TrimSuffix(line, "\n"))
			}
		}
		if len(found) >= n {
			return found
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d lines of requests with %q, want %d", len(found), containing, n)
		}
	}
}

// settleTime is how long what follows the stream, and the clearing of what was deleted, may take after the last test.
const settleTime = 30 * time.Second

// isSound holds all that is in a stack's table to package check, once what follows from the last changes is done.
func (s *site) isSound(ctx context.Context) error {
	for deadline := time.Now().Add(settleTime); ; time.Sleep(500 * time.Millisecond) {
		table := check.New(time.Now())
		pages := dynamodb.NewScanPaginator(s.DynamoDB(), &dynamodb.ScanInput{TableName: new(s.TableName()), ConsistentRead: new(true)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return fmt.Errorf("read the table: %w", err)
			}
			for _, row := range page.Items {
				table.Add(row)
			}
		}
		found := table.Violations()
		if len(found) == 0 {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("of %d rows, %d aren't as they must be: %v", table.Rows(), len(found), found[:min(len(found), 50)])
		}
	}
}

var (
	requestLine = regexp.MustCompile(`^\d\d:\d\d:\d\d \d\d\d `)
	failedLine  = regexp.MustCompile(`(?m)^\d\d:\d\d:\d\d 500 .*\n.*`)
)

// usedItsPolicies holds what must be true of a stack after the whole suite: nothing in a policy is to spare, down to each action and each value of a
// condition, so that whatever is taken out makes a call fail here.
func (s *site) usedItsPolicies() error {
	var faults []error
	for _, grant := range s.UnusedGrants() {
		faults = append(faults, fmt.Errorf("template.yaml: nothing has used what a policy allows: %s", grant))
	}
	return errors.Join(faults...)
}

// wentWell holds what must be true of a stack after any of the tests: nothing in a policy was missed, no event was put that
// its schema doesn't know, and no request ended in a function error.
func (s *site) wentWell() error {
	var faults []error
	for line := range strings.Lines(s.log.String()) {
		if strings.Contains(line, "ACCESS DENIED") || strings.Contains(line, "DOESN'T FIT ITS SCHEMA") {
			faults = append(faults, errors.New(strings.TrimSpace(line)))
		}
	}
	for _, lines := range failedLine.FindAllString(s.log.String(), -1) {
		faults = append(faults, fmt.Errorf("a request ended in a 500: %s", lines))
	}
	return errors.Join(faults...)
}

// counter tells people of one test binary apart.
var counter atomic.Int64
