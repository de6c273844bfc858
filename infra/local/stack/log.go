package stack

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"group-invites/infra/local/eventbus"
	"group-invites/infra/local/gateway"
	"group-invites/infra/local/lambda"
	"group-invites/infra/local/putevents"
	"group-invites/infra/local/ses"
	"group-invites/infra/local/stream"
)

// log tells people what happens: a line a request, a batch of the stream, a mail and an event, and of what functions print
// only what needs attention. Everything that they print goes to a file of the function's name.
type log struct {
	mu    sync.Mutex
	out   io.Writer
	color bool
	dir   string
	files map[string]*os.File
}

func newLog(out io.Writer, color bool, dir string) (*log, error) {
	if out == nil {
		out = io.Discard
	}
	return &log{out: out, color: color, dir: dir, files: map[string]*os.File{}}, os.MkdirAll(dir, 0o700)
}

// Close closes the files. Lines that come later are dropped.
func (l *log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var err error
	for _, f := range l.files {
		err = errors.Join(err, f.Close())
	}
	return err
}

// Write passes text on to people.
func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Write(p)
}

// SGR codes of terminals.
const (
	red, green, yellow, cyan, dim = "31", "32", "33", "36", "2"
)

func (l *log) paint(code, text string) string {
	if !l.color || code == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// secret is what may be a code of a link or a token of a mail: nothing else in our paths is as long. In the cloud no log holds paths.
var secret = regexp.MustCompile(`[A-Za-z0-9_-]{44,}`)

// request writes the line of a request, such as
//
//	15:04:05 201 POST /v1/invites/redeem  12 ms  warm  3 calls  2.5 R  6 W
func (l *log) request(r gateway.Record) {
	var b strings.Builder
	b.WriteString(l.paint(dim, r.Time.Format(time.TimeOnly)) + " ")
	b.WriteString(l.paint(statusColor(r.Status), strconv.Itoa(r.Status)) + " ")
	path := (&url.URL{Path: r.Path}).EscapedPath() // nothing that a terminal would obey
	path = secret.ReplaceAllString(path, "…")
	fmt.Fprintf(&b, "%-6s %s  %s", printable(r.Method), path, milliseconds(r.Duration))
	if r.Called {
		b.WriteString(l.cost(r.Result))
	}
	b.WriteByte('\n')
	if r.Err != nil {
		line := "         " + r.Function + ": " + printable(r.Err.Error())
		if r.Status < http.StatusInternalServerError {
			line = "         gateway: " + printable(r.Err.Error())
		}
		b.WriteString(l.paint(statusColor(r.Status), line) + "\n")
	}
	io.WriteString(l, b.String())
}

// cost is the part of a line that tells what a call of a function took.
func (l *log) cost(r lambda.Result) string {
	var b strings.Builder
	start := "warm"
	if r.Cold {
		start = l.paint(yellow, "cold") + " (init " + milliseconds(r.InitDuration) + ")"
	}
	if r.Version != "" {
		start += "  by " + r.Version
	}
	fmt.Fprintf(&b, "  %s  %d calls", start, r.Usage.Calls)
	if u := r.Usage; u.ReadUnits > 0 || u.WriteUnits > 0 {
		fmt.Fprintf(&b, "  %s R  %s W", strconv.FormatFloat(u.ReadUnits, 'f', -1, 64), strconv.FormatFloat(u.WriteUnits, 'f', -1, 64))
	}
	return b.String()
}

// invocation writes the line of a batch that the stream brought, such as
//
//	15:04:05 stream  tally  12 records  ok  8 ms  warm  3 calls  2.5 R  6 W
func (l *log) invocation(i stream.Invocation) {
	outcome := l.paint(green, "ok")
	switch {
	case i.Result.FunctionError != "":
		outcome = l.paint(red, "failed")
	case i.Settled < i.Records:
		outcome = l.paint(yellow, fmt.Sprintf("%d of them ok", i.Settled))
	}
	line := fmt.Sprintf("%s stream  %s  %s  %s  %s%s\n", l.paint(dim, i.Time.Format(time.TimeOnly)), i.Function, records(i.Records), outcome,
		milliseconds(i.Result.Duration), l.cost(i.Result))
	if i.Result.FunctionError != "" {
		line += l.functionError(i.Function, i.Result)
	}
	io.WriteString(l, line)
}

// mail writes the line of a call to send mail, such as
//
//	15:04:05 mail    mailer  to bo@example.org: Ada invites you to Backcountry Club
func (l *log) mail(c ses.Call) {
	line := fmt.Sprintf("%s mail    %s  to %s: %s", l.paint(dim, c.Time.Format(time.TimeOnly)), c.Caller, printable(strings.Join(c.To, ", ")), printable(c.Subject))
	if c.Refused != "" {
		line += "  " + l.paint(yellow, c.Refused)
	}
	io.WriteString(l, line+"\n")
}

// put writes the line of a call to put events, such as
//
//	15:04:05 told    tally  invite.created, member.joined
func (l *log) put(c putevents.Call) {
	line := fmt.Sprintf("%s told    %s  %s", l.paint(dim, c.Time.Format(time.TimeOnly)), c.Caller, printable(strings.Join(c.Taken, ", ")))
	if c.Refused > 0 {
		line += "  " + l.paint(yellow, fmt.Sprintf("%d refused", c.Refused))
	}
	if c.Fault != "" {
		line += "  " + l.paint(yellow, c.Fault)
	}
	io.WriteString(l, line+"\n")
}

// event writes the line of an event that a function was called with, such as
//
//	15:04:05 event   mail-feedback  Email Bounced  ok  8 ms  warm  3 calls  2.5 R  6 W
//
// A run of a schedule that succeeded and wrote nothing has none: it would say nothing, every few seconds.
func (l *log) event(i eventbus.Invocation) {
	failed := i.Result.FunctionError != ""
	if i.Scheduled && !failed && i.Result.Usage.WriteUnits == 0 {
		return
	}
	outcome := l.paint(green, "ok")
	if failed {
		outcome = l.paint(red, "failed")
	}
	line := fmt.Sprintf("%s event   %s  %s  %s  %s%s\n", l.paint(dim, i.Time.Format(time.TimeOnly)), i.Function, printable(i.Event), outcome,
		milliseconds(i.Result.Duration), l.cost(i.Result))
	if failed {
		line += l.functionError(i.Function, i.Result)
	}
	io.WriteString(l, line)
}

// eventDrop reports an event that was given up.
func (l *log) eventDrop(d eventbus.Drop) {
	text := fmt.Sprintf("event for %s: gave up %s (%s)", d.Function, printable(d.Event), d.Condition)
	if d.Queue != "" {
		text += fmt.Sprintf("; %s now holds %d", d.Queue, d.Waiting)
	}
	l.problem(text)
}

// functionError is the line of what a function said of its failure.
func (l *log) functionError(function string, r lambda.Result) string {
	return l.paint(red, "         "+function+": "+printable(r.FunctionError+": "+r.ErrorMessage())) + "\n"
}

// drop reports records that were given up.
func (l *log) drop(d stream.Drop) {
	text := fmt.Sprintf("stream to %s: gave up %s (%s)", d.Function, records(d.Records), d.Condition)
	if d.Queue != "" {
		text += fmt.Sprintf("; %s now holds %d", d.Queue, d.Waiting)
	}
	l.problem(text)
}

func records(n int) string {
	if n == 1 {
		return "1 record"
	}
	return strconv.Itoa(n) + " records"
}

func statusColor(status int) string {
	switch {
	case status >= 500:
		return red
	case status >= 400:
		return yellow
	case status >= 300:
		return cyan
	}
	return green
}

func milliseconds(d time.Duration) string {
	ms := float64(d) / float64(time.Millisecond)
	if ms < 10 {
		return strconv.FormatFloat(ms, 'f', 1, 64) + " ms"
	}
	return strconv.FormatFloat(ms, 'f', 0, 64) + " ms"
}

// printable replaces what a terminal would obey.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return ' '
		}
		return r
	}, s)
}

// functionLine keeps a line that a function printed, and shows warnings, errors and what isn't a log line at all.
func (l *log) functionLine(function, line string) {
	l.mu.Lock()
	f := l.files[function]
	if f == nil {
		var err error
		f, err = os.OpenFile(filepath.Join(l.dir, function+".log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err == nil {
			l.files[function] = f
		}
	}
	if f != nil {
		io.WriteString(f, line+"\n") // a full disk must not stop the function
	}
	l.mu.Unlock()

	var entry struct{ Level string }
	if json.Unmarshal([]byte(line), &entry) == nil && entry.Level != "WARN" && entry.Level != "ERROR" && entry.Level != "FATAL" {
		return
	}
	fmt.Fprintf(l, "         %s %s\n", l.paint(dim, function), printable(line))
}

// refused reports a call that a function's policy doesn't allow: in the cloud it would fail as well.
func (l *log) refused(function, action, resource string) {
	l.problem(fmt.Sprintf("ACCESS DENIED: no statement in template.yaml allows %s to %s on %s", function, action, printable(resource)))
}

// problem reports what people must know.
func (l *log) problem(text string) {
	io.WriteString(l, l.paint(red, "         "+text)+"\n")
}
