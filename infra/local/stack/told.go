package stack

import (
	"path/filepath"

	"group-invites/infra/local/putevents"
)

// openTold opens what takes the events that functions put on the template's own bus.
func (s *Stack) openTold() (err error) {
	s.told, err = putevents.Open(putevents.Options{
		DataDir: s.folder.dir,
		Schemas: filepath.Join(s.options.Root, "infra", "schemas"),
		Buses:   s.template.Buses,
		Called:  s.log.put,
		Problem: s.log.problem,
	})
	return err
}

// Told gives the events that functions have put, of a type or, with an empty one, all: newest first, of earlier runs too.
func (s *Stack) Told(eventType string) []putevents.Taken { return s.told.Events(eventType) }

// SetEventFaults replaces the faults of putting events, for calls from now on.
func (s *Stack) SetEventFaults(f putevents.Faults) { s.told.SetFaults(f) }
