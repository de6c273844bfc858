package dynamotest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Content gives the whole table as text, to see that nothing was written, or what: a line for each row, by key, each with its key and then
// its other attributes by name, as name="value".
func (w *World) Content() string {
	w.Helper()
	rows := w.Rows()
	lines := make([]string, len(rows))
	for i, row := range rows {
		line := cell(row["pk"]) + " " + cell(row["sk"])
		for _, name := range slices.Sorted(maps.Keys(row)) {
			if name != "pk" && name != "sk" {
				line += fmt.Sprintf(" %s=%q", name, cell(row[name]))
			}
		}
		lines[i] = line
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func cell(a types.AttributeValue) string {
	switch v := a.(type) {
	case *types.AttributeValueMemberS:
		return v.Value
	case *types.AttributeValueMemberN:
		return v.Value
	case *types.AttributeValueMemberSS:
		return strings.Join(slices.Sorted(slices.Values(v.Value)), " ")
	case *types.AttributeValueMemberNS:
		return strings.Join(slices.Sorted(slices.Values(v.Value)), " ")
	}
	return fmt.Sprint(a)
}
