package dynamo

import (
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// item is a row as the SDK has it.
type item = map[string]types.AttributeValue

// Values.

func str(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func num(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func millis(t time.Time) types.AttributeValue  { return num(t.UnixMilli()) }
func seconds(t time.Time) types.AttributeValue { return num(t.Unix()) }

// newItem begins a row: its key and version.
func newItem(k key) item {
	return item{"pk": str(k.pk), "sk": str(k.sk), "v": num(schemaVersion)}
}

// listed adds the index key.
func (k key) listed(in item) {
	in["lpk"], in["lsk"] = str(k.pk), str(k.sk)
}

func (k key) attributes() item { return item{"pk": str(k.pk), "sk": str(k.sk)} }

func keyOf(row item) key {
	r := reader{row: row}
	return key{r.str("pk"), r.str("sk")}
}

// reader reads the attributes of a row and remembers the first fault: a row that isn't as we write rows.
type reader struct {
	row   item
	fault error
}

func (r *reader) failed(name, want string) {
	if r.fault == nil {
		r.fault = fmt.Errorf("row %v: %s is not %s", keyText(r.row), name, want)
	}
}

// keyText names a row in an error. Keys hold ids only.
func keyText(row item) string {
	pk, _ := row["pk"].(*types.AttributeValueMemberS)
	sk, _ := row["sk"].(*types.AttributeValueMemberS)
	if pk == nil || sk == nil {
		return "without a key"
	}
	return pk.Value + " " + sk.Value
}

// str reads text; "" if there is none.
func (r *reader) str(name string) string {
	switch v := r.row[name].(type) {
	case nil:
		return ""
	case *types.AttributeValueMemberS:
		return v.Value
	}
	r.failed(name, "text")
	return ""
}

// num reads a whole number; 0 if there is none.
func (r *reader) num(name string) int64 {
	switch v := r.row[name].(type) {
	case nil:
		return 0
	case *types.AttributeValueMemberN:
		if n, err := strconv.ParseInt(v.Value, 10, 64); err == nil {
			return n
		}
	}
	r.failed(name, "a whole number")
	return 0
}

// millis reads an instant; zero if there is none.
func (r *reader) millis(name string) time.Time {
	if r.row[name] == nil {
		return time.Time{}
	}
	return time.UnixMilli(r.num(name)).UTC()
}

// seconds reads an instant; zero if there is none.
func (r *reader) seconds(name string) time.Time {
	if r.row[name] == nil {
		return time.Time{}
	}
	return time.Unix(r.num(name), 0).UTC()
}

// words reads a set of texts.
func (r *reader) words(name string) []string {
	if v, ok := r.row[name].(*types.AttributeValueMemberSS); ok {
		return v.Value
	}
	r.failed(name, "a set of texts")
	return nil
}

// idOf reads the text form of an id by its parser.
func idOf[T any](r *reader, name string, parse func(string) (T, bool)) T {
	v, ok := parse(r.str(name))
	if !ok {
		r.failed(name, "an id")
	}
	return v
}
