package putevents

import (
	"bytes"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"
)

//go:embed eventspage.html
var pageText string

var page = template.Must(template.New("eventspage").Parse(pageText))

const (
	maxListed = 300     // events on the page
	maxFaults = 4 << 10 // bytes of a request that sets faults
)

// Handler serves what was put to people and tests:
//
//	GET    /dev/events                  a page for browsers; for others as with type
//	GET    /dev/events?type=TYPE        the events of a type, or all with an empty one, as JSON: newest first
//	DELETE /dev/events                  forgets them
//	GET    /dev/events/schemas/TYPE     the JSON Schema of a type's detail
//	GET    /dev/events/faults           what is to go wrong
//	PUT    /dev/events/faults           replaces that, e.g. {"down": true}
//
// It leaves it to its caller whom it lets in.
func (s *Service) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /dev/events", s.serveEvents)
	mux.HandleFunc("DELETE /dev/events", s.serveClear)
	mux.HandleFunc("GET /dev/events/list", s.serveList)
	mux.HandleFunc("GET /dev/events/schemas/{type}", s.serveSchema)
	mux.HandleFunc("GET /dev/events/faults", func(w http.ResponseWriter, _ *http.Request) { answer(w, s.Faults()) })
	mux.HandleFunc("PUT /dev/events/faults", s.servePutFaults)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		mux.ServeHTTP(w, r)
	})
}

func (s *Service) serveEvents(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Has("type") || !strings.Contains(r.Header.Get("Accept"), "text/html") {
		answer(w, s.Events(r.FormValue("type")))
		return
	}
	nonce := rand.Text()
	var text bytes.Buffer
	if err := page.Execute(&text, map[string]any{"Nonce": nonce}); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Vary", "Accept")
	h.Set("Content-Security-Policy", "default-src 'none'; img-src data:; connect-src 'self'; style-src 'nonce-"+nonce+"'; script-src 'nonce-"+nonce+
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	w.Write(text.Bytes())
}

// serveList answers with what the page shows: the newest events of a type that hold a text, and what there is.
func (s *Service) serveList(w http.ResponseWriter, r *http.Request) {
	of, text := r.FormValue("of"), strings.ToLower(strings.TrimSpace(r.FormValue("with")))
	shown := s.kept.newest(maxListed, func(t Taken) bool {
		return (of == "" || t.DetailType == of) && (text == "" || strings.Contains(string(t.Detail), text) || strings.Contains(t.ID, text))
	})
	types, total, unfit := s.kept.counts()
	for name := range s.schemas { // also those that haven't come yet
		types[name] += 0
	}
	answer(w, map[string]any{
		"events": shown, "total": total, "unfit": unfit, "counts": types, "types": slices.Sorted(maps.Keys(types)), "faults": s.Faults(),
	})
}

func (s *Service) serveClear(w http.ResponseWriter, _ *http.Request) {
	if err := s.Clear(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Service) serveSchema(w http.ResponseWriter, r *http.Request) {
	schema, ok := s.schemas[r.PathValue("type")]
	if !ok {
		http.Error(w, "no schema of that", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/json") // which browsers show
	w.Write(schema.text)
}

func (s *Service) servePutFaults(w http.ResponseWriter, r *http.Request) {
	var f Faults
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxFaults))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&f); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.SetFaults(f)
	answer(w, f)
}

// answer writes JSON.
func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.Encode(v) // what doesn't reach the caller needn't be said
}
