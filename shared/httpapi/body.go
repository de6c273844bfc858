package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"group-invites/shared/directory"
	"group-invites/shared/mail"
)

// MaxBody is the largest body that is read, in bytes.
const MaxBody = 64 << 10

// Fields are the fields of a request's JSON object. Reading a field marks it as known; [Fields.Err] then reports everything that is
// wrong with the body at once: fields of a wrong type, missing ones, and unknown ones. Names are compared exactly.
type Fields struct {
	values map[string]json.RawMessage
	known  map[string]bool
	faults []directory.FieldFault
}

// ReadFields reads the body of a request: one JSON object of at most 64 KiB, sent as application/json, in UTF-8, without anything
// after it and without a field twice.
func ReadFields(r *http.Request) (*Fields, error) {
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	return parseFields(body)
}

// ReadOptionalFields is ReadFields for a request that may come without a body, which then has no fields.
func ReadOptionalFields(r *http.Request) (*Fields, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxBody+1))
	if err == nil && len(body) == 0 {
		return &Fields{known: map[string]bool{}}, nil
	}
	r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), r.Body))
	return ReadFields(r)
}

func readBody(r *http.Request) ([]byte, error) {
	media, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/json" || !utf8Charset(parameters) {
		return nil, errMediaType
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxBody+1))
	switch {
	case err != nil:
		return nil, err
	case len(body) > MaxBody:
		return nil, errTooLarge
	case !utf8.Valid(body):
		return nil, directory.Invalid("body", "must be UTF-8")
	}
	return body, nil
}

func utf8Charset(parameters map[string]string) bool {
	charset, given := parameters["charset"]
	return !given || strings.EqualFold(charset, "utf-8")
}

// parseFields takes the object apart. Unlike json.Unmarshal into a struct it tells names apart that differ in case only, sees
// fields that come twice, and leaves each value for its reader.
func parseFields(body []byte) (*Fields, error) {
	notAnObject := directory.Invalid("body", "must be one JSON object")
	decoder := json.NewDecoder(bytes.NewReader(body))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return nil, notAnObject
	}
	f := &Fields{values: map[string]json.RawMessage{}, known: map[string]bool{}}
	for decoder.More() {
		token, err := decoder.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return nil, notAnObject
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, notAnObject
		}
		if _, twice := f.values[name]; twice {
			f.fault(clip(name), "is there twice")
		}
		f.values[name] = value
	}
	if _, err := decoder.Token(); err != nil { // the closing brace
		return nil, notAnObject
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, directory.Invalid("body", "must end after the JSON object")
	}
	return f, nil
}

func (f *Fields) fault(name, message string) {
	f.faults = append(f.faults, directory.FieldFault{Field: name, Message: message})
}

// Fault adds what a reader of a field finds wrong with it, unless something is already.
func (f *Fields) Fault(name, message string) {
	if !slices.ContainsFunc(f.faults, func(known directory.FieldFault) bool { return known.Field == name }) {
		f.fault(name, message)
	}
}

// maxFaults is how many faults of one request are told, so that what the caller sent doesn't make an answer long.
const maxFaults = 20

// Err gives an InvalidError with everything that is wrong (the first twenty faults), or nil. Call it after all fields have been read.
func (f *Fields) Err() error {
	faults := slices.Clone(f.faults)
	var unknown []string
	for name := range f.values {
		if !f.known[name] {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		faults = append(faults, directory.FieldFault{Field: clip(name), Message: "is not a field of this request"})
	}
	if len(faults) == 0 {
		return nil
	}
	return &directory.InvalidError{Fields: faults[:min(len(faults), maxFaults)]}
}

// clip keeps what the caller sent from making an answer long.
func clip(s string) string {
	if len(s) > 64 {
		return strings.ToValidUTF8(s[:64], "") + "…"
	}
	return s
}

// Has tells whether the field is there, be it null.
func (f *Fields) Has(name string) bool {
	f.known[name] = true
	_, ok := f.values[name]
	return ok
}

// Given tells whether the field is there and not null.
func (f *Fields) Given(name string) bool { return !f.Null(name) }

// Null tells whether the field is missing or null.
func (f *Fields) Null(name string) bool {
	return !f.Has(name) || string(f.values[name]) == "null"
}

// Text reads a text that, if the field is there, must not be null. "" if it isn't there.
func (f *Fields) Text(name string) string {
	if !f.Has(name) {
		return ""
	}
	var s string
	if f.Null(name) || json.Unmarshal(f.values[name], &s) != nil {
		f.fault(name, "must be text")
	}
	return s
}

// RequiredText reads a text that must be there.
func (f *Fields) RequiredText(name string) string {
	if !f.Has(name) {
		f.fault(name, "is required")
	}
	return f.Text(name)
}

// NullableText reads a text; "" if it is null or not there.
func (f *Fields) NullableText(name string) string {
	if f.Null(name) {
		return ""
	}
	return f.Text(name)
}

// Words reads a list of texts that must not be null; nil if it isn't there.
func (f *Fields) Words(name string) []string {
	if !f.Has(name) {
		return nil
	}
	words := []string{}
	if f.Null(name) || json.Unmarshal(f.values[name], &words) != nil {
		f.fault(name, "must be a list of texts")
	}
	return words
}

// Objects reads a list of 1 to most values that must be there, each to be read by itself.
func (f *Fields) Objects(name string, most int) []json.RawMessage {
	var objects []json.RawMessage
	switch {
	case !f.Has(name):
		f.fault(name, "is required")
	case f.Null(name) || json.Unmarshal(f.values[name], &objects) != nil || len(objects) < 1 || len(objects) > most:
		f.fault(name, "must be a list of 1 to "+strconv.Itoa(most)+" objects")
	}
	return objects
}

// Addresses reads a list of 1 to [mail.MaxRecipients] mail addresses; nil if it is null or not there. Each that is none is a fault of its
// own, of name[index].
func (f *Fields) Addresses(name string) []mail.Address {
	if f.Null(name) {
		return nil
	}
	before := len(f.faults)
	texts := f.Words(name)
	if len(f.faults) > before {
		return nil
	}
	if len(texts) < 1 || len(texts) > mail.MaxRecipients {
		f.fault(name, "must hold 1 to "+strconv.Itoa(mail.MaxRecipients)+" addresses")
		return nil
	}
	addresses := make([]mail.Address, 0, len(texts))
	for i, text := range texts {
		address, fault := mail.ParseAddress(text)
		if fault != "" {
			f.fault(name+"["+strconv.Itoa(i)+"]", fault)
			continue
		}
		addresses = append(addresses, address)
	}
	return addresses
}

// Address reads a mail address; the zero one if it is null or not there.
func (f *Fields) Address(name string) mail.Address {
	if f.Null(name) {
		return mail.Address{}
	}
	address, fault := mail.ParseAddress(f.Text(name))
	if fault != "" {
		f.Fault(name, fault)
	}
	return address
}

// NullableInt reads a whole number within the bounds; 0 if it is null or not there.
func (f *Fields) NullableInt(name string, low, high int) int {
	if f.Null(name) {
		return 0
	}
	n, err := strconv.Atoi(string(f.values[name]))
	if err != nil || n < low || n > high {
		f.fault(name, "must be a whole number from "+strconv.Itoa(low)+" to "+strconv.Itoa(high)+", or null")
		return 0
	}
	return n
}
