package httpapi

import (
	"net/url"
	"strconv"
	"strings"

	"group-invites/shared/directory"
	"group-invites/shared/invite"
	"group-invites/shared/mail"
)

// What requests say beside their body.

// Page reads the query parameters limit and cursor of a list.
func (r *Request) Page() (directory.PageRequest, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	page := directory.PageRequest{Limit: directory.MaxPage, Cursor: query.Get("cursor")}
	if err != nil {
		return page, directory.Invalid("query", "can't be read")
	}
	if query.Has("limit") {
		n, err := strconv.Atoi(query.Get("limit"))
		if err != nil || n < 1 || n > directory.MaxPage || len(query["limit"]) > 1 {
			return page, directory.Invalid("limit", "must be a whole number from 1 to "+strconv.Itoa(directory.MaxPage))
		}
		page.Limit = n
	}
	if query.Has("cursor") && (page.Cursor == "" || len(query["cursor"]) > 1) {
		return page, directory.Invalid("cursor", "must be there once, and not empty")
	}
	return page, nil
}

// OrgID reads the path's organization; ErrNotFound if it isn't an id.
func (r *Request) OrgID() (directory.OrgID, error) {
	return pathID(r, "orgId", directory.ParseOrgID)
}

// GroupID reads the path's group; ErrNotFound if it isn't an id.
func (r *Request) GroupID() (directory.GroupID, error) {
	return pathID(r, "groupId", directory.ParseGroupID)
}

// UserID reads the path's person; ErrNotFound if it isn't an id.
func (r *Request) UserID() (directory.UserID, error) {
	return pathID(r, "userId", directory.ParseUserID)
}

// InviteID reads the path's group and invite; ErrNotFound if either isn't an id.
func (r *Request) InviteID() (group directory.GroupID, id invite.ID, err error) {
	if group, err = r.GroupID(); err == nil {
		id, err = pathID(r, "inviteId", invite.ParseID)
	}
	return group, id, err
}

// EmailID reads the path's group, invite and mail; ErrNotFound if any of them isn't an id.
func (r *Request) EmailID() (group directory.GroupID, id invite.ID, email mail.ID, err error) {
	if group, id, err = r.InviteID(); err == nil {
		email, err = pathID(r, "emailId", mail.ParseID)
	}
	return group, id, email, err
}

// Code reads a body that is a link's code and nothing else. Any text is one, be it genuine or not.
func (r *Request) Code() (string, error) {
	fields, err := ReadFields(r.Request)
	if err != nil {
		return "", err
	}
	code := fields.RequiredText("code")
	return code, fields.Err()
}

func pathID[T any](r *Request, name string, parse func(string) (T, bool)) (T, error) {
	id, ok := parse(r.PathValue(name))
	if !ok {
		return id, directory.ErrNotFound
	}
	return id, nil
}

// headerText gives a header as it was sent: API Gateway joins a header that comes several times by commas, and the adapter splits at
// every comma.
func (r *Request) headerText(name string) string { return strings.Join(r.Header.Values(name), ",") }

// maxIdempotencyKey is the longest Idempotency-Key, in characters.
const maxIdempotencyKey = 128

// IdempotencyKey reads the header of that name; "" if it isn't there.
func (r *Request) IdempotencyKey() (string, error) {
	if len(r.Header.Values("Idempotency-Key")) == 0 {
		return "", nil
	}
	key := r.headerText("Idempotency-Key")
	visible := !strings.ContainsFunc(key, func(c rune) bool { return c < '!' || c > '~' })
	if len(key) < 1 || len(key) > maxIdempotencyKey || !visible {
		return "", directory.Invalid("Idempotency-Key", "must be 1 to "+strconv.Itoa(maxIdempotencyKey)+" visible ASCII characters")
	}
	return key, nil
}

// ETag gives the entity tag of a version (RFC 9110, section 8.8.3).
func ETag(version int64) map[string]string {
	return map[string]string{"ETag": strconv.Quote(strconv.FormatInt(version, 10))}
}

// IfMatch reads the versions that a change is for: any, without an If-Match header. Tags that are no version of ours, such as weak ones,
// match nothing (RFC 9110, section 13.1.1).
func (r *Request) IfMatch() directory.Versions {
	if len(r.Header.Values("If-Match")) == 0 {
		return nil
	}
	versions := directory.Versions{}
	for _, tag := range strings.Split(r.headerText("If-Match"), ",") {
		tag = strings.TrimSpace(tag)
		if tag == "*" {
			return nil
		}
		version, err := strconv.ParseInt(strings.Trim(tag, `"`), 10, 64)
		if err == nil && ETag(version)["ETag"] == tag { // one spelling each
			versions = append(versions, version)
		}
	}
	return versions
}
