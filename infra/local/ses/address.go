package ses

import (
	"net/mail"
	"strings"
)

// maxRecipients is the most that one message may have.
const maxRecipients = 50

// bare takes an address out of what may have a name before it, and checks it as SES does: both sides of the @ are ASCII
// without spaces or control characters. https://docs.aws.amazon.com/ses/latest/APIReference/API_Destination.html
func bare(text string) (string, *refusal) {
	address := strings.TrimSpace(text)
	if parsed, err := mail.ParseAddress(address); err == nil {
		address = parsed.Address
	}
	at := strings.LastIndexByte(address, '@')
	if at <= 0 {
		return "", invalid("Missing final '@domain'")
	}
	switch local, domain := address[:at], address[at+1:]; {
	case !visible(local):
		return "", invalid("Local address contains control or whitespace")
	case !visible(domain):
		return "", invalid("Domain contains control or whitespace")
	case !sevenBit(address):
		return "", invalid("Address contains non-ASCII characters: " + address)
	case domain == "" || strings.HasPrefix(domain, "."):
		return "", invalid("Domain starts with dot")
	case strings.HasSuffix(domain, "."):
		return "", invalid("Domain ends with dot")
	case strings.Contains(domain, ".."):
		return "", invalid("Domain contains dot-dot")
	case strings.Contains(address[:at], "@") || strings.ContainsAny(domain, "@,;<>()[]\\\""):
		return "", invalid("Domain contains illegal character")
	}
	return address, nil
}

// bareAll is bare for several.
func bareAll(texts []string) (out []string, refused *refusal) {
	for _, text := range texts {
		address, refused := bare(text)
		if refused != nil {
			return nil, refused
		}
		out = append(out, address)
	}
	return out, nil
}

func visible(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f })
}

func sevenBit(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 0x7f })
}

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }
