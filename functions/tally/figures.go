package main

import (
	"time"

	"github.com/aws/aws-lambda-go/events"

	"group-invites/shared/directory"
	"group-invites/shared/dynamo"
	"group-invites/shared/emf"
	"group-invites/shared/event"
	"group-invites/shared/tally"
)

// createdFigures are the figures of what is created, by what the audit calls it.
var createdFigures = map[string]emf.Name{
	directory.AuditInviteCreated: emf.InvitesCreated, directory.AuditGroupCreated: emf.GroupsCreated, directory.AuditOrgCreated: emf.OrganizationsCreated,
}

// figures counts what a batch that is done was about: its changes, and the records that they are of. A batch that comes again, after a kill,
// is counted again.
func figures(changes []tally.Change, records []events.DynamoDBEventRecord, now time.Time) []emf.Figure {
	counts := map[emf.Name]int{}
	for _, c := range changes {
		if c.Joined != nil {
			counts[emf.Joins]++
		}
		if c.Created != nil {
			counts[createdFigures[c.Created.Action]]++
		}
	}
	var lag time.Duration
	for _, r := range records {
		if dynamo.DeletedInvite(r) {
			counts[emf.InvitesDeleted]++
		}
		if at := r.Change.ApproximateCreationDateTime; !at.IsZero() {
			lag = max(lag, now.Sub(at.Time))
		}
	}
	var out []emf.Figure
	for _, name := range []emf.Name{emf.InvitesCreated, emf.InvitesDeleted, emf.Joins, emf.GroupsCreated, emf.OrganizationsCreated} {
		if counts[name] > 0 {
			out = append(out, emf.Count(name, counts[name]))
		}
	}
	if len(records) > 0 {
		out = append(out, emf.Seconds(emf.TallyLag, lag))
	}
	return out
}

// eventFigures counts what became of events, also in a batch that isn't done.
func eventFigures(told event.Told) (out []emf.Figure) {
	if told.Put > 0 {
		out = append(out, emf.Count(emf.EventsPut, told.Put))
	}
	if told.Kept > 0 {
		out = append(out, emf.Count(emf.EventsKept, told.Kept))
	}
	return out
}
