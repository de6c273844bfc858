package httpapi

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"group-invites/shared/directory"
	"group-invites/shared/invite"
	"group-invites/shared/mirror"
)

// Problem is the body of an error (RFC 9457). Type is about:blank, which means that Title says no more than the status does; Code
// tells callers which error it is.
type Problem struct {
	Type      string                 `json:"type"`
	Title     string                 `json:"title"`
	Status    int                    `json:"status"`
	Code      string                 `json:"code"`
	Detail    string                 `json:"detail"`
	Errors    []directory.FieldFault `json:"errors"`
	RequestID string                 `json:"requestId"`
}

// Errors of HTTP itself.
var (
	errUnauthenticated  = errors.New("no caller")
	errTooLarge         = errors.New("body too large")
	errMediaType        = errors.New("not application/json")
	errMethodNotAllowed = errors.New("no such method here")
)

// problems is the one table from error to answer: the first row whose error is in the chain. Anything else is a 500 without detail.
var problems = []struct {
	err    error
	status int
	code   string
	detail string
}{
	{errUnauthenticated, http.StatusUnauthorized, "unauthenticated", "Sign in: this needs an access token."},
	{errMethodNotAllowed, http.StatusMethodNotAllowed, "method_not_allowed", "This path has other methods: see the Allow header."},
	{errTooLarge, http.StatusRequestEntityTooLarge, "too_large", "The body is larger than 64 KiB."},
	{errFormTooLarge, http.StatusRequestEntityTooLarge, "too_large", "The form is larger than 8 KiB."},
	{errFormType, http.StatusUnsupportedMediaType, "unsupported_media_type", "Send the body as a form."},
	{errMediaType, http.StatusUnsupportedMediaType, "unsupported_media_type", "Send the body as application/json."},

	{directory.ErrNotFound, http.StatusNotFound, "not_found", "There is no such thing, or you may not see it."},
	{directory.ErrForbidden, http.StatusForbidden, "forbidden", "You may not do this."},
	{directory.ErrLastAdmin, http.StatusConflict, "last_admin", "An organization needs an admin: make someone else admin first."},
	{directory.ErrPrecondition, http.StatusPreconditionFailed, "precondition_failed", "It has changed since you read it: read it again."},

	{invite.ErrAddPeopleRequired, http.StatusForbidden, "add_people_required", "Access for anyone needs the permission to add new people to the organization."},
	{invite.ErrOrgMembersOnly, http.StatusForbidden, "org_members_only", "This invite is for members of the organization."},
	{invite.ErrRemoved, http.StatusForbidden, "removed", "You were removed after this invite was made: ask for a new one."},
	{invite.ErrIdempotencyConflict, http.StatusConflict, "idempotency_conflict", "This Idempotency-Key was used for another request."},
	{invite.ErrExpired, http.StatusGone, "invite_expired", "This invite has expired: ask for a new one."},
	{invite.ErrDeleted, http.StatusGone, "invite_deleted", "This invite was deleted."},
	{invite.ErrUsedUp, http.StatusGone, "invite_used_up", "All places on this invite are taken."},
	{invite.ErrSuspended, http.StatusGone, "invite_suspended", "This invite is suspended: who made it may not invite people now."},

	{directory.ErrUnavailable, http.StatusServiceUnavailable, "unavailable", "This could not be decided in time. It is safe to repeat."},
}

// retryAfter is what a 503 asks callers to wait.
const retryAfter = time.Second

// problemOf turns an error into an answer. header holds what goes with it.
func problemOf(err error, requestID string) (p Problem, header map[string]string) {
	p = Problem{
		Status: http.StatusInternalServerError, Code: "internal_error", Detail: "Something went wrong on our side.",
		Errors: []directory.FieldFault{}, RequestID: requestID,
	}
	header = map[string]string{}
	var invalid *directory.InvalidError
	var limit *directory.LimitError
	var missing *mirror.MissingError
	switch {
	case errors.As(err, &invalid):
		p.Status, p.Code, p.Detail, p.Errors = http.StatusBadRequest, "invalid_request", invalidDetail(invalid), invalid.Fields
	case errors.As(err, &limit):
		p.Status, p.Code, p.Detail = http.StatusTooManyRequests, "limit_reached", "You have reached the limit of the day."
		header["Retry-After"] = wholeSeconds(limit.RetryAfter)
	default:
		for _, row := range problems {
			if errors.Is(err, row.err) {
				p.Status, p.Code, p.Detail = row.status, row.code, row.detail
				break
			}
		}
	}
	if errors.As(err, &missing) {
		p.Errors = []directory.FieldFault{{Field: missing.Field, Message: "names nothing that is there"}}
	}
	if p.Status == http.StatusServiceUnavailable {
		header["Retry-After"] = wholeSeconds(retryAfter)
	}
	p.Type, p.Title = "about:blank", http.StatusText(p.Status)
	return p, header
}

func invalidDetail(invalid *directory.InvalidError) string {
	texts := make([]string, len(invalid.Fields))
	for i, f := range invalid.Fields {
		texts[i] = fmt.Sprintf("%s %s", f.Field, f.Message)
	}
	return "The request is not valid: " + strings.Join(texts, "; ") + "."
}

func wholeSeconds(d time.Duration) string {
	return strconv.Itoa(int(math.Ceil(d.Seconds())))
}
