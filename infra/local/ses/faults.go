package ses

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Faults say what goes wrong on request. The zero value is a service that works.
type Faults struct {
	Seed uint64 `json:"seed"` // what is drawn is drawn alike with the same one; 0 for another each time

	// Refusals of calls to send. Shares are from 0 to 1.
	Throttle               float64   `json:"throttle"`               // share: Throttling, Maximum sending rate exceeded
	Quota                  bool      `json:"quota"`                  // Throttling, Daily message quota exceeded
	Paused                 bool      `json:"paused"`                 // AccountSendingPausedException
	PausedConfigurationSet bool      `json:"pausedConfigurationSet"` // ConfigurationSetSendingPausedException, with a set
	Reject                 Addresses `json:"reject"`                 // MessageRejected, of mails to one of these
	Unavailable            float64   `json:"unavailable"`            // share: ServiceUnavailable, HTTP 503
	Lost                   float64   `json:"lost"`                   // share: accepted, then the connection is cut
	Delay                  int       `json:"delay"`                  // milliseconds before anything else

	// What becomes of accepted mails to these addresses.
	Bounce        Addresses `json:"bounce"`        // for good
	SoftBounce    Addresses `json:"softBounce"`    // after several tries
	Complaint     Addresses `json:"complaint"`     // delivered, then marked as spam
	DeliveryDelay Addresses `json:"deliveryDelay"` // held up
	RejectEvent   Addresses `json:"rejectEvent"`   // found to have a virus
}

// maxDelay is the longest Delay, in milliseconds.
const maxDelay = 60_000

// ParseFaults reads faults from JSON, strictly: a field that isn't known is an error, one that isn't there is no fault.
func ParseFaults(r io.Reader) (Faults, error) {
	decoder := json.NewDecoder(r)
	decoder.DisallowUnknownFields()
	var f Faults
	if err := decoder.Decode(&f); err != nil {
		return Faults{}, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Faults{}, errors.New("one JSON object is wanted")
	}
	for name, share := range map[string]float64{"throttle": f.Throttle, "unavailable": f.Unavailable, "lost": f.Lost} {
		if share < 0 || share > 1 {
			return Faults{}, fmt.Errorf("%s must be from 0 to 1", name)
		}
	}
	if f.Delay < 0 || f.Delay > maxDelay {
		return Faults{}, fmt.Errorf("delay must be from 0 to %d milliseconds", maxDelay)
	}
	return f, nil
}

// Addresses are those that a fault concerns: addresses, domains written as @example.com, or Everyone. In JSON they are a
// list, or true for everyone, or false.
type Addresses []string

const everyone = "*"

// Everyone are all addresses.
var Everyone = Addresses{everyone}

// Has tells whether an address is among them, whatever its letters' case.
func (a Addresses) Has(address string) bool {
	_, domain, _ := strings.Cut(address, "@")
	for _, one := range a {
		if one == everyone || strings.EqualFold(one, address) || strings.EqualFold(one, "@"+domain) {
			return true
		}
	}
	return false
}

// hasAny tells whether one of them at least is among them.
func (a Addresses) hasAny(addresses []string) bool {
	for _, address := range addresses {
		if a.Has(address) {
			return true
		}
	}
	return false
}

// MarshalJSON writes true, false or a list.
func (a Addresses) MarshalJSON() ([]byte, error) {
	switch {
	case len(a) == 0:
		return []byte("false"), nil
	case len(a) == 1 && a[0] == everyone:
		return []byte("true"), nil
	}
	return json.Marshal([]string(a))
}

// UnmarshalJSON reads true, false or a list of addresses and domains.
func (a *Addresses) UnmarshalJSON(text []byte) error {
	switch string(bytes.TrimSpace(text)) {
	case "true":
		*a = Everyone
		return nil
	case "false":
		*a = nil
		return nil
	}
	var list []string
	if err := json.Unmarshal(text, &list); err != nil {
		return errors.New("true, false or a list of addresses is wanted")
	}
	for _, one := range list {
		if !strings.Contains(one, "@") {
			return fmt.Errorf("%q is neither an address nor a domain such as @example.com", one)
		}
	}
	*a = list
	return nil
}
