package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"group-invites/shared/directory"
	"group-invites/shared/invite"
	"group-invites/shared/linkcode"
)

// first is a ring as a deployment makes it.
var first = `{"signing":"0","0":"` + strings.Repeat("made by Secrets Manager ", 3) + `"}`

// memory is a secret in memory.
type memory struct {
	value   string
	written time.Time
	writes  int
	lost    bool // somebody else writes right after us
}

func (m *memory) read(context.Context) (string, time.Time, error) { return m.value, m.written, nil }

func (m *memory) write(_ context.Context, value string) error {
	m.writes++
	if !m.lost {
		m.value = value
	}
	m.written = time.Now()
	return nil
}

// do carries out a command on the secret, whoever asks agrees.
func do(t *testing.T, m *memory, command string) error {
	t.Helper()
	k := keys{store: m, now: time.Now, out: io.Discard, agreed: func(string) bool { return true }}
	return k.do(t.Context(), strings.Fields(command))
}

// function is one environment of a function: it has a ring of its own, which it renews when it is asked and the ring is old.
type function struct{ source *linkcode.Source }

func newFunction(t *testing.T, m *memory) function {
	t.Helper()
	source, err := linkcode.NewSource(t.Context(), "prod", time.Now, func(context.Context) ([]byte, error) { return []byte(m.value), nil })
	if err != nil {
		t.Fatal(err)
	}
	return function{source}
}

func (f function) ring(t *testing.T) *linkcode.Ring {
	t.Helper()
	r, err := f.source.Ring(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var (
	group = directory.GroupID{1, 2, 3, 4, 5, 6, 7, 8}
	link  = invite.ID{8, 7, 6, 5, 4, 3, 2, 1}
)

func (f function) accepts(t *testing.T, code string) bool {
	t.Helper()
	_, _, ok := f.ring(t).Verify(code)
	return ok
}

// fleet is forty functions that were started, and so renew their rings, six seconds apart.
func fleet(t *testing.T, m *memory) []function {
	var all []function
	for range 40 {
		all = append(all, newFunction(t, m))
		time.Sleep(6 * time.Second)
	}
	return all
}

// everySecond runs what every function does, at every second of a time.
func everySecond(d time.Duration, act func(second int)) {
	for second := range int(d / time.Second) {
		act(second)
		time.Sleep(time.Second)
	}
}

// TestDrill_ARotationRefusesNobody: at every second of a whole rotation, what any function signs every function accepts, until the old key
// is retired.
func TestDrill_ARotationRefusesNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{value: first, written: time.Now()}
		all := fleet(t, m)
		old := all[0].ring(t).Sign(group, link)
		check := func(second int) {
			signer := all[second%len(all)]
			code := signer.ring(t).Sign(group, link)
			for i, f := range all {
				if !f.accepts(t, code) || !f.accepts(t, old) {
					t.Fatalf("second %d: function %d refuses what another has signed", second, i)
				}
			}
		}
		for _, command := range []string{"add", "sign 1"} {
			if err := do(t, m, command); err != nil {
				t.Fatal(err)
			}
			everySecond(settled, check)
		}
		if err := do(t, m, "retire 0"); err != nil {
			t.Fatal(err)
		}
		everySecond(settled, func(second int) {
			code := all[second%len(all)].ring(t).Sign(group, link)
			for i, f := range all {
				if !f.accepts(t, code) {
					t.Fatalf("second %d after the end of the old key: function %d refuses a new code", second, i)
				}
			}
		})
		for i, f := range all {
			if f.accepts(t, old) {
				t.Errorf("function %d accepts a code of the retired key", i)
			}
		}
	})
}

// TestDrill_ALeakedKeyIsDeadWithinFiveMinutes, to every function; and within them new codes are good to all.
func TestDrill_ALeakedKeyIsDeadWithinFiveMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{value: first, written: time.Now()}
		all := fleet(t, m)
		old := all[0].ring(t).Sign(group, link)
		if err := do(t, m, "replace"); err != nil {
			t.Fatal(err)
		}
		start, last := time.Now(), time.Duration(0)
		everySecond(6*time.Minute, func(int) {
			for _, f := range all {
				if f.accepts(t, old) {
					last = time.Since(start)
				}
			}
		})
		t.Logf("the last function that accepted a code of the leaked key did so %s after it was replaced", last)
		if last >= 5*time.Minute || last == 0 {
			t.Errorf("a code of the leaked key was accepted %s after", last)
		}
		fresh := all[0].ring(t).Sign(group, link)
		for i, f := range all {
			if !f.accepts(t, fresh) {
				t.Errorf("function %d refuses a code of the new key", i)
			}
		}
	})
}

