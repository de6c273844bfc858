package sesmail

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	_ "time/tzdata" // Lambda's system has no time zones

	"github.com/emersion/go-message"
	gomail "github.com/emersion/go-message/mail"

	"group-invites/shared/mail"
)

// Settings are what all mails of a deployment have in common.
type Settings struct {
	FromName string       // whom mails are from, in words; also what mails call the service
	From     mail.Address // must be one that SES has verified, or of a domain that it has
	ReplyTo  mail.Address // where answers go; the From address if zero
	Zone     string       // IANA name of the time zone in which instants are said, such as "Europe/Berlin"; UTC is always said too
	Clock    func() time.Time
	// Random is where boundaries and ids of messages come from; crypto/rand if nil.
	Random io.Reader
}

// Composer makes raw messages. It is safe for concurrent use if its clock and randomness are.
type Composer struct {
	Settings
	zone      *time.Location
	templates templates
}

// NewComposer checks the settings. Its errors are for whoever deploys.
func NewComposer(s Settings) (*Composer, error) {
	if s.From.IsZero() {
		return nil, errors.New("mails need an address that they are from")
	}
	if plain(s.FromName) == "" {
		return nil, errors.New("mails need a name that they are from")
	}
	zone, err := time.LoadLocation(s.Zone)
	if err != nil || s.Zone == "" || s.Zone == "Local" {
		return nil, fmt.Errorf("%q is no time zone such as Europe/Berlin", s.Zone)
	}
	if s.Random == nil {
		s.Random = rand.Reader
	}
	return &Composer{Settings: s, zone: zone, templates: parseTemplates()}, nil
}

// Compose gives the mail as it goes over the wire (RFC 5322), in ASCII, with lines of at most 998 bytes. It fails only for a message
// that has no content, or for want of randomness.
func (c *Composer) Compose(m mail.Message) (raw []byte, err error) {
	content, err := c.content(m)
	if err != nil {
		return nil, fmt.Errorf("compose mail: %w", err)
	}
	text, html, err := c.templates.render(content)
	if err != nil {
		return nil, fmt.Errorf("compose mail: %w", err)
	}
	header, err := c.header(m, content.Subject)
	if err != nil {
		return nil, fmt.Errorf("compose mail: %w", err)
	}
	var out bytes.Buffer
	if err := write(&out, header, text, html); err != nil {
		return nil, fmt.Errorf("compose mail: %w", err)
	}
	return out.Bytes(), nil
}

// header gives the mail's header. Fields that are set later stand above.
func (c *Composer) header(m mail.Message, subject string) (message.Header, error) {
	var h gomail.Header
	boundary, err := c.random()
	if err != nil {
		return h.Header, err
	}
	id, err := c.random()
	if err != nil {
		return h.Header, err
	}
	h.SetContentType("multipart/alternative", map[string]string{"boundary": boundary})
	h.Set("Mime-Version", "1.0")
	h.Set("Content-Language", "en")
	if m.UnsubscribeURL != "" {
		h.Set("List-Unsubscribe-Post", "List-Unsubscribe=One-Click") // RFC 8058
		h.Set("List-Unsubscribe", "<"+m.UnsubscribeURL+">")
	}
	h.Set("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office answers, please
	h.SetMessageID(id + "@" + domain(c.From)) // SES puts its own in place
	h.SetDate(c.Clock().UTC())
	h.SetSubject(subject)
	h.SetAddressList("To", []*gomail.Address{{Address: m.To.String()}})
	if !c.ReplyTo.IsZero() {
		h.SetAddressList("Reply-To", []*gomail.Address{{Address: c.ReplyTo.String()}})
	}
	h.SetAddressList("From", []*gomail.Address{{Name: plain(c.FromName), Address: c.From.String()}})
	return h.Header, nil
}

// random gives 32 hex digits.
func (c *Composer) random() (string, error) {
	var b [16]byte
	_, err := io.ReadFull(c.Random, b[:])
	return hex.EncodeToString(b[:]), err
}

func domain(a mail.Address) string {
	_, domain, _ := strings.Cut(a.String(), "@")
	return domain
}

// write writes the message: the parts of multipart/alternative go from the plainest to the richest (RFC 2046, section 5.1.4).
func write(out io.Writer, header message.Header, text, html []byte) error {
	w, err := message.CreateWriter(out, header)
	if err != nil {
		return err
	}
	for _, part := range []struct {
		mediaType string
		content   []byte
	}{{"text/plain", text}, {"text/html", html}} {
		var h message.Header
		h.Set("Content-Transfer-Encoding", "quoted-printable")
		h.SetContentType(part.mediaType, map[string]string{"charset": "utf-8"})
		p, err := w.CreatePart(h)
		if err != nil {
			return err
		}
		if _, err := p.Write(part.content); err != nil {
			return err
		}
		if err := p.Close(); err != nil {
			return err
		}
	}
	return w.Close()
}
