package lambda

import (
	"fmt"
	"strings"
)

const (
	accessKeyPrefix = "ASIALOCAL"
	accessKeyNumber = "X" // between the function and the number
)

// accessKeyID is the access key of a function's environment with this number, such as ASIALOCALREDEEMINVITEX1.
func accessKeyID(function string, number int) string {
	return fmt.Sprintf("%s%s%s%d", accessKeyPrefix, alphanumeric(function), accessKeyNumber, number)
}

// HoldsAccessKey tells whether the access key is one of the function's environments.
func HoldsAccessKey(function, accessKeyID string) bool {
	number, ok := strings.CutPrefix(accessKeyID, accessKeyPrefix+alphanumeric(function)+accessKeyNumber)
	return ok && number != "" && strings.Trim(number, "0123456789") == ""
}

// alphanumeric is the name without what an access key can't hold.
func alphanumeric(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToUpper(name))
}
