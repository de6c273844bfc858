package stream_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"group-invites/infra/local/lambda"
	queues "group-invites/infra/local/queue"
	"group-invites/infra/local/stream"
	"group-invites/infra/local/template"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// TestEvents_HaveLambdasForm: each change comes in order, with its images as they were written.
func TestEvents_HaveLambdasForm(t *testing.T) {
	t.Parallel()
	s := play(t, nil)
	row := item{
		"pk": text("a <b> & c"), "n": &types.AttributeValueMemberN{Value: "12345678901234567890.5"}, "b": &types.AttributeValueMemberB{Value: []byte{0, 1, 2}},
		"l": &types.AttributeValueMemberL{Value: []types.AttributeValue{&types.AttributeValueMemberNULL{Value: true}, &types.AttributeValueMemberBOOL{}}},
		"s": &types.AttributeValueMemberSS{Value: []string{"x"}},
	}
	begin := time.Now().Unix()
	s.putItem(row)
	s.putItem(row) // which changes nothing: DynamoDB makes no record of that, the engine does
	row["n"] = &types.AttributeValueMemberN{Value: "7"}
	s.putItem(row)
	if _, err := s.db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: aws.String(table), Key: item{"pk": row["pk"]}}); err != nil {
		t.Fatal(err)
	}
	s.idle()
	var records []map[string]any
	for _, n := range s.notes("got") {
		var event struct{ Records []map[string]any }
		if err := json.Unmarshal(n.Event, &event); err != nil {
			t.Fatal(err)
		}
		records = append(records, event.Records...)
	}
	if len(records) != 3 {
		t.Fatalf("%d records, want 3", len(records))
	}

	ids := map[any]bool{}
	for i, r := range records {
		change := r["dynamodb"].(map[string]any)
		if at, ok := change["ApproximateCreationDateTime"].(float64); !ok || at < float64(begin) || at > float64(time.Now().Unix()) {
			t.Errorf("record %d: created at %v", i, change["ApproximateCreationDateTime"])
		}
		if size, ok := change["SizeBytes"].(float64); !ok || size <= 0 {
			t.Errorf("record %d: size %v", i, change["SizeBytes"])
		}
		if id, ok := r["eventID"].(string); !ok || !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(id) || ids[id] {
			t.Errorf("record %d: event id %v", i, r["eventID"])
		}
		ids[r["eventID"]] = true
		delete(change, "ApproximateCreationDateTime")
		delete(change, "SizeBytes")
		delete(r, "eventID")
	}
	const (
		frame = `"eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"local","eventSourceARN":"arn:aws:dynamodb:local:000000000000:table/things/stream/label"`
		key   = `"Keys":{"pk":{"S":"a <b> & c"}},"StreamViewType":"NEW_AND_OLD_IMAGES"`
		image = `{"pk":{"S":"a <b> & c"},"b":{"B":"AAEC"},"l":{"L":[{"NULL":true},{"BOOL":false}]},"s":{"SS":["x"]},"n":{"N":`
		long  = image + `"12345678901234567890.5"}}`
		short = image + `"7"}}`
	)
	for i, want := range []string{
		`{"eventName":"INSERT",` + frame + `,"dynamodb":{` + key + `,"SequenceNumber":"1","NewImage":` + long + `}}`,
		`{"eventName":"MODIFY",` + frame + `,"dynamodb":{` + key + `,"SequenceNumber":"3","NewImage":` + short + `,"OldImage":` + long + `}}`,
		`{"eventName":"REMOVE",` + frame + `,"dynamodb":{` + key + `,"SequenceNumber":"4","OldImage":` + short + `}}`,
	} {
		var wanted map[string]any
		if err := json.Unmarshal([]byte(want), &wanted); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(records[i], wanted) {
			got, _ := json.Marshal(records[i])
			t.Errorf("record %d:\n%s\nwant\n%s", i, got, want)
		}
	}
}

