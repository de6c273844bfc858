package httpapi

import (
	"errors"
	"maps"
	"net/http/httptest"
	"strings"
	"testing"

	"group-invites/shared/directory"
)

const urlencoded = "application/x-www-form-urlencoded"

// parts makes the body of a multipart form.
func parts(headersAndValues ...string) string {
	var b strings.Builder
	for i := 0; i+1 < len(headersAndValues); i += 2 {
		b.WriteString("--b\r\nContent-Disposition: form-data; " + headersAndValues[i] + "\r\n\r\n" + headersAndValues[i+1] + "\r\n")
	}
	return b.String() + "--b--\r\n"
}

func TestReadForm_Takes(t *testing.T) {
	const multi = "multipart/form-data; boundary=b"
	for _, c := range []struct {
		kind, body string
		want       map[string]string
	}{
		{urlencoded, "List-Unsubscribe=One-Click", map[string]string{"List-Unsubscribe": "One-Click"}},
		{urlencoded + "; charset=UTF-8", "a=1&b=x%20+%C3%A9%0A", map[string]string{"a": "1", "b": "x  é\n"}},
		{urlencoded, "a", map[string]string{"a": ""}},
		{urlencoded, "", map[string]string{}},
		{"", "", map[string]string{}},
		{multi, parts(`name="List-Unsubscribe"`, "One-Click"), map[string]string{"List-Unsubscribe": "One-Click"}},
		{multi, parts(`name="a"`, "1", `name="b"`, "é"), map[string]string{"a": "1", "b": "é"}},
		{urlencoded, "a=" + strings.Repeat("x", MaxForm-2), map[string]string{"a": strings.Repeat("x", MaxForm-2)}},
	} {
		r := httptest.NewRequest("POST", "/", strings.NewReader(c.body))
		r.Header.Set("Content-Type", c.kind)
		if got, err := ReadForm(r); err != nil || !maps.Equal(got, c.want) {
			t.Errorf("%s %.80q: %.200v, %v", c.kind, c.body, got, err)
		}
	}
}

func TestReadForm_Refuses(t *testing.T) {
	const multi = "multipart/form-data; boundary=b"
	for _, c := range []struct {
		kind, body string
		want       error // nil is a fault of the body
	}{
		{"", "a=1", errFormType},
		{"text/plain", "a=1", errFormType},
		{"application/json", `{"a":"1"}`, errFormType},
		{urlencoded + "; charset=latin1", "a=1", errFormType},
		{urlencoded, strings.Repeat("x", MaxForm+1), errFormTooLarge},
		{urlencoded, "a=1&a=2", nil},
		{urlencoded, "a=%", nil},
		{urlencoded, "a=1;b=2", nil},
		{urlencoded, "a=%FF", nil},
		{urlencoded, "%FF=a", nil},
		{multi, parts(`name="a"`, "1", `name="a"`, "2"), nil},
		{multi, parts(`name="a"; filename="x"`, "1"), nil},
		{multi, parts(`name="a"`, "\xff"), nil},
		{multi, "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1", nil},
		{multi, "a=1", nil},
		{"multipart/form-data", parts(`name="a"`, "1"), nil},
	} {
		r := httptest.NewRequest("POST", "/", strings.NewReader(c.body))
		if c.kind != "" {
			r.Header.Set("Content-Type", c.kind)
		}
		form, err := ReadForm(r)
		invalid := new(directory.InvalidError)
		if c.want != nil && !errors.Is(err, c.want) || c.want == nil && !errors.As(err, &invalid) {
			t.Errorf("%s %.80q: %.200v, %v", c.kind, c.body, form, err)
		}
	}
}

func FuzzReadForm(f *testing.F) {
	f.Add(urlencoded, "List-Unsubscribe=One-Click")
	f.Add("multipart/form-data; boundary=b", parts(`name="a"`, "1"))
	f.Fuzz(func(t *testing.T, kind, body string) {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		form, err := ReadForm(r)
		size := 0
		for name, value := range form {
			size += len(name) + len(value)
		}
		if err == nil && size > MaxForm {
			t.Errorf("%d bytes of fields", size)
		}
	})
}
