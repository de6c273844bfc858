package stack

import (
	"bytes"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"html/template"
	"net/http"
	"time"

	"group-invites/infra/local/issuer"
	"group-invites/shared/directory"
)

//go:embed devpage.html
var devPageText string

var devPage = template.Must(template.New("devpage").Parse(devPageText))

// devHandler serves what exists only on a developer's machine: the identity provider, and a page that tells what there is.
func (s *Stack) devHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /dev/{$}", s.serveDevPage)
	mux.HandleFunc("GET /dev/people", s.servePeople)
	mux.HandleFunc("GET /dev/token/{who}", s.serveToken)
	mux.Handle("/dev/events", s.told.Handler())
	mux.Handle("/dev/events/", s.told.Handler())
	mux.Handle("/dev/", s.mail.Handler())
	mux.Handle(oidcPath+"/", http.StripPrefix(oidcPath, s.issuer.Handler()))
	return mux
}

// serveToken answers with a token and nothing else, so that $(curl …) is one.
func (s *Stack) serveToken(w http.ResponseWriter, r *http.Request) {
	token, err := s.issuer.Token(r.PathValue("who"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Write([]byte(token))
}

// person is a person as /dev/ shows them.
type person struct {
	Who   string `json:"who"`
	ID    string `json:"id"` // what the API calls them
	Name  string `json:"name"`
	Email string `json:"email"`
	Sub   string `json:"sub"`
	Token string `json:"token"` // URL
}

func (s *Stack) people(words []string) []person {
	var out []person
	for _, who := range words {
		p, err := issuer.PersonOf(who)
		if err != nil {
			continue // the words are constants
		}
		id := directory.NewUserID(s.template.Authorizer.Issuer, p.Subject)
		out = append(out, person{p.Who, id.String(), p.Name, p.Email, p.Subject, s.url + "/dev/token/" + p.Who})
	}
	return out
}

func (s *Stack) servePeople(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]any{"items": append(s.people(issuer.People), s.people(issuer.Newcomers)...)}) // texts
}

// follower is a function that follows the table's stream, as /dev/ shows it.
type follower struct {
	Function, Checkpoint, Lag string
	Settled, Retries, Dropped int
	Queue                     string
}

func (s *Stack) followers() []follower {
	var out []follower
	for _, status := range s.StreamStatus() {
		f := follower{
			Function: status.Function, Checkpoint: "none since the start", Lag: status.IteratorAge.Round(time.Second).String(),
			Settled: status.Settled, Retries: status.Retries, Dropped: status.Dropped, Queue: status.Queue,
		}
		switch {
		case !status.Enabled:
			f.Checkpoint = "not enabled"
		case !status.Checkpointed.IsZero():
			f.Checkpoint = time.Since(status.Checkpointed).Round(time.Second).String() + " ago"
		}
		out = append(out, f)
	}
	return out
}

// listener is a rule or a schedule, as /dev/ shows it.
type listener struct {
	Function, When                       string
	Waiting, Delivered, Retries, Dropped int
	Queue                                string
}

func (s *Stack) listeners() []listener {
	var out []listener
	for _, status := range s.EventsStatus() {
		l := listener{status.Function, "an event", status.Waiting, status.Delivered, status.Retries, status.Dropped, status.Queue}
		switch {
		case !status.Enabled:
			l.When = "not enabled"
		case status.Every > 0:
			l.When = "every " + status.Every.String()
		}
		out = append(out, l)
	}
	return out
}

func (s *Stack) serveDevPage(w http.ResponseWriter, r *http.Request) {
	nonce := rand.Text()
	var page bytes.Buffer
	err := devPage.Execute(&page, map[string]any{
		"Nonce": nonce, "URL": s.url, "AWSEndpoint": s.AWSEndpoint(), "Engine": s.options.DynamoDBEndpoint, "Table": s.TableName(),
		"Logs": s.folder.path("logs"), "Issuer": s.template.Authorizer.Issuer,
		"Members": s.people(issuer.People), "Newcomers": s.people(issuer.Newcomers), "Seeded": s.Seeded(), "Streams": s.followers(),
		"Events": s.listeners(), "Routes": s.template.Routes,
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; img-src data:; style-src 'nonce-"+nonce+"'; script-src 'nonce-"+nonce+"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	w.Write(page.Bytes())
}
