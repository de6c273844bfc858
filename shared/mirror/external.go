package mirror

import "strings"

// Limits of the host's names, in characters.
const (
	MaxExternalID = 128
	MaxSubject    = 255 // OpenID Connect Core 1.0, section 2
)

// externalFault tells what is wrong with an external id of an organization or group: "" is nothing. It is 1 to 128 characters out of letters
// and digits of ASCII and -._~:@|+=, compared exactly. Names that a path would swallow, . and .., are none.
func externalFault(id string) string {
	switch {
	case len(id) < 1 || len(id) > MaxExternalID, strings.ContainsFunc(id, func(c rune) bool { return !externalRune(c) }):
		return "must be 1 to 128 characters out of A-Z a-z 0-9 - . _ ~ : @ | + ="
	case id == "." || id == "..":
		return "must not be . or .."
	}
	return ""
}

func externalRune(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("-._~:@|+=", c)
}

// subjectFault tells what is wrong with a person's subject: it is 1 to 255 visible characters of ASCII, as the issuer writes them.
func subjectFault(subject string) string {
	if len(subject) < 1 || len(subject) > MaxSubject || strings.ContainsFunc(subject, func(c rune) bool { return c < '!' || c > '~' }) {
		return "must be 1 to 255 visible ASCII characters: the person's subject (sub) at the issuer"
	}
	return ""
}
