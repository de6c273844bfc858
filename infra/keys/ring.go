package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"group-invites/shared/linkcode"
)

// ring is the key ring as its secret holds it. Its form is told by [linkcode.ParseRing], which has the last word on every change.
type ring struct {
	signing string
	retired []string          // numbers that may not come back
	secrets map[string]string // by number
}

// maxKeys is how many numbers there are: a code has four bits for one.
const maxKeys = 16

func parse(text string) (ring, error) {
	if _, err := linkcode.ParseRing([]byte(text), "any"); err != nil {
		return ring{}, err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &fields); err != nil {
		return ring{}, errors.New("key ring: not a JSON object") // the cause could quote the text
	}
	r := ring{secrets: map[string]string{}}
	for name, raw := range fields {
		var err error
		switch name {
		case "signing":
			err = json.Unmarshal(raw, &r.signing)
		case "retired":
			err = json.Unmarshal(raw, &r.retired)
		default:
			var secret string
			err = json.Unmarshal(raw, &secret)
			r.secrets[name] = secret
		}
		if err != nil {
			return ring{}, fmt.Errorf("key ring: field of %d bytes", len(raw))
		}
	}
	return r, nil
}

// text is the ring as its secret is to hold it. It fails if functions would not take it.
func (r ring) text() (string, error) {
	fields := map[string]any{"signing": r.signing}
	if len(r.retired) > 0 {
		slices.SortFunc(r.retired, byNumber)
		fields["retired"] = r.retired
	}
	for number, secret := range r.secrets {
		fields[number] = secret
	}
	text, err := json.Marshal(fields)
	if err != nil {
		return "", err
	}
	_, err = linkcode.ParseRing(text, "any")
	return string(text), err
}

// add puts a new key on the ring, which verifies only. It takes the lowest number that was never used.
func (r *ring) add() (number string, err error) {
	for n := range maxKeys {
		number := strconv.Itoa(n)
		if r.secrets[number] == "" && !slices.Contains(r.retired, number) {
			r.secrets[number] = rand.Text() + rand.Text() // 260 bits
			return number, nil
		}
	}
	return "", fmt.Errorf("all %d numbers of keys have been used: the stack needs a new format of codes", maxKeys)
}

// sign has the key sign from now on.
func (r *ring) sign(number string) error {
	switch {
	case r.secrets[number] == "":
		return fmt.Errorf("there is no key %s on the ring", number)
	case r.signing == number:
		return fmt.Errorf("key %s signs already", number)
	}
	r.signing = number
	return nil
}

// retire takes a key off the ring for ever: what it has signed ends.
func (r *ring) retire(number string) error {
	switch {
	case slices.Contains(r.retired, number):
		return fmt.Errorf("key %s is retired already", number)
	case r.secrets[number] == "":
		return fmt.Errorf("there is no key %s on the ring", number)
	case r.signing == number:
		return fmt.Errorf("key %s signs: have another sign first, or replace it", number)
	}
	delete(r.secrets, number)
	r.retired = append(r.retired, number)
	return nil
}

// replace has a new key sign and retires all others, in one step.
func (r *ring) replace() (number string, err error) {
	old := r.numbers()
	if number, err = r.add(); err != nil {
		return "", err
	}
	if err := r.sign(number); err != nil {
		return "", err
	}
	for _, n := range old {
		if err := r.retire(n); err != nil {
			return "", err
		}
	}
	return number, nil
}

// numbers are those of the keys on the ring, in order.
func (r ring) numbers() []string {
	var numbers []string
	for n := range r.secrets {
		numbers = append(numbers, n)
	}
	slices.SortFunc(numbers, byNumber)
	return numbers
}

func byNumber(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

// String tells what there is, without secrets.
func (r ring) String() string {
	var out strings.Builder
	for _, n := range r.numbers() {
		does := "verifies"
		if n == r.signing {
			does = "signs and verifies"
		}
		fmt.Fprintf(&out, "key %-2s  %s\n", n, does)
	}
	for _, n := range r.retired {
		fmt.Fprintf(&out, "key %-2s  retired\n", n)
	}
	return out.String()
}