func TestEvents_TimeToLiveHasItsIdentity(t *testing.T) {
	t.Parallel()
	s := play(t, func(m *template.StreamMapping) {
		m.Filters = filter(t, `{"userIdentity": {"type": ["Service"], "principalId": ["dynamodb.amazonaws.com"]}}`)
	})
	s.putItem(item{"pk": text("expired"), "ttl": &types.AttributeValueMemberN{Value: "1"}})
	s.put("deleted")
	if _, err := s.db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: aws.String(table), Key: item{"pk": text("deleted")}}); err != nil {
		t.Fatal(err)
	}
	if n, err := s.engine.Sweep(t.Context()); n != 1 || err != nil {
		t.Fatalf("swept %d, %v", n, err)
	}
	s.idle()
	if got := s.got(); len(got) != 1 || !slices.Equal(got[0], []string{"expired"}) {
		t.Errorf("got %v", got)
	}
}

func TestFilters_LetThroughWhatOneOfThemMatches(t *testing.T) {
	t.Parallel()
	s := play(t, func(m *template.StreamMapping) {
		m.Filters = filter(t,
			`{"eventName": ["INSERT"], "dynamodb": {"Keys": {"pk": {"S": [{"prefix": "U#"}]}}}}`,
			`{"dynamodb": {"NewImage": {"kind": {"S": ["special"]}}}}`)
	})
	s.put("U#1")
	s.put("G#1")
	s.put("U#1", "n=1") // MODIFY
	s.put("G#2", "kind=special")
	s.put("G#3", "kind=plain")
	s.idle()
	if got, want := s.done(), []string{"U#1", "G#2"}; !slices.Equal(got, want) {
		t.Errorf("done %v, want %v", got, want)
	}
	if at := s.driver.Status()[0].Position; at != "5" {
		t.Errorf("at %q: records that are filtered out count as settled", at)
	}
}

func TestBatches_AreFullAndInOrder(t *testing.T) {
	t.Parallel()
	s := newScene(t, func(m *template.StreamMapping) { m.BatchSize = 10 })
	s.putMany(1025)
	s.start()
	s.idle()
	if got := s.done(); !slices.Equal(got, numbers(0, 1025)) {
		t.Errorf("done %v", got)
	}
	for i, batch := range s.got() {
		if want := min(10, 1025-10*i); len(batch) != want {
			t.Errorf("batch %d has %d records, want %d", i, len(batch), want)
		}
	}
}

func TestBatches_FitIntoACall(t *testing.T) {
	t.Parallel()
	const records, size = 20, 390_000 // 15 of them are less than 6 MB
	s := newScene(t, nil)
	for i := range records {
		s.put(fmt.Sprint(i), "x="+strings.Repeat("x", size))
	}
	s.start()
	s.idle()
	notes := s.notes("got")
	if !slices.Equal(s.done(), numbers(0, records)) || len(notes) != 2 {
		t.Fatalf("done %v in %d batches, want 2", s.done(), len(notes))
	}
	first := len(notes[0].Event)
	if one := first / len(notes[0].Keys); first > lambda.MaxPayload || first+one+one/2 < lambda.MaxPayload {
		t.Errorf("the first batch has %d records in %d bytes", len(notes[0].Keys), first)
	}
}

func TestWindow(t *testing.T) {
	t.Parallel()
	t.Run("holds a batch back until it is full", func(t *testing.T) {
		t.Parallel()
		s := play(t, func(m *template.StreamMapping) { m.BatchSize, m.Window = 3, time.Hour })
		s.put("0")
		s.put("1")
		s.put("2")
		s.until("the full batch is there", func() bool { return len(s.done()) == 3 })
		if got := s.got(); len(got) != 1 {
			t.Errorf("got %v", got)
		}
	})
	t.Run("ends", func(t *testing.T) {
		t.Parallel()
		s := play(t, func(m *template.StreamMapping) { m.Window = 2 * time.Second })
		s.put("0")
		s.put("1")
		s.until("the window has ended", func() bool { return len(s.done()) == 2 })
		if got := s.got(); len(got) != 1 {
			t.Errorf("got %v", got)
		}
	})
	t.Run("ends when somebody waits", func(t *testing.T) {
		t.Parallel()
		s := play(t, func(m *template.StreamMapping) { m.Window = time.Hour })
		s.put("0")
		s.idle()
		if got := s.done(); len(got) != 1 {
			t.Errorf("done %v", got)
		}
	})
}

