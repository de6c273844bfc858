package ses

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"
)

// Reasons for which an address is suppressed, as configuration sets name them.
const (
	bounceReason    = "BOUNCE"
	complaintReason = "COMPLAINT"
)

// suppressedFile keeps the suppression list, beside the mails.
const suppressedFile = "suppressed.json"

// suppressionList is the account's suppression list. The service's mutex guards it.
// https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list.html
type suppressionList struct {
	path    string
	reasons map[string]string // by address in lower case
}

func openSuppressionList(path string) (*suppressionList, error) {
	l := &suppressionList{path, map[string]string{}}
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return l, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &l.reasons); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return l, nil
}

func (l *suppressionList) reason(address string) string { return l.reasons[strings.ToLower(address)] }

func (l *suppressionList) all() map[string]string { return maps.Clone(l.reasons) }

func (l *suppressionList) add(address, reason string) error {
	l.reasons[strings.ToLower(address)] = reason
	return l.save()
}

func (l *suppressionList) clear() error {
	clear(l.reasons)
	return l.save()
}

func (l *suppressionList) save() error {
	text, err := json.Marshal(l.reasons)
	if err != nil {
		return err
	}
	return replaceFile(l.path, text)
}

// replaceFile puts a file in place at once: whenever the process ends, it is the old one or the new one.
func replaceFile(path string, text []byte) error {
	fresh := path + ".new"
	if err := os.WriteFile(fresh, text, 0o600); err != nil {
		return err
	}
	return os.Rename(fresh, path)
}
