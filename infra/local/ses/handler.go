package ses

import (
	"bytes"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"os"
	"regexp"
)

//go:embed inboxpage.html
var inboxPageText string

var inboxPage = template.Must(template.New("inboxpage").Parse(inboxPageText))

// maxListed is how many mails the page lists.
const maxListed = 200

// maxFaults is the size of the largest request that sets faults, in bytes.
const maxFaults = 64 << 10

// Handler serves the inbox to people and tests:
//
//	GET    /dev/inbox              a page
//	GET    /dev/mails?to=ADDRESS   the mails to an address, or all, as JSON: newest first
//	GET    /dev/mails/ID           one mail
//	GET    /dev/mails/ID/html      its HTML as a page that can run nothing and load nothing
//	DELETE /dev/mails              empties the inbox
//	GET    /dev/mail/faults        what is to go wrong
//	PUT    /dev/mail/faults        replaces that
//	DELETE /dev/mail/faults        nothing is to go wrong any more
//	GET    /dev/mail/suppressed    addresses on the suppression list, with the reasons
//	DELETE /dev/mail/suppressed    empties it
//
// It leaves it to its caller whom it lets in.
func (s *Service) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /dev/inbox", s.serveInbox)
	mux.HandleFunc("GET /dev/inbox/list", s.serveList)
	mux.HandleFunc("GET /dev/mails", s.serveMails)
	mux.HandleFunc("DELETE /dev/mails", s.serveClear)
	mux.HandleFunc("GET /dev/mails/{id}", s.serveMail)
	mux.HandleFunc("GET /dev/mails/{id}/html", s.serveHTML)
	mux.HandleFunc("GET /dev/mail/faults", s.serveFaults)
	mux.HandleFunc("PUT /dev/mail/faults", s.servePutFaults)
	mux.HandleFunc("DELETE /dev/mail/faults", s.serveClearFaults)
	mux.HandleFunc("GET /dev/mail/suppressed", s.serveSuppressed)
	mux.HandleFunc("DELETE /dev/mail/suppressed", s.serveClearSuppressed)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		mux.ServeHTTP(w, r)
	})
}

func (s *Service) serveInbox(w http.ResponseWriter, r *http.Request) {
	nonce := rand.Text()
	var page bytes.Buffer
	if err := inboxPage.Execute(&page, map[string]any{"Nonce": nonce}); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; img-src data:; connect-src 'self'; frame-src 'self'; style-src 'nonce-"+nonce+
		"'; script-src 'nonce-"+nonce+"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	w.Write(page.Bytes())
}

// serveList answers with what the page shows.
func (s *Service) serveList(w http.ResponseWriter, r *http.Request) {
	answer(w, map[string]any{
		"mails": s.inbox.summaries(r.FormValue("to"), maxListed), "total": s.inbox.size(),
		"counts": s.Counts(), "faults": s.Faults(), "suppressed": s.Suppressed(),
	})
}

func (s *Service) serveMails(w http.ResponseWriter, r *http.Request) {
	mails, err := s.Mails(r.FormValue("to"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	answer(w, mails)
}

func (s *Service) serveClear(w http.ResponseWriter, r *http.Request) { done(w, s.Clear()) }

// mail finds the mail that a request names, or answers that there is none.
func (s *Service) mail(w http.ResponseWriter, r *http.Request) (Mail, bool) {
	m, err := s.inbox.mail(r.PathValue("id"))
	switch {
	case errors.Is(err, os.ErrNotExist):
		http.Error(w, "no such mail", http.StatusNotFound)
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
	return m, err == nil
}

func (s *Service) serveMail(w http.ResponseWriter, r *http.Request) {
	if m, ok := s.mail(w, r); ok {
		answer(w, m)
	}
}

// doctype is what a document begins with, so that nothing is put before it.
var doctype = regexp.MustCompile(`(?i)^\s*(<!doctype[^>]*>)?`)

// serveHTML answers with the mail's HTML. A mail is whatever somebody sent: it may run no script and load nothing. Its links
// open in a tab of their own, which may do all that tabs may.
func (s *Service) serveHTML(w http.ResponseWriter, r *http.Request) {
	m, ok := s.mail(w, r)
	if !ok {
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "+
		"frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox")
	begin := doctype.FindString(m.HTML)
	w.Write([]byte(begin + `<base target="_blank">` + m.HTML[len(begin):]))
}

func (s *Service) serveFaults(w http.ResponseWriter, r *http.Request) { answer(w, s.Faults()) }

func (s *Service) servePutFaults(w http.ResponseWriter, r *http.Request) {
	f, err := ParseFaults(http.MaxBytesReader(w, r.Body, maxFaults))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.SetFaults(f)
	answer(w, f)
}

func (s *Service) serveClearFaults(w http.ResponseWriter, r *http.Request) {
	s.SetFaults(Faults{})
	done(w, nil)
}

func (s *Service) serveSuppressed(w http.ResponseWriter, r *http.Request) { answer(w, s.Suppressed()) }

func (s *Service) serveClearSuppressed(w http.ResponseWriter, r *http.Request) {
	done(w, s.ClearSuppressed())
}

// answer writes JSON.
func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.Encode(v) // what doesn't reach the caller needn't be said
}

func done(w http.ResponseWriter, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
