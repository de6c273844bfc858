package ses

import (
	"fmt"
	"testing"
	"time"
)

func TestInbox_KeepsTheNewest(t *testing.T) {
	dir := t.TempDir()
	b, err := openInbox(dir, 3)
	if err != nil {
		t.Fatal(err)
	}
	raw := []byte("From: a@example.com\r\n\r\ntext\r\n")
	for i := range 5 {
		m := &stored{SentAt: time.Now(), Destinations: []destination{{fmt.Sprintf("%d@x.org", i), Delivered}}, Raw: raw}
		if err := b.add(m); err != nil {
			t.Fatal(err)
		}
	}
	again, err := openInbox(dir, 3)
	if err != nil {
		t.Fatal(err)
	}
	for _, inbox := range []*inbox{b, again} {
		mails, err := inbox.mails("")
		if err != nil || len(mails) != 3 || mails[0].To != "4@x.org" || mails[2].To != "2@x.org" {
			t.Errorf("%+v, %v", mails, err)
		}
	}
}

func TestMessageID_SortsByTime(t *testing.T) {
	at := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	if early, late := messageID(at), messageID(at.Add(time.Millisecond)); early >= late {
		t.Errorf("%s isn't before %s", early, late)
	}
}