func TestReported_TheRestIsTriedAgain(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		bisect bool
		do     string
		again  int // the record with which the second batch begins
	}{
		"the lowest of two counts":        {do: "report", again: 2},
		"also with bisecting":             {do: "report", bisect: true, again: 2},
		"an unknown record means all":     {do: "nonsense", again: 0},
		"and an error does so":            {do: "fail", again: 0},
		"and a process that kills itself": {do: "die", again: 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t, func(m *template.StreamMapping) { m.Bisect = test.bisect })
			once := s.once()
			for i := range 6 {
				switch i {
				case 2, 4:
					do := []string{"do=" + test.do}
					if i == 2 {
						do = append(do, once)
					} else {
						do = append(do, s.once())
					}
					s.put(fmt.Sprint(i), do...)
				default:
					s.put(fmt.Sprint(i))
				}
			}
			s.start()
			s.idle()
			got := s.got()
			if len(got) < 2 || !slices.Equal(got[0], numbers(0, 6)) || !slices.Equal(got[1], numbers(test.again, 6)) {
				t.Errorf("got %v", got)
			}
			if done := s.done(); !slices.Equal(done, numbers(0, 6)) {
				t.Errorf("done %v", done)
			}
			if n := len(s.failures()); n != 0 || len(s.drops) != 0 {
				t.Errorf("%d failures, %d drops", n, len(s.drops))
			}
		})
	}
}

func TestReported_MeansNothingWhereItIsNotAskedFor(t *testing.T) {
	t.Parallel()
	s := play(t, func(m *template.StreamMapping) { m.ReportBatchItemFailures = false })
	s.put("0", "do=report")
	s.idle()
	if got := s.got(); len(got) != 1 {
		t.Errorf("got %v", got)
	}
}

// TestBisect_FindsThePoison: one record among a hundred always fails. It alone ends in the queue.
func TestBisect_FindsThePoison(t *testing.T) {
	t.Parallel()
	for _, do := range []string{"fail", "die", "report"} {
		t.Run(do, func(t *testing.T) {
			t.Parallel()
			const poison = 37
			s := newScene(t, func(m *template.StreamMapping) { m.Bisect, m.MaximumRetryAttempts = true, 2 })
			for i := range 100 {
				if i == poison {
					s.put(fmt.Sprint(i), "do="+do)
				} else {
					s.put(fmt.Sprint(i))
				}
			}
			s.start()
			s.idle()
			if want := append(numbers(0, poison), numbers(poison+1, 100)...); !slices.Equal(s.done(), want) {
				t.Errorf("done %v", s.done())
			}
			alone := 0
			for _, batch := range s.got() {
				if slices.Equal(batch, numbers(poison, poison+1)) {
					alone++
				}
			}
			if alone != 3 {
				t.Errorf("it was tried alone %d times, want once and two retries", alone)
			}
			failures := s.failures()
			if len(failures) != 1 {
				t.Fatalf("failures %+v", failures)
			}
			f := failures[0]
			if f.RequestContext.Condition != stream.RetryAttemptsExhausted || f.RequestContext.ApproximateInvokeCount != 3 || f.Batch.BatchSize != 1 ||
				f.Batch.StartSequenceNumber != "38" || f.Batch.EndSequenceNumber != "38" || (f.ResponseContext.FunctionError == "") != (do == "report") {
				t.Errorf("failure %+v, %+v", f, f.ResponseContext)
			}
			status := s.driver.Status()[0]
			if status.Position != "100" || status.Settled != 99 || status.Dropped != 1 || status.Queue != queue {
				t.Errorf("status %+v", status)
			}
			if want := (stream.Drop{Function: function, Records: 1, Condition: stream.RetryAttemptsExhausted, Queue: queue, Waiting: 1}); !slices.Equal(s.drops, []stream.Drop{want}) {
				t.Errorf("drops %+v", s.drops)
			}
		})
	}
}

