package crash

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"group-invites/infra/invariants/check"
	"group-invites/infra/local/project"
	"group-invites/shared/dynamo/faults"
)

// TestCrash_EveryOperationAtEveryCall kills at all points, and says how many there are. What follows a kill depends on nothing but what outlives
// the process. So it is carried out once for each state that kills leave, of which there are fewer: a call that reads leaves none of its own.
func TestCrash_EveryOperationAtEveryCall(t *testing.T) {
	m := draw(t)
	points, states := 0, 0
	for _, o := range operations {
		t.Run(o.name, func(t *testing.T) {
			begin := o.prepared(t, m)
			once := o.undisturbed(t, begin)
			points += len(once.points)
			left := map[string]bool{}
			s := begin.scene(t)
			unharmed := s.state()
			for _, kill := range once.points {
				o.killed(t, s, kill)
				if state := s.state(); !left[state] {
					left[state] = true
					o.repeatedIsAsIf(t, s, once)
				}
				if s.state() == unharmed {
					s.rewind() // or it would know from the last time what it has to ask for
					continue
				}
				s.Drop()
				s = begin.scene(t)
			}
			s.Drop()
			states += len(left)
		})
	}
	t.Logf("%d operations were killed at %d points, which left %d states", len(operations), points, states)
}

// outcome is what an operation takes, and what it leaves.
type outcome struct {
	points []func(*scene) // at which it can be killed
	rows   []string
	mails  int
	told   []string
}

// prepared gives the moment from which the operation can be carried out.
func (o operation) prepared(t *testing.T, m moment) moment {
	t.Helper()
	if o.before == nil {
		return m
	}
	s := m.scene(t)
	defer s.Drop()
	if err := o.before(t.Context(), s); err != nil {
		t.Fatalf("before: %v", err)
	}
	return s.moment()
}

// plan says what goes wrong with calls: what goes wrong with each operation of that kind, and the kill.
func (o operation) plan(kill faults.Plan) faults.Plan {
	if o.faults == nil {
		return kill
	}
	others := o.faults()
	return func(c faults.Call) faults.Fault {
		fault := others(c)
		if kill != nil {
			switch f := kill(c); {
			case f == faults.KillAfter && fault != faults.None:
				return faults.KillBefore // it was refused, and did nothing
			case f != faults.None:
				return f
			}
		}
		return fault
	}
}

// undisturbed carries the operation out once.
func (o operation) undisturbed(t *testing.T, begin moment) (once outcome) {
	s := begin.scene(t)
	defer s.Drop()
	s.Faults.Reset(o.plan(nil))
	if err := o.act(t.Context(), s); !errors.Is(err, o.err) {
		t.Fatalf("undisturbed: %v, want %v", err, o.err)
	}
	for call := 1; call <= s.Faults.Cost().Calls; call++ {
		for _, kill := range []faults.Fault{faults.KillBefore, faults.KillAfter} {
			once.points = append(once.points, func(s *scene) { s.Faults.Reset(o.plan(faults.On(call, kill))) })
		}
	}
	for _, of := range []func(s *scene) *outside{
		func(s *scene) *outside { return &s.ses.outside }, func(s *scene) *outside { return &s.bus.outside },
	} {
		for call := 1; call <= of(s).calls; call++ {
			for _, after := range []bool{false, true} {
				once.points = append(once.points, func(s *scene) {
					s.Faults.Reset(o.plan(nil))
					of(s).killAt(call, after)
				})
			}
		}
	}
	s.Faults.Reset(nil)
	s.settle()
	for _, v := range check.All(s.Rows(), s.Clock.Now()) {
		t.Errorf("undisturbed: %s", v)
	}
	once.rows, once.mails, once.told = s.left(), len(s.ses.Took), s.told()
	return once
}

// killed carries it out until it is killed.
func (o operation) killed(t *testing.T, s *scene, kill func(*scene)) {
	t.Helper()
	kill(s)
	// What may fail without harm gives no error.
	if err := o.act(t.Context(), s); !errors.Is(err, faults.ErrKilled) && (err != nil || !s.Faults.Killed()) {
		t.Errorf("killed: %v", err)
	}
	s.start()
}

// repeatedIsAsIf carries it out again, has everything happen that follows, and holds what is there then to what one undisturbed run has left.
func (o operation) repeatedIsAsIf(t *testing.T, s *scene, once outcome) {
	t.Helper()
	s.Faults.Reset(o.plan(nil))
	if err := o.act(t.Context(), s); !errors.Is(err, o.err) && (o.repeated == nil || !errors.Is(err, o.repeated)) {
		t.Errorf("repeated: %v, want %v", err, o.err)
	}
	s.Faults.Reset(nil)
	s.settle()
	for _, v := range check.All(s.Rows(), s.Clock.Now()) {
		t.Errorf("%s", v)
	}
	if n := len(s.ses.Took); n < once.mails || n > once.mails+1 {
		t.Errorf("%d mails went out, and %d undisturbed", n, once.mails)
	}
	if o.twice {
		return
	}
	if left := s.left(); !slices.Equal(left, once.rows) {
		t.Errorf("it isn't as if once: %s", difference(once.rows, left))
	}
	if told := s.told(); !slices.Equal(told, once.told) {
		t.Errorf("it isn't told as if once: %s", difference(once.told, told))
	}
}

// difference gives lines that are in one text only.
func difference(want, got []string) string {
	var out strings.Builder
	for _, line := range want {
		if !slices.Contains(got, line) {
			out.WriteString("\n- " + line)
		}
	}
	for _, line := range got {
		if !slices.Contains(want, line) {
			out.WriteString("\n+ " + line)
		}
	}
	return out.String()
}

// TestCrash_CoversAllThatCosts holds the list to the golden file of costs.
func TestCrash_CoversAllThatCosts(t *testing.T) {
	root, err := project.Root()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "shared", "dynamo", "testdata", "costs.golden"))
	if err != nil {
		t.Fatal(err)
	}
	covered := map[string]bool{}
	for _, o := range operations {
		covered[o.name] = true
		for _, name := range o.costs {
			covered[name] = true
		}
	}
	const nameWidth = 64
	costs := 0
	for line := range strings.Lines(string(text)) {
		if len(line) < nameWidth || strings.HasPrefix(line, "operation ") || strings.HasPrefix(line, "#") {
			continue
		}
		costs++
		if name := strings.TrimSpace(line[:nameWidth]); !covered[name] {
			t.Errorf("%q is never killed", name)
		}
	}
	if costs == 0 {
		t.Error("no costs were found")
	}
}
