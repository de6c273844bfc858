package httpapi

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"group-invites/shared/directory"
)

// FuzzRequest has a request say anything beside its body: in its query, in the headers that we read, and in its path.
func FuzzRequest(f *testing.F) {
	f.Add("limit=50&cursor=abc", "key-1", `"1", "2"`, "0123456789abcdef")
	f.Add("limit=+1", "", "*", "0123456789ABCDEF")
	f.Add("limit=1&limit=2", "a,b", `W/"1"`, "../x")
	f.Add("%zz", "\x00", `"01","-1"`, "")
	f.Add("cursor=", strings.Repeat("k", 129), `1`, "0123456789abcdef0123456789abcdef")
	f.Fuzz(func(t *testing.T, query, key, match, id string) {
		r := &Request{Request: httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1", nil)}
		r.URL.RawQuery = query
		r.Header["Idempotency-Key"], r.Header["If-Match"] = []string{key}, []string{match}
		r.SetPathValue("groupId", id)
		invalid := new(directory.InvalidError)
		if page, err := r.Page(); err != nil && !errors.As(err, &invalid) || err == nil && (page.Limit < 1 || page.Limit > directory.MaxPage) {
			t.Errorf("page %+v, %v", page, err)
		}
		if got, err := r.IdempotencyKey(); err != nil && !errors.As(err, &invalid) || err == nil && (got != key || len(got) > maxIdempotencyKey || len(got) == 0) {
			t.Errorf("key %q, %v", got, err)
		}
		for _, version := range r.IfMatch() {
			if !strings.Contains(match, ETag(version)["ETag"]) {
				t.Errorf("version %d of %q", version, match)
			}
		}
		if r.IfMatch() == nil && !strings.Contains(match, "*") {
			t.Errorf("%q matches everything", match)
		}
		if group, err := r.GroupID(); err == nil && group.String() != id || err != nil && !errors.Is(err, directory.ErrNotFound) {
			t.Errorf("group %s of %q, %v", group, id, err)
		}
	})
}
