package httpapi

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"group-invites/shared/directory"
	"group-invites/shared/httpapi/httpapitest"
)

// header sends a request with a header (none for "-"), as API Gateway hands it over, and gives what read makes of it.
func header[T any](t *testing.T, name, value string, read func(r *Request) (T, error)) (got T, err error) {
	t.Helper()
	event := httpapitest.Event("GET", "/v1/me", "", httpapitest.Claims(testIssuer, "anna"))
	if value != "-" {
		event.Headers[strings.ToLower(name)] = value
	}
	serve(t, "directory", func(_ context.Context, r *Request) (Reply, error) {
		got, err = read(r)
		return Reply{Status: 204}, nil
	}).Do(event)
	return got, err
}

func TestIdempotencyKey(t *testing.T) {
	for value, want := range map[string]string{
		"-": "", "k": "k", "8e03978e-40d5-43e8-bc93-6894a57f9324": "8e03978e-40d5-43e8-bc93-6894a57f9324", `"quoted"`: `"quoted"`,
		"a,b": "a,b", ",": ",", "a,,b": "a,,b", "!~{}": "!~{}", strings.Repeat("k", 128): strings.Repeat("k", 128),
		strings.Repeat(",", 128): strings.Repeat(",", 128),
	} {
		if got, err := header(t, "Idempotency-Key", value, (*Request).IdempotencyKey); err != nil || got != want {
			t.Errorf("%q is read as %q, %v", value, got, err)
		}
	}
	for _, value := range []string{"", " ", "a b", "é", "a\tb", "a\x00", "a\x7f", strings.Repeat("k", 129), "🔑", "a\u200b"} {
		if got, err := header(t, "Idempotency-Key", value, (*Request).IdempotencyKey); err == nil || got != "" || faulty(t, err)[0] != "Idempotency-Key" {
			t.Errorf("%q is read as %q, %v", value, got, err)
		}
	}
}

func TestIfMatch(t *testing.T) {
	read := func(value string) directory.Versions {
		got, _ := header(t, "If-Match", value, func(r *Request) (directory.Versions, error) { return r.IfMatch(), nil })
		return got
	}
	for _, value := range []string{"-", "*", `"1", *`} {
		if got := read(value); got != nil {
			t.Errorf("%s is read as %d, want any", value, got)
		}
	}
	for value, want := range map[string]directory.Versions{
		`"1"`: {1}, `"9223372036854775807"`: {9223372036854775807}, ` "7" `: {7}, `"x", "3"`: {3}, `W/"1", "2"`: {2}, `"a,b","4"`: {4},
		`"1", "2","3"`: {1, 2, 3},
	} {
		if got := read(value); !slices.Equal(got, want) {
			t.Errorf("%s is read as %d, want %d", value, got, want)
		}
	}
	for _, value := range []string{
		"", "1", `"01"`, `"+1"`, `"1.0"`, `W/"1"`, `w/"1"`, `'1'`, "`1`", `"1`, `1"`, `""`, `"\x31"`, `"one"`, `"99999999999999999999"`, `""1""`, `"1"x`,
	} {
		if got := read(value); got == nil || len(got) > 0 {
			t.Errorf("%s is read as %d, want none", value, got)
		}
	}
	t.Run("takes what ETag gives", func(t *testing.T) {
		for _, version := range []int64{1, 2, 10, 1 << 40} {
			if got := read(ETag(version)["ETag"]); !slices.Equal(got, directory.Versions{version}) {
				t.Errorf("%d is read as %d", version, got)
			}
		}
	})
}

func TestPathIDs(t *testing.T) {
	org, group, user := "0123456789", "0123456789abcdef", strings.Repeat("0123456789abcdef", 2)
	read := func(path string) (err error) {
		serve(t, "directory", func(_ context.Context, r *Request) (Reply, error) {
			switch {
			case r.PathValue("orgId") != "":
				var id directory.OrgID
				if id, err = r.OrgID(); err == nil && id.String() != org {
					t.Errorf("organization %s", id)
				}
			default:
				var id directory.GroupID
				if id, err = r.GroupID(); err == nil && id.String() != group {
					t.Errorf("group %s", id)
				}
			}
			if r.PathValue("userId") != "" && err == nil {
				var id directory.UserID
				if id, err = r.UserID(); err == nil && id.String() != user {
					t.Errorf("user %s", id)
				}
			}
			return Reply{Status: 204}, nil
		}).Send("anna", "DELETE", path, "").Is(204)
		return err
	}
	for _, good := range []string{"/v1/orgs/" + org + "/members/" + user, "/v1/groups/" + group + "/members/" + user} {
		if err := read(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		"x", strings.ToUpper(group), group + "0", group[1:], "0x" + group[2:], group[:15] + "g", " " + group, group + " ", "null", "-1", "..", "{groupId}", "%00", "*",
	} {
		for _, path := range []string{
			"/v1/orgs/" + bad + "/members/" + user, "/v1/groups/" + bad + "/members/" + user, "/v1/orgs/" + org + "/members/" + bad, "/v1/groups/" + group + "/members/" + bad,
		} {
			if err := read(path); !errors.Is(err, directory.ErrNotFound) {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
}

func TestCode(t *testing.T) {
	read := func(body string) (code string, err error) {
		serve(t, "preview-invite", func(_ context.Context, r *Request) (Reply, error) {
			code, err = r.Code()
			return Reply{Status: 204}, nil
		}).Send("", "POST", "/v1/invites/preview", body)
		return code, err
	}
	t.Run("any text is one", func(t *testing.T) {
		for _, code := range []string{"", "x", "EAEjRWeJq83v_ty6mHZUMhCaf61JpqmKsETnm8e3zwZV", "../../etc", "\u0000", "🙂", strings.Repeat("x", 60_000)} {
			if got, err := read(fmt.Sprintf(`{"code":%s}`, quoted(code))); err != nil || got != code {
				t.Errorf("%.50q is read as %.50q, %v", code, got, err)
			}
		}
	})
	t.Run("nothing else is", func(t *testing.T) {
		for body, field := range map[string]string{
			`{}`: "code", `{"code":null}`: "code", `{"code":1}`: "code", `{"code":["x"]}`: "code", `{"Code":"x"}`: "code", `{"code":"x","userId":"y"}`: "userId",
			`{"code":"x","code":"y"}`: "code", `"x"`: "body",
		} {
			if got, err := read(body); err == nil || faulty(t, err)[0] != field {
				t.Errorf("%s is read as %q, %v", body, got, err)
			}
		}
	})
}
