package growth

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// row is an item as the SDK has it.
type row = map[string]types.AttributeValue

// line writes a row as a line of an export.
func line(t testing.TB, r row) string {
	t.Helper()
	values := map[string]any{}
	for name, value := range r {
		switch v := value.(type) {
		case *types.AttributeValueMemberS:
			values[name] = map[string]string{"S": v.Value}
		case *types.AttributeValueMemberN:
			values[name] = map[string]string{"N": v.Value}
		case *types.AttributeValueMemberSS:
			values[name] = map[string][]string{"SS": v.Value}
		default:
			t.Fatalf("no row of ours has a %T", v)
		}
	}
	text, err := json.Marshal(map[string]any{"Item": values})
	if err != nil {
		t.Fatal(err)
	}
	return string(text) + "\n"
}

// pattern is lines with places for what is another in each copy.
type pattern struct {
	pieces []string // one more than places
	places []int    // which of the texts comes there
}

// patternOf cuts lines at texts, which must all be there.
func patternOf(t testing.TB, lines string, texts ...string) pattern {
	t.Helper()
	var p pattern
	for _, text := range texts {
		if text == "" || !strings.Contains(lines, text) {
			t.Fatalf("%q isn't in %q", text, lines)
		}
	}
	for {
		at, which := len(lines), -1
		for i, text := range texts {
			if found := strings.Index(lines, text); found >= 0 && found < at {
				at, which = found, i
			}
		}
		p.pieces = append(p.pieces, lines[:at])
		if which < 0 {
			return p
		}
		p.places = append(p.places, which)
		lines = lines[at+len(texts[which]):]
	}
}

// copy writes a copy that has other texts, as long as those that it was cut at, in their order.
func (p pattern) copy(out io.Writer, texts ...string) error {
	for i, piece := range p.pieces {
		if _, err := io.WriteString(out, piece); err != nil {
			return err
		}
		if i < len(p.places) {
			if _, err := io.WriteString(out, texts[p.places[i]]); err != nil {
				return err
			}
		}
	}
	return nil
}

func keyOf(r row) string {
	return fmt.Sprintf("%s %s", r["pk"].(*types.AttributeValueMemberS).Value, r["sk"].(*types.AttributeValueMemberS).Value)
}

func keys(pk, sk string) row {
	return row{"pk": &types.AttributeValueMemberS{Value: pk}, "sk": &types.AttributeValueMemberS{Value: sk}}
}
