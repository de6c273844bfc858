package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"group-invites/shared/directory"
)

// read reads a body as the fields name, words, number and code, and gives what is wrong with it.
func read(body string, headers ...string) (*Fields, error) {
	r := httptest.NewRequest("POST", "/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Del(headers[i])
		if headers[i+1] != "" {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	fields, err := ReadFields(r)
	if err != nil {
		return nil, err
	}
	fields.Text("name")
	fields.NullableText("label")
	fields.Words("words")
	fields.NullableInt("number", 1, 1000)
	return fields, fields.Err()
}

// faulty lists the fields that an InvalidError names.
func faulty(t testing.TB, err error) []string {
	t.Helper()
	invalid := new(directory.InvalidError)
	if !errors.As(err, &invalid) {
		t.Fatalf("error %v", err)
	}
	var names []string
	for _, f := range invalid.Fields {
		names = append(names, f.Field)
	}
	return names
}

func TestReadFields_Accepts(t *testing.T) {
	for _, body := range []string{
		`{}`, ` {} `, "\n\t{\r\n}\n", `{"name":"x"}`, `{"name":""}`, `{"name":"Zo\u00eb 🇩🇪"}`, `{"name":"\ud83d\ude00"}`, `{"\u006eame":"x"}`,
		`{"label":null}`, `{"label" : "x" }`, `{"words":[]}`, `{"words":["a","b"]}`, `{"number":null}`, `{"number": null }`, `{"number":1}`,
		`{"number" :  1000 }`, `{"name":"x","label":"y","words":["z"],"number":7}`,
	} {
		if _, err := read(body); err != nil {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestReadFields_Refuses(t *testing.T) {
	for body, want := range map[string][]string{
		``:                       {"body"},
		` `:                      {"body"},
		`null`:                   {"body"},
		`true`:                   {"body"},
		`"{}"`:                   {"body"},
		`[]`:                     {"body"},
		`[{"name":"x"}]`:         {"body"},
		`1`:                      {"body"},
		`{`:                      {"body"},
		`}`:                      {"body"},
		`{"name"`:                {"body"},
		`{"name":`:               {"body"},
		`{"name":"x"`:            {"body"},
		`{"name":"x",}`:          {"body"},
		`{,}`:                    {"body"},
		`{name:"x"}`:             {"body"},
		`{'name':'x'}`:           {"body"},
		`{"name":"x" "label":1}`: {"body"},
		`{"name":01}`:            {"body"},
		`{"number":+1}`:          {"body"},
		`{"number":NaN}`:         {"body"},
		`{"number":0x10}`:        {"body"},
		"{\"name\":\"a\nb\"}":    {"body"},
		`{"name":"\x"}`:          {"body"},
		`{"name":"x"}//`:         {"body"},
		`/**/{"name":"x"}`:       {"body"},
		`{"name":"x"}{}`:         {"body"},
		`{"name":"x"} null`:      {"body"},
		`{"name":"x"}x`:          {"body"},
		`{"name":"x"}]`:          {"body"},
		"\ufeff{}":               {"body"},
		"{\"name\":\"a\xffb\"}":  {"body"},
		"{\"\xc3\x28\":1}":       {"body"},

		`{"Name":"x"}`:                       {"Name"},
		`{"NAME":"x","name":"x"}`:            {"NAME"},
		`{"name ":"x"}`:                      {"name "},
		`{"":"x"}`:                           {""},
		`{"userId":"x","role":"admin"}`:      {"role", "userId"},
		`{"__proto__":{}}`:                   {"__proto__"},
		`{"name":"x","name":"x"}`:            {"name"},
		`{"name":"x","n\u0061me":"y"}`:       {"name"},
		`{"other":1,"other":2}`:              {"other", "other"},
		`{"name":null}`:                      {"name"},
		`{"name":1}`:                         {"name"},
		`{"name":true}`:                      {"name"},
		`{"name":["x"]}`:                     {"name"},
		`{"name":{"x":1}}`:                   {"name"},
		`{"label":1}`:                        {"label"},
		`{"words":null}`:                     {"words"},
		`{"words":"admin"}`:                  {"words"},
		`{"words":[1]}`:                      {"words"},
		`{"words":[["a"]]}`:                  {"words"},
		`{"words":{"0":"a"}}`:                {"words"},
		`{"number":0}`:                       {"number"},
		`{"number":-1}`:                      {"number"},
		`{"number":-0}`:                      {"number"},
		`{"number":1001}`:                    {"number"},
		`{"number":1.5}`:                     {"number"},
		`{"number":1.0}`:                     {"number"},
		`{"number":1e2}`:                     {"number"},
		`{"number":"10"}`:                    {"number"},
		`{"number":true}`:                    {"number"},
		`{"number":[1]}`:                     {"number"},
		`{"number":99999999999999999999999}`: {"number"},
		`{"name":1,"label":2,"words":3,"number":0,"b":5,"a":6}`: {"name", "label", "words", "number", "a", "b"},
	} {
		t.Run(body, func(t *testing.T) {
			_, err := read(body)
			if got := faulty(t, err); !slices.Equal(got, want) {
				t.Errorf("faults of %q, want %q", got, want)
			}
		})
	}
}

func TestReadFields_MediaType(t *testing.T) {
	for kind, want := range map[string]bool{
		"application/json": true, "Application/JSON": true, "application/json;charset=utf-8": true, "application/json; charset=UTF-8": true,
		`application/json; charset="utf-8"`: true, "application/json; other=x": true, " application/json ": true,
		"": false, "text/plain": false, "application/x-www-form-urlencoded": false, "multipart/form-data; boundary=x": false,
		"application/json; charset=utf-16": false, "application/json; charset=iso-8859-1": false, "application/json; charset": false,
		"application/problem+json": false, "application/ld+json": false, "text/json": false, "application/jsonp": false, "json": false, "*/*": false,
		"application/json, text/plain": false, "application/json;;": false, "application/json; charset=utf-8; charset=utf-16": false,
	} {
		t.Run(fmt.Sprintf("%q: %v", kind, want), func(t *testing.T) {
			_, err := read(`{}`, "Content-Type", kind)
			if want && err != nil || !want && err != errMediaType {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestReadFields_Size(t *testing.T) {
	of := func(size int) string { return `{"name":"` + strings.Repeat("x", size-len(`{"name":""}`)) + `"}` }
	for size, want := range map[int]error{
		MaxBody - 1: nil, MaxBody: nil, MaxBody + 1: errTooLarge, 1 << 20: errTooLarge, 10 << 20: errTooLarge,
	} {
		if _, err := read(of(size)); !errors.Is(err, want) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
	if _, err := read(`{}` + strings.Repeat(" ", MaxBody)); !errors.Is(err, errTooLarge) {
		t.Errorf("white space: %v", err)
	}
}

// What is hostile is refused quickly, in bounded memory, by a short answer.
func TestReadFields_HostileBodies(t *testing.T) {
	many := func(n int, member func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(member(i))
		}
		return `{` + strings.TrimSuffix(b.String(), ",") + `}`
	}
	for what, body := range map[string]string{
		"10,000 lists within each other":        strings.Repeat("[", 10_000),
		"10,000 lists in a field":               `{"name":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `}`,
		"9,000 lists in an unknown field":       `{"x":` + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + `}`,
		"10,000 objects within each other":      strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_000),
		"thousands of unknown fields":           many(6000, func(i int) string { return fmt.Sprintf(`"%x":1,`, i) }),
		"a field thousands of times":            many(9000, func(int) string { return `"":1,` }),
		"a known field thousands of times":      many(5000, func(int) string { return `"name":1,` }),
		"a name of 60 KB":                       `{"` + strings.Repeat("<", 60_000) + `":1}`,
		"a name of 30 KB, twice":                `{"` + strings.Repeat("<", 30_000) + `":1,"` + strings.Repeat("<", 30_000) + `":1}`,
		"a name of control characters":          `{"` + strings.Repeat(`\u0000`, 10_000) + `":1}`,
		"a number of 60,000 digits":             `{"number":` + strings.Repeat("9", 60_000) + `}`,
		"an exponent that would take gigabytes": `{"number":1e999999999}`,
	} {
		t.Run(what, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			_, err := read(body)
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if len(faulty(t, err)) > maxFaults {
				t.Errorf("%d faults", len(faulty(t, err)))
			}
			problem, _ := problemOf(err, "")
			if size := len(fmt.Sprintf("%+v", problem)); size > 16<<10 {
				t.Errorf("an answer of %d bytes", size)
			}
			if took > time.Second || after.TotalAlloc-before.TotalAlloc > 64<<20 {
				t.Errorf("%v and %d bytes", took, after.TotalAlloc-before.TotalAlloc)
			}
		})
	}
}

func TestReadOptionalFields(t *testing.T) {
	for _, c := range []struct {
		body, kind string
		want       error
	}{
		{"", "", nil}, {"", "text/plain", nil}, {"{}", "application/json", nil}, {"{}", "", errMediaType}, {" ", "", errMediaType},
		{strings.Repeat(" ", MaxBody+1), "application/json", errTooLarge},
	} {
		r := httptest.NewRequest("PUT", "/", strings.NewReader(c.body))
		r.Header.Set("Content-Type", c.kind)
		fields, err := ReadOptionalFields(r)
		if !errors.Is(err, c.want) || err == nil && (fields.Has("role") || fields.Err() != nil) {
			t.Errorf("%.10q as %q: %v", c.body, c.kind, err)
		}
	}
	r := httptest.NewRequest("PUT", "/", strings.NewReader(`{"x":1}`))
	r.Header.Set("Content-Type", "application/json")
	fields, err := ReadOptionalFields(r)
	if err != nil || fields.Err() == nil {
		t.Errorf("an unknown field: %v", err)
	}
}

func TestFields_FaultIsToldOnceAField(t *testing.T) {
	r := httptest.NewRequest("POST", "/", strings.NewReader(`{"role":1}`))
	r.Header.Set("Content-Type", "application/json")
	fields, err := ReadFields(r)
	if err != nil {
		t.Fatal(err)
	}
	fields.Text("role")
	fields.Fault("role", "must be something else")
	fields.Fault("other", "is odd")
	if got := faulty(t, fields.Err()); !slices.Equal(got, []string{"role", "other"}) {
		t.Errorf("%q", got)
	}
}

func FuzzReadFields(f *testing.F) {
	for _, body := range []string{
		`{}`, `{"name":"x","label":null,"words":["a"],"number":7}`, `{"name":"x","name":"y"}`, `{"Name":1}`, `{"name":"x"}{}`, `[`, `{"a":{"b":[null,true,1e9]}}`,
		"{\"name\":\"\xff\"}", `{"name":"\ud800"}`, `{"number": 1 }`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		fields, err := parseFields(body)
		if err != nil {
			faulty(t, err)
			return
		}
		name, label, words, number := fields.Text("name"), fields.NullableText("label"), fields.Words("words"), fields.NullableInt("number", 1, 1000)
		if err := fields.Err(); err != nil {
			if n := len(faulty(t, err)); n == 0 || n > maxFaults {
				t.Errorf("%d faults", n)
			}
			return
		}
		// What is accepted is JSON, and nothing in it was passed over.
		var again map[string]any
		if err := json.Unmarshal(body, &again); err != nil {
			t.Fatalf("accepted %q: %v", body, err)
		}
		for field, value := range again {
			switch field {
			case "name":
				if value != name {
					t.Errorf("name %q of %q", name, body)
				}
			case "label":
				if value != nil && value != label {
					t.Errorf("label %q of %q", label, body)
				}
			case "words":
				if list, ok := value.([]any); !ok || len(list) != len(words) {
					t.Errorf("words %q of %q", words, body)
				}
			case "number":
				if value != nil && value != float64(number) {
					t.Errorf("number %d of %q", number, body)
				}
			default:
				t.Errorf("%q was passed over in %q", field, body)
			}
		}
		if bytes.Count(body, []byte("{")) == 0 {
			t.Errorf("accepted %q", body)
		}
	})
}
