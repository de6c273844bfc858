package ses

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // texts in any charset that a mail may have
	"github.com/emersion/go-message/mail"
)

// header is one field of a message's header.
type header struct {
	Name  string `json:"name"`  // as it is written
	Value string `json:"value"` // in one line, decoded
}

// content is what a message says.
type content struct {
	headers []header // in the message's order
	from    []*mail.Address
	to      []*mail.Address
	cc      []*mail.Address
	bcc     []*mail.Address
	subject string
	text    string // the first part of this type that isn't an attachment; empty without one
	html    string
	virus   bool
}

// eicar is what scanners take for a virus, and nobody else. https://www.eicar.org
const eicar = `EICAR-STANDARD-ANTIVIRUS-TEST-FILE`

// maxLine is the longest line, with its end: RFC 5321, which SES asks for.
const maxLine = 1000

// parse reads a message.
func parse(raw []byte) (*content, error) {
	for line := range bytes.Lines(raw) {
		if len(line) > maxLine {
			return nil, errors.New("a line is longer than 1000 characters")
		}
	}
	entity, err := message.Read(bytes.NewReader(raw))
	if err != nil && !message.IsUnknownCharset(err) {
		return nil, err
	}
	c := &content{headers: headersOf(entity.Header)}
	h := mail.Header{Header: entity.Header}
	for name, list := range map[string]*[]*mail.Address{"From": &c.from, "To": &c.to, "Cc": &c.cc, "Bcc": &c.bcc} {
		if *list, err = h.AddressList(name); err != nil {
			return nil, errors.New("header " + name + ": " + err.Error())
		}
	}
	c.subject, _ = h.Subject() // undecoded where it can't be decoded
	err = entity.Walk(func(_ []int, part *message.Entity, err error) error {
		if err != nil && !message.IsUnknownCharset(err) {
			return err
		}
		return c.take(part)
	})
	return c, err
}

// take reads one part.
func (c *content) take(part *message.Entity) error {
	kind, _, err := part.Header.ContentType()
	if err != nil {
		return err
	}
	if strings.HasPrefix(kind, "multipart/") {
		return nil // its parts come by themselves
	}
	body, err := io.ReadAll(part.Body)
	if err != nil {
		return err
	}
	c.virus = c.virus || bytes.Contains(body, []byte(eicar))
	disposition, _, _ := part.Header.ContentDisposition() // none is as good as inline
	switch {
	case disposition == "attachment":
	case kind == "text/plain" && c.text == "":
		c.text = string(body)
	case kind == "text/html" && c.html == "":
		c.html = string(body)
	}
	return nil
}

// headersOf gives the fields with their names as they were written, which the library's own keys are not.
func headersOf(h message.Header) []header {
	var out []header
	for fields := h.Fields(); fields.Next(); {
		name := fields.Key()
		if raw, err := fields.Raw(); err == nil {
			before, _, _ := bytes.Cut(raw, []byte(":"))
			name = string(bytes.TrimSpace(before))
		}
		value, err := fields.Text()
		if err != nil {
			value = fields.Value()
		}
		out = append(out, header{name, value})
	}
	return out
}

// recipients are all that the header names.
func (c *content) recipients() []string {
	var out []string
	for _, list := range [][]*mail.Address{c.to, c.cc, c.bcc} {
		out = append(out, addresses(list)...)
	}
	return out
}

func addresses(list []*mail.Address) []string {
	var out []string
	for _, a := range list {
		out = append(out, a.Address)
	}
	return out
}

// shown are addresses as people read them, with names that aren't encoded.
func shown(list []*mail.Address) []string {
	var out []string
	for _, a := range list {
		if a.Name == "" {
			out = append(out, a.Address)
			continue
		}
		out = append(out, a.Name+" <"+a.Address+">")
	}
	return out
}
