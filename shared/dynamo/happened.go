package dynamo

import (
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
	"group-invites/shared/event"
	"group-invites/shared/invite"
)

// ReadHappened gives what a record of the table's stream means for those who are told of events. ok is false for one that means nothing to
// them. An error is a row that isn't as we write rows.
func ReadHappened(record events.DynamoDBEventRecord) (c event.Change, ok bool, err error) {
	h := happening{
		key: keyOf(image(record.Change.Keys)), before: image(record.Change.OldImage), after: image(record.Change.NewImage),
		record: record,
	}
	if user, isUser := parseUserPartition(h.key.pk); isUser {
		if org, isOrg := parseOrgMemberSort(h.key.sk); isOrg {
			err = h.orgMember(org, user)
		} else if group, isGroup := parseGroupMemberSort(h.key.sk); isGroup {
			err = h.groupMember(group, user)
		}
	} else if group, isInvite := parseInvitePartition(h.key.pk); isInvite {
		err = h.invite(group)
	} else if group, isRequest := parseAccessPartition(h.key.pk); isRequest {
		err = h.request(group)
	} else if shard, isReminder := parseReminderKey(h.key); isReminder && h.after != nil {
		h.change.Due = &shard
	}
	return h.change, len(h.change.Events) > 0 || h.change.Gone != nil || h.change.Due != nil, err
}

// happening is a record while it is read.
type happening struct {
	key           key
	before, after item // nil: there was, or is, no row
	record        events.DynamoDBEventRecord
	change        event.Change
}

// at is when it happened, as DynamoDB has it: to the second.
func (h *happening) at() time.Time { return h.record.Change.ApproximateCreationDateTime.Time }

func (h *happening) tell(e event.Event) { h.change.Events = append(h.change.Events, e) }

// orgMember: one membership has ended when the row is no longer of its epoch, or no longer in; another has come when it is in, and of another
// epoch than before.
func (h *happening) orgMember(org directory.OrgID, user directory.UserID) error {
	var was, is directory.OrgMember
	var err error
	if h.before != nil {
		if was, err = readOrgMember(org, user, h.before); err != nil {
			return err
		}
	}
	if h.after != nil {
		if is, err = readOrgMember(org, user, h.after); err != nil {
			return err
		}
	}
	wasIn, isIn := was.State == directory.StateIn, is.State == directory.StateIn
	if wasIn && isIn && is.Since.Equal(was.Since) {
		return nil
	}
	if wasIn {
		h.tell(event.OfOrgRemoved(was, h.at(), h.reason(is.State)))
	}
	if isIn {
		h.tell(event.OfOrgJoined(is))
	}
	return nil
}

// groupMember is the same of a group, whose memberships are told apart by their joinings.
func (h *happening) groupMember(group directory.GroupID, user directory.UserID) error {
	var was, is directory.GroupMember
	var err error
	if h.before != nil {
		if was, err = readGroupMember(group, user, h.before); err != nil {
			return err
		}
	}
	if h.after != nil {
		if is, err = readGroupMember(group, user, h.after); err != nil {
			return err
		}
	}
	wasIn, isIn := was.State == directory.StateIn, is.State == directory.StateIn
	if wasIn && isIn && is.JoinID == was.JoinID {
		return nil
	}
	if wasIn {
		why := h.reason(is.State)
		ended, _ := h.after["ended"].(*types.AttributeValueMemberS)
		if isIn || ended != nil && ended.Value == was.JoinID { // he came in again before the row said that he was out
			why = event.Organization
		}
		h.tell(event.OfGroupRemoved(was, h.at(), why))
	}
	if isIn {
		var via invite.ID
		if h.after["via"] != nil {
			r := reader{row: h.after}
			if via = idOf(&r, "via", invite.ParseID); r.fault != nil {
				return r.fault
			}
		}
		h.tell(event.OfGroupJoined(is, via))
	}
	return nil
}

// reason tells why someone is out, by what his row says now: without one, all of it was deleted.
func (h *happening) reason(now directory.MemberState) event.Reason {
	switch {
	case h.after == nil:
		return event.Deleted
	case now == directory.StateRemoved:
		return event.Removed
	}
	return event.Left
}

func (h *happening) invite(group directory.GroupID) error {
	row := h.after
	if row == nil {
		row = h.before
	}
	if h.before != nil && h.after != nil {
		return nil
	}
	inv, err := readInvite(group, row)
	switch {
	case err != nil:
		return err
	case h.after != nil:
		h.tell(event.OfCreated(inv))
	case byExpiry(h.record):
		h.tell(event.OfCleared(inv, h.at(), event.ClearedExpired))
	default:
		h.change.Gone = &event.Gone{Invite: inv, At: h.at()}
	}
	return nil
}

// request: the row of an earlier request is written over.
func (h *happening) request(group directory.GroupID) error {
	if h.after == nil || h.key.sk == accessRegisterKey(group).sk {
		return nil
	}
	is, err := readAccessRequest(group, h.after)
	if err != nil {
		return err
	}
	if h.before != nil {
		was, err := readAccessRequest(group, h.before)
		if err != nil || was.CreatedAt.Equal(is.CreatedAt) {
			return err
		}
	}
	h.tell(event.OfRequest(is))
	return nil
}
