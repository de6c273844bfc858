// Package above tests tiny from above it.
package above

import (
	"testing"

	"group-invites/infra/mutation/testdata/tiny"
)

func TestName(t *testing.T) {
	if tiny.Name(1) != "one" {
		t.Error(tiny.Name(1))
	}
}
