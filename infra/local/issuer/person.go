package issuer

import (
	"errors"
	"regexp"
	"strings"
)

// Person is somebody made up.
type Person struct {
	Who     string // the word that stands for the person
	Subject string // the sub claim
	Name    string
	Email   string
}

// People are those whom the seeded organization knows, in the order of what they may do.
var People = []string{"admin", "manager", "user"}

// Newcomers are people in no organization, offered as examples: any other word would do.
var Newcomers = []string{"newcomer", "newcomer2"}

var names = map[string]string{
	"admin":   "Ada Okafor",
	"manager": "Marco Bell",
	"user":    "Uma Reyes",
}

// ErrNoPerson says that a word can't stand for a person.
var ErrNoPerson = errors.New("a person is a word of 1 to 64 lower-case letters, digits and hyphens")

var word = regexp.MustCompile(`^[a-z0-9-]{1,64}$`)

// PersonOf returns the person that the word stands for, or ErrNoPerson. Any word will do: newcomer2 is Newcomer 2.
func PersonOf(who string) (Person, error) {
	if !word.MatchString(who) {
		return Person{}, ErrNoPerson
	}
	name, ok := names[who]
	if !ok {
		name = nameFrom(who)
	}
	return Person{Who: who, Subject: "dev|" + who, Name: name, Email: who + "@example.com"}, nil
}

var namePart = regexp.MustCompile(`[a-z]+|[0-9]+`)

// nameFrom takes a word apart at hyphens and digits, and capitalises what it gets.
func nameFrom(who string) string {
	parts := namePart.FindAllString(who, -1)
	for i, p := range parts {
		parts[i] = strings.ToUpper(p[:1]) + p[1:]
	}
	if len(parts) == 0 { // hyphens only
		return "Nobody"
	}
	return strings.Join(parts, " ")
}

// WordFor makes the word for a person of that name: mary-ann for "Mary Ann". It is "" where the name has neither letters nor digits of
// ASCII.
func WordFor(name string) string {
	var parts []string
	for part := range strings.FieldsFuncSeq(strings.ToLower(name), func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') }) {
		parts = append(parts, part)
	}
	made := strings.Join(parts, "-")
	return made[:min(len(made), 64)]
}
