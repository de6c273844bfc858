package ses

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// maxMails is how many messages the inbox keeps. The oldest go first.
const maxMails = 10_000

// Mail is a message at one of its destinations.
type Mail struct {
	ID      string            `json:"id"`
	To      string            `json:"to"`   // the destination, which the header needn't name
	From    string            `json:"from"` // with the name
	Subject string            `json:"subject"`
	HTML    string            `json:"html"` // empty without such a part
	Text    string            `json:"text"` // empty without such a part
	Headers map[string]string `json:"headers"`
	Raw     string            `json:"raw"`
	SentAt  time.Time         `json:"sentAt"`
}

// Summary is what a list shows of a mail.
type Summary struct {
	ID      string    `json:"id"`
	To      string    `json:"to"`
	From    string    `json:"from"`
	Subject string    `json:"subject"`
	SentAt  time.Time `json:"sentAt"`
	Outcome Outcome   `json:"outcome"`
}

// stored is a message as its file has it.
type stored struct {
	ID               string        `json:"id"` // of the message: that of its first destination
	SentAt           time.Time     `json:"sentAt"`
	Source           string        `json:"source"`
	From             string        `json:"from"`
	Subject          string        `json:"subject"`
	ConfigurationSet string        `json:"configurationSet,omitempty"`
	Destinations     []destination `json:"destinations"`
	Raw              []byte        `json:"raw,omitempty"` // on disk only
}

type destination struct {
	Address string  `json:"address"`
	Outcome Outcome `json:"outcome"`
}

// mailID is the id of the message at its destination of this index.
func (m *stored) mailID(index int) string {
	if index == 0 {
		return m.ID
	}
	return fmt.Sprintf("%s-%d", m.ID, index+1)
}

// inbox keeps messages, a file each. In memory is only what lists show.
type inbox struct {
	dir   string
	limit int // messages

	mu       sync.RWMutex
	messages []*stored // without Raw, oldest first
	last     int64     // Unix time in the last id, in milliseconds
}

const mailExtension = ".json"

func openInbox(dir string, limit int) (*inbox, error) {
	b := &inbox{dir: dir, limit: limit}
	files, err := filepath.Glob(filepath.Join(dir, "*-*"+mailExtension)) // ids have hyphens; sorted by them, and so by time
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		m, err := readStored(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		m.Raw = nil
		b.messages = append(b.messages, m)
	}
	return b, nil
}

func readStored(file string) (*stored, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var m stored
	return &m, json.Unmarshal(text, &m)
}

func (b *inbox) file(id string) string { return filepath.Join(b.dir, id+mailExtension) }

// add gives a message its id and keeps it. Ids are in the order of messages, also of those of one millisecond.
func (b *inbox) add(m *stored) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	at := m.SentAt
	if at.UnixMilli() <= b.last {
		at = time.UnixMilli(b.last + 1)
	}
	m.ID = messageID(at)
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if err := replaceFile(b.file(m.ID), text); err != nil {
		return err
	}
	b.last = at.UnixMilli()
	m.Raw = nil
	b.messages = append(b.messages, m)
	if n := len(b.messages) - b.limit; n > 0 {
		for _, old := range b.messages[:n] {
			os.Remove(b.file(old.ID)) // one that stays is read again at the next start
		}
		b.messages = slices.Clone(b.messages[n:])
	}
	return nil
}

func (b *inbox) clear() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var err error
	for _, m := range b.messages {
		if e := os.Remove(b.file(m.ID)); e != nil && !errors.Is(e, os.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	b.messages = nil
	return err
}

// since is how many destinations messages from this time on had.
func (b *inbox) since(start time.Time) int {
	b.mu.RLock()
	defer b.mu.RUnlock()
	n := 0
	for _, m := range b.messages {
		if m.SentAt.After(start) {
			n += len(m.Destinations)
		}
	}
	return n
}

// found is a message at its destination of this index.
type found struct {
	message *stored
	index   int
}

// newest finds mails that match, newest first; limit 0 is none.
func (b *inbox) newest(limit int, matches func(m *stored, index int) bool) []found {
	b.mu.RLock()
	defer b.mu.RUnlock()
	var out []found
	for _, m := range slices.Backward(b.messages) {
		for i := range m.Destinations {
			if matches(m, i) {
				out = append(out, found{m, i})
			}
			if limit > 0 && len(out) == limit {
				return out
			}
		}
	}
	return out
}

func (b *inbox) mails(to string) ([]Mail, error) {
	out := []Mail{}
	for _, f := range b.newest(0, func(m *stored, i int) bool { return to == "" || strings.EqualFold(m.Destinations[i].Address, to) }) {
		m, err := b.read(f)
		if errors.Is(err, os.ErrNotExist) {
			continue // deleted meanwhile
		}
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// read reads a message from its file.
func (b *inbox) read(f found) (Mail, error) {
	m, err := readStored(b.file(f.message.ID))
	if err != nil {
		return Mail{}, err
	}
	c, err := parse(m.Raw)
	if err != nil {
		return Mail{}, fmt.Errorf("mail %s: %w", m.ID, err)
	}
	mail := Mail{
		ID: m.mailID(f.index), To: m.Destinations[f.index].Address, From: m.From, Subject: m.Subject, HTML: c.html, Text: c.text,
		Headers: map[string]string{}, Raw: string(m.Raw), SentAt: m.SentAt,
	}
	for _, h := range slices.Backward(c.headers) {
		mail.Headers[h.Name] = h.Value
	}
	return mail, nil
}

// summaries are the newest mails to an address that has this in it.
func (b *inbox) summaries(to string, limit int) []Summary {
	out := []Summary{}
	to = strings.ToLower(to)
	for _, f := range b.newest(limit, func(m *stored, i int) bool { return strings.Contains(strings.ToLower(m.Destinations[i].Address), to) }) {
		m, d := f.message, f.message.Destinations[f.index]
		out = append(out, Summary{m.mailID(f.index), d.Address, m.From, m.Subject, m.SentAt, d.Outcome})
	}
	return out
}

// mail finds one by its id.
func (b *inbox) mail(id string) (Mail, error) {
	f := b.newest(1, func(m *stored, i int) bool { return m.mailID(i) == id })
	if len(f) == 0 {
		return Mail{}, os.ErrNotExist
	}
	return b.read(f[0])
}

// size is how many mails there are, one for each destination.
func (b *inbox) size() int { return b.since(time.Time{}) }
