package crash

import (
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"group-invites/infra/invariants/check"
	"group-invites/infra/local/project"
	"group-invites/shared/dynamo/faults"
)

// Each operation is killed at some of its points, chosen by chance, or at all of them: -points 0, as `make crash` has it.
var (
	most = flag.Int("points", 1, "points at which each operation is killed, by chance; 0: all")
	seed = flag.Uint64("points-seed", uint64(time.Now().UnixNano()), "what chance begins with")
)

// TestCrash_EveryOperation kills, and says at how many points.
func TestCrash_EveryOperation(t *testing.T) {
	p := draw(t)
	points, all := 0, 0
	chance := rand.New(rand.NewPCG(*seed, 0))
	defer func() {
		t.Logf("%d operations were killed at %d of %d points (-points-seed %d)", len(operations), points, all, *seed)
	}()
	for _, o := range operations {
		t.Run(o.name, func(t *testing.T) {
			once := o.undisturbed(t, p)
			all += len(once.points)
			if chance.Shuffle(len(once.points), func(i, j int) { once.points[i], once.points[j] = once.points[j], once.points[i] }); *most > 0 {
				once.points = once.points[:min(*most, len(once.points))]
			}
			points += len(once.points)
			if !once.wrote { // one scene does for all points: nothing in it changes
				s := o.prepared(t, p)
				defer s.Drop()
				for _, kill := range once.points {
					o.killed(t, s, kill)
					s.start() // or it would know from the last time what it has to ask for
				}
				o.isAsIf(t, s, once)
				return
			}
			for _, kill := range once.points {
				s := o.prepared(t, p)
				o.killed(t, s, kill)
				o.isAsIf(t, s, once)
				s.Drop()
			}
		})
	}
}

// outcome is what an operation takes, and what it leaves.
type outcome struct {
	points []func(*scene) // at which it can be killed
	wrote  bool
	rows   []string
	mails  int
}

// prepared gives a scene in which the operation can be carried out.
func (o operation) prepared(t *testing.T, p plan) *scene {
	t.Helper()
	s := p.copy(t)
	if o.before != nil {
		if err := o.before(t.Context(), s); err != nil {
			t.Fatalf("before: %v", err)
		}
		s.stream.Look()
	}
	s.Faults.Reset(nil)
	return s
}

// undisturbed carries the operation out once.
func (o operation) undisturbed(t *testing.T, p plan) (once outcome) {
	s := o.prepared(t, p)
	defer s.Drop()
	before := s.ses.calls
	if err := o.act(t.Context(), s); !errors.Is(err, o.err) {
		t.Fatalf("undisturbed: %v, want %v", err, o.err)
	}
	cost := s.Faults.Cost()
	for call := 1; call <= cost.Calls; call++ {
		for _, kill := range []faults.Fault{faults.KillBefore, faults.KillAfter} {
			once.points = append(once.points, func(s *scene) { s.Faults.Reset(faults.On(call, kill)) })
		}
	}
	for mail := 1; mail <= s.ses.calls-before; mail++ {
		for _, after := range []bool{false, true} {
			once.points = append(once.points, func(s *scene) { s.ses.kill, s.ses.after = s.ses.calls+mail, after })
		}
	}
	once.wrote = cost.WriteUnits > 0
	s.Faults.Reset(nil)
	s.settle()
	for _, v := range check.All(s.Rows(), s.Clock.Now()) {
		t.Errorf("undisturbed: %s", v)
	}
	once.rows, once.mails = s.left(), len(s.ses.Took)
	return once
}

// killed carries it out until it is killed, and then again.
func (o operation) killed(t *testing.T, s *scene, kill func(*scene)) {
	t.Helper()
	kill(s)
	if err := o.act(t.Context(), s); !errors.Is(err, faults.ErrKilled) {
		t.Errorf("killed: %v", err)
	}
	s.start()
	if err := o.act(t.Context(), s); !errors.Is(err, o.err) && (o.repeated == nil || !errors.Is(err, o.repeated)) {
		t.Errorf("repeated: %v, want %v", err, o.err)
	}
}

// isAsIf has everything happen that follows, and holds what is there then to what one undisturbed run has left.
func (o operation) isAsIf(t *testing.T, s *scene, once outcome) {
	t.Helper()
	s.Faults.Reset(nil)
	s.settle()
	for _, v := range check.All(s.Rows(), s.Clock.Now()) {
		t.Errorf("%s", v)
	}
	if n := len(s.ses.Took); n < once.mails || n > once.mails+1 {
		t.Errorf("%d mails went out, and %d undisturbed", n, once.mails)
	}
	if left := s.left(); !o.twice && !slices.Equal(left, once.rows) {
		t.Errorf("it isn't as if once: %s", difference(once.rows, left))
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

// elsewhere are operations that other tests kill: those of the host product in shared/mirror, those of links whose places are dealt in shared/invite.
var elsewhere = regexp.MustCompile(`^host |^deal the places|, on (a shard|shards)\b`)

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
		if name := strings.TrimSpace(line[:nameWidth]); !covered[name] && !elsewhere.MatchString(name) {
			t.Errorf("%q is never killed", name)
		}
	}
	if costs == 0 {
		t.Error("no costs were found")
	}
}
