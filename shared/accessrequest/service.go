package accessrequest

import (
	"io"
	"time"

	"group-invites/shared/linkcode"
)

// Service takes requests for access, shows them, and decides on them. It is safe for concurrent use. Its methods give the errors of packages
// directory and invite, and wrap no others but faults of ours.
type Service struct {
	Store  Store
	Ring   *linkcode.Source // verifies codes, seals cursors
	Clock  func() time.Time
	Random io.Reader
}

// now gives the instant of an operation: UTC, whole milliseconds, as it is stored.
func (s *Service) now() time.Time { return s.Clock().UTC().Truncate(time.Millisecond) }
