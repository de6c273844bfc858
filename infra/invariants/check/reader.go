package check

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// reader reads one row, and notes what is wrong with it and which attributes were asked for.
type reader struct {
	row   Row
	table *Table
	key   string
	parts map[string]string // of the key, by name: org, group, invite, user, ...
	asked []string
}

func (r *reader) violates(format string, arguments ...any) {
	r.table.found = append(r.table.found, Violation{r.key, fmt.Sprintf(format, arguments...)})
}

// must notes a violation unless it holds.
func (r *reader) must(holds bool, format string, arguments ...any) {
	if !holds {
		r.violates(format, arguments...)
	}
}

func (r *reader) has(name string) bool { return r.row[name] != nil }

// str reads an attribute that must be there and be text.
func (r *reader) str(name string) string {
	r.asked = append(r.asked, name)
	v, ok := r.row[name].(*types.AttributeValueMemberS)
	if !ok {
		r.violates("%s is no text", name)
		return ""
	}
	return v.Value
}

// matching reads a text that must be of a form.
func (r *reader) matching(name string, form *regexp.Regexp) string {
	s := r.str(name)
	r.must(form.MatchString(s), "%s is %q, not like %s", name, s, form)
	return s
}

// one reads a text that must be one of those.
func (r *reader) one(name string, of ...string) string {
	s := r.str(name)
	r.must(slices.Contains(of, s), "%s is %q, none of %q", name, s, of)
	return s
}

// num reads a whole number of at least so much.
func (r *reader) num(name string, least int64) int64 {
	r.asked = append(r.asked, name)
	v, ok := r.row[name].(*types.AttributeValueMemberN)
	if !ok {
		r.violates("%s is no number", name)
		return 0
	}
	n, err := strconv.ParseInt(v.Value, 10, 64)
	r.must(err == nil && n >= least, "%s is %s", name, v.Value)
	return n
}

// ms reads an instant in milliseconds; zero if it may be absent, and is.
func (r *reader) ms(name string) time.Time { return time.UnixMilli(r.num(name, 1)).UTC() }

func (r *reader) optionalMs(name string) time.Time {
	if !r.has(name) {
		return time.Time{}
	}
	return r.ms(name)
}

// seconds reads an instant in seconds, as TTL needs it.
func (r *reader) seconds(name string) time.Time { return time.Unix(r.num(name, 1), 0).UTC() }

func (r *reader) set(name string) []string {
	r.asked = append(r.asked, name)
	v, ok := r.row[name].(*types.AttributeValueMemberSS)
	if !ok {
		r.violates("%s is no set of texts", name)
		return nil
	}
	return v.Value
}

// numbers reads a set of whole numbers; none if it is absent.
func (r *reader) numbers(name string) (numbers []int64) {
	r.asked = append(r.asked, name)
	if !r.has(name) {
		return nil
	}
	v, ok := r.row[name].(*types.AttributeValueMemberNS)
	if !ok {
		r.violates("%s is no set of numbers", name)
		return nil
	}
	for _, text := range v.Value {
		n, err := strconv.ParseInt(text, 10, 64)
		r.must(err == nil, "%s has %q", name, text)
		numbers = append(numbers, n)
	}
	return numbers
}

// optional takes attributes for text, if they are there.
func (r *reader) optional(names ...string) {
	for _, name := range names {
		if r.has(name) {
			r.must(r.str(name) != "", "%s is empty", name)
		}
	}
}

// ttl reads when TTL may clear the row away, and holds it to an instant.
func (r *reader) ttl(want time.Time) {
	got := r.seconds("ttl")
	r.must(got.Equal(want.Truncate(time.Second)), "ttl is %s, not %s", got.Format(time.RFC3339), want.UTC().Format(time.RFC3339))
}

// listed holds the row to being listed by the index there, and nowhere else.
func (r *reader) listed(partition, sort string) {
	pk, sk := r.str("lpk"), r.str("lsk")
	r.must(pk == partition && sk == sort, "is listed at %s %s, not at %s %s", pk, sk, partition, sort)
}

// free are attributes that hold what people wrote, or servers said: whatever that is.
var free = []string{"name", "message", "detail"}

// code is how a text that holds the code of a link looks: 44 characters of base64url, and not one more.
var code = regexp.MustCompile(`(^|[^A-Za-z0-9_-])[A-Za-z0-9_-]{44}($|[^A-Za-z0-9_-])`)

// finish notes attributes that nobody has asked for, and what must be in no row.
func (r *reader) finish() {
	r.must(r.num("v", 1) >= 1, "has no version")
	for name, value := range r.row {
		r.must(slices.Contains(append(r.asked, "pk", "sk"), name), "has an attribute %s", name)
		s, ok := value.(*types.AttributeValueMemberS)
		if !ok || slices.Contains(free, name) {
			continue
		}
		r.must(!code.MatchString(s.Value), "%s looks like the code of a link", name)
		r.must(!strings.Contains(s.Value, "@") || name == "email" || name == "to", "%s holds an address", name)
	}
}
