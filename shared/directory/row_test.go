package directory_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// text gives a row on one line: its key, and its other attributes by name.
func text(row map[string]types.AttributeValue) string {
	line := value(row["pk"]) + " " + value(row["sk"])
	for _, name := range slices.Sorted(maps.Keys(row)) {
		if name != "pk" && name != "sk" {
			line += fmt.Sprintf(" %s=%q", name, value(row[name]))
		}
	}
	return line
}

func value(a types.AttributeValue) string {
	switch v := a.(type) {
	case *types.AttributeValueMemberS:
		return v.Value
	case *types.AttributeValueMemberN:
		return v.Value
	case *types.AttributeValueMemberSS:
		return strings.Join(slices.Sorted(slices.Values(v.Value)), " ")
	}
	return fmt.Sprint(a)
}

// field gives an attribute of a row's line; "" if it isn't there.
func field(line, name string) string {
	_, rest, _ := strings.Cut(line, " "+name+"=\"")
	got, _, _ := strings.Cut(rest, "\"")
	return got
}