func TestKeys_HoldToTheOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{value: first, written: time.Now()}
		for _, step := range []struct {
			wait    time.Duration
			command string
			want    string // part of the error; empty for none
		}{
			{0, "sign 1", "there is no key 1"},
			{0, "add", ""},
			{0, "sign 1", "less than five minutes ago"},
			{4 * time.Minute, "sign 1", "less than five minutes ago"},
			{time.Minute, "sign 1", ""},
			{0, "sign 1", "signs already"},
			{0, "retire 1", "key 1 signs"},
			{0, "retire 0", "less than five minutes ago"},
			{5 * time.Minute, "retire 0", ""},
			{0, "retire 0", "retired already"},
			{0, "sign 0", "there is no key 0"},
			{0, "replace", ""}, // at once, whenever the last change was
			{0, "retire 7", "there is no key 7"},
			{0, "turn", "usage"},
			{0, "sign", "usage"},
			{0, "status 1", "usage"},
		} {
			time.Sleep(step.wait)
			before := m.writes
			err := do(t, m, step.command)
			if step.want == "" && err != nil || step.want != "" && (err == nil || !strings.Contains(err.Error(), step.want)) {
				t.Errorf("%s: %v, want %q", step.command, err, step.want)
			}
			if wrote := m.writes > before; wrote != (step.want == "") {
				t.Errorf("%s: written %t", step.command, wrote)
			}
		}
		r, err := parse(m.value)
		if err != nil || r.signing != "2" || fmt.Sprint(r.numbers(), r.retired) != "[2] [0 1]" {
			t.Errorf("%s, %v", r, err)
		}
	})
}

// TestKeys_EndNumbersOnce: a ring that has used all of them says so, and isn't changed.
func TestKeys_EndNumbersOnce(t *testing.T) {
	m := &memory{value: first}
	for n := 1; n < maxKeys; n++ {
		if err := do(t, m, "replace"); err != nil {
			t.Fatal(err)
		}
	}
	before := m.value
	if err := do(t, m, "replace"); err == nil || !strings.Contains(err.Error(), "all 16 numbers") || m.value != before {
		t.Errorf("%v", err)
	}
	if err := do(t, m, "add"); err == nil || m.value != before {
		t.Errorf("%v", err)
	}
}

func TestKeys_AskBeforeLinksEnd(t *testing.T) {
	m := &memory{value: first}
	for answer, agreed := range map[string]bool{"yes\n": true, "no\n": false, "\n": false, "": false, "y\n": false} {
		var out strings.Builder
		if got := ask(strings.NewReader(answer), &out, "All links end."); got != agreed || !strings.Contains(out.String(), "All links end.") {
			t.Errorf("%q: %t", answer, got)
		}
	}
	k := keys{store: m, now: time.Now, out: io.Discard, agreed: func(string) bool { return false }}
	if err := k.do(t.Context(), []string{"replace"}); !errors.Is(err, errDeclined) || m.writes > 0 {
		t.Errorf("%v, %d writes", err, m.writes)
	}
}

func TestKeys_SayThatSomebodyElseChangedTheRing(t *testing.T) {
	m := &memory{value: first, lost: true}
	if err := do(t, m, "add"); err == nil || !strings.Contains(err.Error(), "somebody else") {
		t.Error(err)
	}
}

// TestKeys_ShowNoSecret, and refuse a ring that functions would refuse.
func TestKeys_ShowNoSecret(t *testing.T) {
	m := &memory{value: first, written: time.Now()}
	var out strings.Builder
	k := keys{store: m, now: time.Now, out: &out, agreed: func(string) bool { return true }}
	for _, command := range []string{"status", "add", "status", "replace"} {
		if err := k.do(t.Context(), []string{command}); err != nil {
			t.Fatal(err)
		}
	}
	r, err := parse(m.value)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range append([]string{"Secrets Manager"}, r.secrets[r.signing]) {
		if secret == "" || strings.Contains(out.String(), secret) {
			t.Errorf("%q is shown:\n%s", secret, &out)
		}
	}
	for _, text := range []string{"key 0   signs and verifies", "key 1   verifies", "key 0   retired", "changed 0s ago"} {
		if !strings.Contains(out.String(), text) {
			t.Errorf("%q is not shown:\n%s", text, &out)
		}
	}
	for _, bad := range []string{"", "{}", `{"signing":"0","0":"short secret"}`, `{"signing":"1","0":"` + strings.Repeat("ab", 32) + `"}`} {
		m.value = bad
		if err := do(t, m, "add"); err == nil || strings.Contains(err.Error(), "abab") || strings.Contains(err.Error(), "short secret") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
