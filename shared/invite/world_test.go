package invite_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	. "group-invites/shared/dynamo/dynamotest"
)

// fingerprint gives the whole table as text, so that one can see that nothing was written.
func fingerprint(w *World) string {
	w.Helper()
	var rows []string
	for _, row := range w.Rows() {
		var cells []string
		for name, value := range row {
			text := ""
			switch v := value.(type) {
			case *types.AttributeValueMemberS:
				text = v.Value
			case *types.AttributeValueMemberN:
				text = v.Value
			case *types.AttributeValueMemberSS:
				text = fmt.Sprint(slices.Sorted(slices.Values(v.Value)))
			}
			cells = append(cells, name+"="+text)
		}
		slices.Sort(cells)
		rows = append(rows, strings.Join(cells, " "))
	}
	slices.Sort(rows)
	return strings.Join(rows, "\n")
}

// row gives one row of the table as text.
func (s scene) row(pk, sk string) string {
	s.Helper()
	for line := range strings.Lines(fingerprint(s.World)) {
		if strings.Contains(line, "pk="+pk+" ") && strings.Contains(line, "sk="+sk+" ") {
			return line
		}
	}
	s.Fatalf("no row %s %s", pk, sk)
	return ""
}
