package growth

import "testing"

func TestLoad(t *testing.T) {
	s := draw(t)
	l := s.load(t, size{5000, 5000, 7000})
	t.Log(l.rows, l.took)
	p, err := l.Invites.List(t.Context(), manager, s.group.ID, pageOf(50, ""))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range p.Items[:12] {
		t.Logf("%v %v %v %v %v %v", v.ID, v.CreatedAt, v.State, v.CreatorName, v.Expiration, v.MaxUses)
	}
	q, err := l.Directory.ListGroupMembers(t.Context(), admin, s.group.ID, pageOf(50, ""))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d %+v", len(q.Items), q.Items[:3])
}
