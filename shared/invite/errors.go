package invite

import "errors"

// What an operation on links may refuse with, beside the errors of package directory.
var (
	// ErrAddPeopleRequired: access anyone, from someone who may not add new people to the organization.
	ErrAddPeopleRequired = errors.New("permission to add people required")
	// ErrIdempotencyConflict: the key was used for another request.
	ErrIdempotencyConflict = errors.New("idempotency key used for another request")

	// The rest goes only to holders of a genuine code (ErrDeleted also to who repeats a create under an Idempotency-Key).

	// ErrDeleted: the link, its group or its organization is gone.
	ErrDeleted = errors.New("invite deleted")
	// ErrExpired: the link has ended.
	ErrExpired = errors.New("invite expired")
	// ErrSuspended: the link's creator could not make it now.
	ErrSuspended = errors.New("invite suspended")
	// ErrRemoved: the caller was removed from the group or organization when or after the link was made.
	ErrRemoved = errors.New("removed")
	// ErrOrgMembersOnly: the link is for members of the organization, and the caller is none.
	ErrOrgMembersOnly = errors.New("organization members only")
	// ErrUsedUp: no place is left.
	ErrUsedUp = errors.New("invite used up")
)
