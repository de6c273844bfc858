package invite

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"group-invites/shared/directory"
	"group-invites/shared/linkcode"
	"group-invites/shared/mail"
)

// Service makes, shows, redeems and deletes links. It is safe for concurrent use. Its methods give the errors of errors.go and of
// package directory, and wrap no others but faults of ours. A function sets only what its operation needs.
type Service struct {
	Store  Store
	Ring   *linkcode.Source // all but Delete
	Clock  func() time.Time
	Random io.Reader
	// BaseURL is the origin that links begin with: Create, List and Get.
	BaseURL string
	// Retention is for how long an expired link can still say what it was: Create.
	Retention time.Duration
	// Limits are how many mails may be sent: Create, Send, Resend.
	Limits mail.Limits

	links linkMemory
}

// now gives the instant of an operation: UTC, whole milliseconds, as it is stored.
func (s *Service) now() time.Time { return s.Clock().UTC().Truncate(time.Millisecond) }

// ring gives the current key ring. Without one nothing can be decided.
func (s *Service) ring(ctx context.Context) (*linkcode.Ring, error) {
	ring, err := s.Ring.Ring(ctx)
	if err != nil {
		return nil, errors.Join(directory.ErrUnavailable, err)
	}
	return ring, nil
}

// open is OpenCode by the service's own ring.
func (s *Service) open(ctx context.Context, code string) (directory.GroupID, ID, error) {
	return OpenCode(ctx, s.Ring, code)
}

// OpenCode gives the ids that a genuine code carries; [directory.ErrNotFound] for any other text, without a call to the table.
func OpenCode(ctx context.Context, source *linkcode.Source, code string) (directory.GroupID, ID, error) {
	ring, err := source.Ring(ctx)
	if err != nil {
		return directory.GroupID{}, ID{}, errors.Join(directory.ErrUnavailable, err)
	}
	group, id, ok := ring.Verify(code)
	if !ok {
		return directory.GroupID{}, ID{}, directory.ErrNotFound
	}
	return directory.GroupID(group), ID(id), nil
}

// View is an invite as one person sees it.
type View struct {
	Invite
	State       State
	OrgName     string
	GroupName   string
	CreatorName string
	URL         string // empty for those who could not create that link now
}

// view shows an invite. viewer and creator are the present standings.
func (s *Service) view(ring *linkcode.Ring, inv Invite, viewer, creator directory.Standing, now time.Time) View {
	v := View{
		Invite: inv, State: Judge(&inv, creator, now),
		OrgName: viewer.Org.Name, GroupName: viewer.Group.Name, CreatorName: creator.OrgMember.Name,
	}
	if viewer.MayInvite(inv.Access.newPeople()) {
		v.URL = URL(s.BaseURL, ring, inv.Group, inv.ID)
	}
	return v
}

// URL gives the link of an invite: the origin, and the code in the fragment, which no browser sends to a server.
func URL(baseURL string, ring *linkcode.Ring, group directory.GroupID, id ID) string {
	return baseURL + "/i#" + ring.Sign(group, id)
}

// linkMemory remembers of links what never changes: who made one, whether he was an admin when it last looked, among how many shards its places were
// dealt, once they were, and which of them are full, once they are. The first saves a redeem one round trip, the second a row that everybody would
// read, the others a choice without a look. They say which rows to ask for, and never what the answer is. It is the only thing that an instance remembers.
type linkMemory struct {
	mu sync.Mutex
	of map[linkKey]linkFacts
}

type linkKey struct {
	group directory.GroupID
	id    ID
}

type linkFacts struct {
	creator directory.UserID
	admin   bool
	shards  int
	full    ShardSet
}

// linkMemorySize bounds the memory, at 64 bytes an entry and its overhead: some 100 KB.
const linkMemorySize = 1000

// get gives what is known of a link; zero if it is nothing.
func (m *linkMemory) get(group directory.GroupID, id ID) linkFacts {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.of[linkKey{group, id}]
}

// put remembers a link. admin tells whether its creator is one, as far as was seen.
func (m *linkMemory) put(inv *Invite, admin bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.of == nil || len(m.of) >= linkMemorySize {
		m.of = map[linkKey]linkFacts{} // rare, and cheaper than choosing whom to forget
	}
	m.of[linkKey{inv.Group, inv.ID}] = linkFacts{inv.CreatedBy, admin, inv.Shards, inv.Full}
}
