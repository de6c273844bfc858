package httpapi

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"group-invites/shared/directory"
	"group-invites/shared/httpapi/openapitest"
)

// TestContract_Operations: the operations of the document are the routes.
func TestContract_Operations(t *testing.T) {
	document, err := openapitest.Load()
	if err != nil {
		t.Fatal(err)
	}
	var described, routes []string
	for _, o := range document.Operations() {
		described = append(described, fmt.Sprintf("%s %s open %t", o.Method, o.Path, o.Open))
	}
	for _, r := range Routes {
		routes = append(routes, fmt.Sprintf("%s open %t", r, r.Open))
	}
	slices.Sort(described)
	slices.Sort(routes)
	if !slices.Equal(described, routes) {
		t.Errorf("openapi.yaml has\n%s\nwhile the routes are\n%s", strings.Join(described, "\n"), strings.Join(routes, "\n"))
	}
}

// TestContract_Codes: the document's codes of problems, with their statuses, are those that errors become.
func TestContract_Codes(t *testing.T) {
	document, err := openapitest.Load()
	if err != nil {
		t.Fatal(err)
	}
	answers := map[string][]int{}
	add := func(err error) {
		p, _ := problemOf(err, "")
		if !slices.Contains(answers[p.Code], p.Status) {
			answers[p.Code] = append(answers[p.Code], p.Status)
		}
	}
	add(directory.Invalid("name", "is wrong"))
	add(&directory.LimitError{})
	add(errors.New("anything else"))
	for _, row := range problems {
		add(row.err)
	}
	if described := document.Codes(); !maps.EqualFunc(described, answers, slices.Equal) {
		t.Errorf("openapi.yaml has %v, want %v", described, answers)
	}
}
