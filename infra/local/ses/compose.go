package ses

import (
	"bytes"
	"net/url"

	"github.com/emersion/go-message/mail"
)

// compose makes the message of a call of SendEmail.
func (m *submission) compose(form url.Values) *refusal {
	if m.source == "" {
		return missing("Source")
	}
	var h mail.Header
	m.destinations = nil
	for _, list := range []struct{ header, parameter string }{
		{"To", "Destination.ToAddresses"}, {"Cc", "Destination.CcAddresses"}, {"", "Destination.BccAddresses"}, {"Reply-To", "ReplyToAddresses"},
	} {
		texts := members(form, list.parameter)
		if list.header != "Reply-To" {
			m.destinations = append(m.destinations, texts...)
		}
		var parsed []*mail.Address
		for _, text := range texts {
			a, err := mail.ParseAddress(text)
			if err != nil {
				if _, refused := bare(text); refused != nil {
					return refused
				}
				return invalid("Invalid address " + text + ": " + err.Error())
			}
			parsed = append(parsed, a)
		}
		if list.header != "" && len(parsed) > 0 {
			h.SetAddressList(list.header, parsed)
		}
	}
	from, err := mail.ParseAddress(m.source)
	if err != nil {
		if _, refused := bare(m.source); refused != nil {
			return refused
		}
		return invalid("Invalid address " + m.source + ": " + err.Error())
	}
	h.SetAddressList("From", []*mail.Address{from})
	h.SetSubject(form.Get("Message.Subject.Data"))
	h.Set("MIME-Version", "1.0")
	if m.raw, err = alternatives(h, form.Get("Message.Body.Text.Data"), form.Get("Message.Body.Html.Data")); err != nil {
		return invalid(err.Error())
	}
	return nil
}

// alternatives writes a message with a text, with HTML, or with both.
func alternatives(h mail.Header, text, html string) ([]byte, error) {
	var out bytes.Buffer
	w, err := mail.CreateInlineWriter(&out, h)
	if err != nil {
		return nil, err
	}
	for _, part := range []struct{ kind, body string }{{"text/plain", text}, {"text/html", html}} {
		if part.body == "" {
			continue
		}
		var ph mail.InlineHeader
		ph.SetContentType(part.kind, map[string]string{"charset": "utf-8"})
		p, err := w.CreatePart(ph)
		if err != nil {
			return nil, err
		}
		if _, err := p.Write([]byte(part.body)); err != nil {
			return nil, err
		}
		if err := p.Close(); err != nil {
			return nil, err
		}
	}
	err = w.Close()
	return out.Bytes(), err
}