func TestRetries_AreExhaustedByTheWholeBatch(t *testing.T) {
	t.Parallel()
	s := newScene(t, func(m *template.StreamMapping) { m.MaximumRetryAttempts = 2 })
	s.put("0")
	s.put("1", "do=fail")
	s.put("2")
	s.start()
	s.idle()
	s.put("3")
	s.idle()
	want := [][]string{numbers(0, 3), numbers(0, 3), numbers(0, 3), numbers(3, 4)}
	if got := s.got(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}

	line, err := os.ReadFile(filepath.Join(s.options.DataDir, queues.Dir, queue+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	const instant = `"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z"`
	document := regexp.MustCompile(`^\{"requestContext":\{"requestId":"[0-9a-f-]{36}","functionArn":"arn:aws:lambda:local:000000000000:function:follow",` +
		`"condition":"RetryAttemptsExhausted","approximateInvokeCount":3\},` +
		`"responseContext":\{"statusCode":200,"executedVersion":"\$LATEST","functionError":"Unhandled"\},"version":"1.0","timestamp":` + instant + `,` +
		`"DDBStreamBatchInfo":\{"shardId":"[^"]+","startSequenceNumber":"1","endSequenceNumber":"3",` +
		`"approximateArrivalOfFirstRecord":` + instant + `,"approximateArrivalOfLastRecord":` + instant + `,"batchSize":3,` +
		`"streamArn":"arn:aws:dynamodb:local:000000000000:table/things/stream/label"\}\}\n$`)
	if !document.Match(line) {
		t.Errorf("the queue has %s", line)
	}
}

func TestRetries_DropWithoutAQueue(t *testing.T) {
	t.Parallel()
	s := play(t, func(m *template.StreamMapping) { m.MaximumRetryAttempts, m.OnFailure = 0, "" })
	s.put("0", "do=fail")
	s.idle()
	if want := (stream.Drop{Function: function, Records: 1, Condition: stream.RetryAttemptsExhausted}); !slices.Equal(s.drops, []stream.Drop{want}) {
		t.Errorf("drops %+v", s.drops)
	}
}

// TestAge: an hour later, what is older than a minute isn't worth a call.
func TestAge(t *testing.T) {
	t.Parallel()
	s := newScene(t, func(m *template.StreamMapping) { m.MaximumRecordAge = time.Minute })
	s.options.Now = func() time.Time { return time.Now().Add(time.Hour) }
	s.put("0")
	s.put("1")
	s.start()
	s.idle()
	failures := s.failures()
	if len(failures) != 1 || len(s.got()) != 0 {
		t.Fatalf("failures %+v, got %v", failures, s.got())
	}
	if f := failures[0]; f.RequestContext.Condition != stream.RecordAgeExceeded || f.RequestContext.ApproximateInvokeCount != 0 || f.ResponseContext != nil || f.Batch.BatchSize != 2 {
		t.Errorf("failure %+v", f)
	}
}

// TestAge_EndsRetries: where the retries have no limit, the age ends them.
func TestAge_EndsRetries(t *testing.T) {
	t.Parallel()
	s := newScene(t, func(m *template.StreamMapping) { m.MaximumRecordAge = time.Minute })
	s.options.Now = func() time.Time { // it leaps when the function has been called
		if len(s.got()) < 2 {
			return time.Now()
		}
		return time.Now().Add(time.Hour)
	}
	s.put("0", "do=fail")
	s.start()
	s.idle()
	failures := s.failures()
	if len(failures) != 1 || failures[0].RequestContext.Condition != stream.RecordAgeExceeded || failures[0].RequestContext.ApproximateInvokeCount != 2 {
		t.Errorf("failures %+v", failures)
	}
}

// TestKill: kill -9 in the midst of a batch loses nothing.
func TestKill(t *testing.T) {
	t.Parallel()
	s := newScene(t, nil)
	s.put("0")
	s.put("1", "do=sleep", s.once())
	s.start()
	s.until("the function has the batch", func() bool { return len(s.got()) == 1 })
	if n := s.lambda.Kill(function); n != 1 {
		t.Errorf("%d processes were killed", n)
	}
	s.idle()
	notes := s.notes("got")
	if len(notes) != 2 || notes[0].PID == notes[1].PID || !slices.Equal(notes[1].Keys, numbers(0, 2)) || !slices.Equal(s.done(), numbers(0, 2)) {
		t.Errorf("got %v, done %v", s.got(), s.done())
	}
	s.locked(func() {
		if i := s.invocations; len(i) != 2 || i[0].Result.FunctionError != lambda.ErrorExit || i[0].Settled != 0 || i[1].Settled != 2 || i[1].Records != 2 {
			t.Errorf("invocations %+v", i)
		}
	})
}

func TestRestart_GoesOnAtTheCheckpoint(t *testing.T) {
	t.Parallel()
	s := newScene(t, func(m *template.StreamMapping) { m.BatchSize = 2 })
	for i := range 4 {
		s.put(fmt.Sprint(i))
	}
	s.put("4", "do=sleep", s.once())
	s.put("5")
	s.start()
	s.until("the function sleeps", func() bool { return len(s.got()) == 3 })
	stop(s.driver, 0)
	s.lambda.Kill(function)
	if err := s.driver.Idle(t.Context()); !errors.Is(err, stream.ErrStopped) {
		t.Errorf("Idle after Stop: %v", err)
	}
	s.put("6")

	s.start()
	s.idle()
	if got, want := s.got()[3:], [][]string{numbers(4, 6), numbers(6, 7)}; !reflect.DeepEqual(got, want) {
		t.Errorf("after the restart it got %v, want %v", got, want)
	}
	if !slices.Equal(s.done(), numbers(0, 7)) {
		t.Errorf("done %v", s.done())
	}
	stop(s.driver, 0)
	s.start()
	s.put("7")
	s.idle()
	if got := s.got(); !slices.Equal(got[len(got)-1], numbers(7, 8)) {
		t.Errorf("after another restart it got %v", got)
	}
}

func TestStop_WaitsForTheCall(t *testing.T) {
	t.Parallel()
	s := newScene(t, nil)
	s.lambda.Close()
	called, answer := make(chan struct{}), make(chan struct{})
	s.options.Invoker = invoker(func() {
		close(called)
		<-answer
	})
	s.put("0")
	s.start()
	<-called
	stopped := make(chan struct{})
	go func() {
		stop(s.driver, patience)
		close(stopped)
	}()
	close(answer)
	<-stopped
	if at := s.driver.Status()[0].Position; at != "1" {
		t.Errorf("at %q: the call that ended in time counts", at)
	}
}

// invoker is a function that always succeeds.
type invoker func()

func (i invoker) Invoke(context.Context, string, []byte) (lambda.Result, error) {
	i()
	return lambda.Result{}, nil
}

func TestLatest_BeginsWhereTheStreamEndedAtTheStart(t *testing.T) {
	t.Parallel()
	s := newScene(t, func(m *template.StreamMapping) { m.FromLatest = true })
	s.putMany(250) // more than a page
	s.start()
	stop(s.driver, 0)
	s.put("a")
	s.start() // at its checkpoint, not at the latest again
	s.put("b")
	s.idle()
	if got := s.done(); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("done %v", got)
	}
}

// TestStart_AnewOnAnotherTable: a checkpoint is worth nothing on a table that was made later, though it has the same name.
func TestStart_AnewOnAnotherTable(t *testing.T) {
	t.Parallel()
	s := newScene(t, nil)
	s.put("0")
	s.put("1")
	s.start()
	s.idle()
	stop(s.driver, 0)
	second := newScene(t, nil)
	second.options.DataDir = s.options.DataDir
	second.put("2")
	second.start()
	second.idle()
	if got := second.done(); !slices.Equal(got, numbers(2, 3)) {
		t.Errorf("done %v", got)
	}
}

func TestStart_Refuses(t *testing.T) {
	t.Parallel()
	s := newScene(t, nil)
	try := func(want string) {
		t.Helper()
		if _, err := stream.Start(t.Context(), s.options); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want an error with %q", err, want)
		}
	}
	s.options.Table = "nothing"
	try("ResourceNotFoundException")
	_, err := s.db.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: aws.String("still"), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.options.Table = "still"
	try("stream of table still: there is none")
	s.options.Table = table
	damaged := filepath.Join(s.options.DataDir, stream.CheckpointsDir, function+".json")
	if err := os.WriteFile(damaged, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	try("isn't a checkpoint")
}

func TestStart_LeavesAloneWhatIsNotEnabled(t *testing.T) {
	t.Parallel()
	s := play(t, func(m *template.StreamMapping) { m.Enabled = false })
	s.put("0")
	s.idle()
	if status := s.driver.Status(); len(s.got()) != 0 || len(status) != 1 || status[0].Enabled {
		t.Errorf("got %v, status %+v", s.got(), status)
	}
}

func TestIdle_SaysWhoIsNot(t *testing.T) {
	t.Parallel()
	s := play(t, nil)
	s.put("0", "do=fail")
	s.until("the function has failed", func() bool { return len(s.got()) > 0 })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := s.driver.Idle(ctx); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), `stream to follow: `) {
		t.Errorf("%v", err)
	}
}

