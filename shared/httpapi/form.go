package httpapi

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"unicode/utf8"

	"group-invites/shared/directory"
)

// MaxForm is the largest form that is read, in bytes.
const MaxForm = 8 << 10

var (
	errFormType     = errors.New("not a form")
	errFormTooLarge = errors.New("form too large")
)

// ReadForm reads the body of a request that a browser or a mail client sends: a form of at most 8 KiB, as application/x-www-form-urlencoded or
// multipart/form-data (RFC 8058, section 3.1, has clients choose), in UTF-8, without files and without a field twice. Without a body it
// has no fields.
func ReadForm(r *http.Request) (map[string]string, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxForm+1))
	switch {
	case err != nil:
		return nil, err
	case len(body) > MaxForm:
		return nil, errFormTooLarge
	case len(body) == 0:
		return map[string]string{}, nil
	}
	media, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || !utf8Charset(parameters) {
		return nil, errFormType
	}
	form := map[string]string{}
	switch media {
	case "application/x-www-form-urlencoded":
		err = readPairs(form, string(body))
	case "multipart/form-data":
		err = readParts(form, multipart.NewReader(bytes.NewReader(body), parameters["boundary"]))
	default:
		err = errFormType
	}
	return form, err
}

func readPairs(form map[string]string, body string) error {
	values, err := url.ParseQuery(body)
	if err != nil {
		return errForm
	}
	for name, given := range values {
		if err := addField(form, name, given...); err != nil {
			return err
		}
	}
	return nil
}

func readParts(form map[string]string, parts *multipart.Reader) error {
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) && len(form) > 0 {
			return nil
		}
		if err != nil || part.FileName() != "" {
			return errForm
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return errForm
		}
		if err := addField(form, part.FormName(), string(value)); err != nil {
			return err
		}
	}
}

var errForm = directory.Invalid("body", "must be a form without files, with each field once, in UTF-8")

func addField(form map[string]string, name string, values ...string) error {
	if _, twice := form[name]; twice || len(values) != 1 || !utf8.ValidString(name) || !utf8.ValidString(values[0]) {
		return errForm
	}
	form[name] = values[0]
	return nil
}
