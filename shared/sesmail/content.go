package sesmail

import (
	"errors"
	"strings"
	"time"

	"github.com/rivo/uniseg"

	"group-invites/shared/mail"
)

// content is what the templates are given. Everything that someone chose has gone through plain.
type content struct {
	Kind      string // of the templates
	Subject   string
	Preheader string // what an inbox shows after the subject
	Service   string // what the service calls itself
	Look      look

	Sender, Org, Group, Label string
	URL                       string
	UnsubscribeURL            string

	// Of an invitation, and Ends and EndsIn of a confirmation.
	OrgOnly  bool
	Ends     string // the instant in words; empty if the link doesn't end
	EndsIn   string // the same from now on, such as "in 7 days"
	AskUntil string // empty if nobody can ask for access by the link
	AskFor   string // how long after its end one can, such as "30 days"
	AskWhom  string // may be empty

	// Of a notice.
	Names []string // who ask
	More  int      // how many more ask
	Count int

	// Of an answer.
	Approved bool
}

// content gives what a message tells.
func (c *Composer) content(m mail.Message) (content, error) {
	out := content{Service: plain(c.FromName), Look: theLook, UnsubscribeURL: m.UnsubscribeURL}
	switch {
	case m.Invitation != nil:
		out.invitation(*m.Invitation, c.zone)
	case m.Notice != nil:
		out.notice(*m.Notice)
	case m.Answer != nil:
		out.answer(*m.Answer)
	case m.Confirmation != nil:
		out.confirmation(*m.Confirmation, c.zone)
	default:
		return out, errors.New("the message has no content")
	}
	return out, nil
}

func (out *content) invitation(i mail.Invitation, zone *time.Location) {
	out.Kind, out.URL, out.OrgOnly = "invitation", i.URL, i.OrgOnly
	out.Sender, out.Org, out.Group, out.Label = plain(i.SenderName), plain(i.OrgName), plain(i.GroupName), plain(i.Label)
	out.AskWhom = plain(i.CreatorName)
	if out.AskWhom == "" {
		out.AskWhom = out.Sender
	}
	out.Subject = inSubject(out.Sender) + " invites you to " + inSubject(out.Group) + " in " + inSubject(out.Org)
	if out.Sender == "" {
		out.Subject = "You are invited to " + inSubject(out.Group) + " in " + inSubject(out.Org)
	}
	if i.ExpiresAt.IsZero() {
		out.Preheader = "The link doesn't end. Open it to see the group and to join."
		return
	}
	out.Ends, out.EndsIn = instant(i.ExpiresAt, zone), "in "+span(i.ExpiresAt.Sub(i.Now))
	out.Preheader = "The link ends " + out.EndsIn + ", on " + out.Ends + "."
	if !i.AskUntil.IsZero() {
		out.AskUntil, out.AskFor = shortInstant(i.AskUntil, zone), span(i.AskUntil.Sub(i.ExpiresAt))
	}
}

// shownNames is how many of those who ask are named.
const shownNames = 10

func (out *content) notice(n mail.Notice) {
	out.Kind, out.URL = "notice", n.URL
	out.Org, out.Group = plain(n.OrgName), plain(n.GroupName)
	out.Count = max(n.Count, len(n.Names))
	for _, name := range n.Names {
		if name = plain(name); name != "" && len(out.Names) < shownNames {
			out.Names = append(out.Names, name)
		}
	}
	out.More = out.Count - len(out.Names)
	who := "Someone asks"
	switch {
	case out.Count > 1:
		who = count(float64(out.Count), "person") + " ask"
	case len(out.Names) == 1:
		who = inSubject(out.Names[0]) + " asks"
	}
	out.Subject = strings.Replace(who, "persons", "people", 1) + " to join " + inSubject(out.Group) + " in " + inSubject(out.Org)
	out.Preheader = "See who it is, then let them in or decline."
}

func (out *content) answer(a mail.Answer) {
	out.Kind, out.Approved = "answer", a.Approved
	out.Org, out.Group = plain(a.OrgName), plain(a.GroupName)
	if a.Approved {
		out.URL = a.URL
		out.Subject = "You are in " + inSubject(out.Group) + " in " + inSubject(out.Org)
		out.Preheader = "Your request to join was approved."
		return
	}
	out.Subject = "Your request to join " + inSubject(out.Group) + " in " + inSubject(out.Org)
	out.Preheader = "It wasn't approved this time."
}

func (out *content) confirmation(c mail.Confirmation, zone *time.Location) {
	out.Kind, out.URL = "confirmation", c.URL
	out.Ends, out.EndsIn = instant(c.ExpiresAt, zone), "in "+span(c.ExpiresAt.Sub(c.Now))
	out.Subject = "Do you want to get invites again?"
	out.Preheader = "Confirm that it was you who asked for it."
}

// maxInSubject is how many characters of a name a subject shows, so that the other names have room in a list of mails.
const maxInSubject = 40

// inSubject gives a plain name as it goes into a subject.
func inSubject(name string) string {
	if uniseg.GraphemeClusterCount(name) <= maxInSubject {
		return isolated(name)
	}
	var cut strings.Builder
	for rest, state, n := name, -1, 1; n < maxInSubject; n++ {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		cut.WriteString(cluster)
	}
	return isolated(strings.TrimSpace(cut.String()) + "…")
}