func TestProblems_AreReportedOnce(t *testing.T) {
	t.Parallel()
	s := newScene(t, nil)
	to, err := url.Parse(s.options.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	engine := httputil.NewSingleHostReverseProxy(to)
	var broken atomic.Bool
	var refused atomic.Int64
	between := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if broken.Load() {
			refused.Add(1)
			http.Error(w, "out of order", http.StatusInternalServerError)
			return
		}
		engine.ServeHTTP(w, r)
	}))
	defer between.Close()
	s.options.Endpoint = between.URL
	s.start()
	for times := 1; times <= 2; times++ {
		refused.Store(0)
		broken.Store(true)
		s.until("some attempts have failed", func() bool { return refused.Load() > 3 })
		broken.Store(false)
		s.put(fmt.Sprint(times))
		s.idle()
		s.locked(func() {
			if len(s.problems) != times || !strings.Contains(s.problems[0], "stream to follow: can't read: ") || !strings.Contains(s.problems[0], "out of order") {
				t.Errorf("after being out of order %d times: problems %q", times, s.problems)
			}
		})
	}
	if got := s.done(); !slices.Equal(got, numbers(1, 3)) {
		t.Errorf("done %v", got)
	}
	stop(s.driver, 0) // before its server
}

// TestThroughput drains ten thousand records in batches of a hundred.
func TestThroughput(t *testing.T) {
	t.Parallel()
	const records = 10_000
	s := newScene(t, nil)
	s.putMany(records)
	begin := time.Now()
	s.start()
	s.idle()
	took := time.Since(begin)
	if got := s.done(); !slices.Equal(got, numbers(0, records)) {
		t.Errorf("%d records done", len(got))
	}
	t.Logf("%d records in %v: %.0f a second", records, took.Round(time.Millisecond), records/took.Seconds())
}
