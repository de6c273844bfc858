package issuer

import (
	"bytes"
	"crypto/rand"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

//go:embed picker.html
var pickerText string

var picker = template.Must(template.New("picker").Parse(pickerText))

// prompts are the values of prompt that are known (OpenID Connect Core 1.0, section 3.1.2.1; create is that of Initiating User Registration
// 1.0).
var prompts = []string{"none", "login", "select_account", "create"}

// authorize signs someone in (OpenID Connect Core 1.0, section 3.1.2): who was chosen before, unless the request asks for another choice, or
// whoever is chosen on the page that it shows.
func (i *Issuer) authorize(w http.ResponseWriter, r *http.Request) {
	q, ok := i.read(w, r.URL.Query())
	if !ok {
		return
	}
	current, known := i.session(r)
	switch {
	case q.fault != "":
		i.answer(w, r, q, url.Values{"error": {q.fault}, "error_description": {q.detail}})
	case q.prompt == "none" && !known:
		i.answer(w, r, q, url.Values{"error": {"login_required"}})
	case known && (q.prompt == "" || q.prompt == "none"):
		i.grant(w, r, q, current)
	default:
		i.show(w, q, current, "", http.StatusOK)
	}
}

// choose takes what someone chose on the page.
func (i *Issuer) choose(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, "the body is not a form", http.StatusBadRequest)
		return
	}
	q, ok := i.read(w, r.PostForm)
	if !ok {
		return
	}
	current, _ := i.session(r)
	who, name := r.PostForm.Get("who"), r.PostForm.Get("name")
	switch {
	case q.fault != "":
		i.answer(w, r, q, url.Values{"error": {q.fault}, "error_description": {q.detail}})
		return
	case r.PostForm.Has("cancel"):
		i.answer(w, r, q, url.Values{"error": {"access_denied"}})
		return
	case who == "":
		who = WordFor(name)
	}
	p, err := PersonOf(who)
	if err != nil {
		i.show(w, q, current, name, http.StatusBadRequest)
		return
	}
	http.SetCookie(w, i.cookie(p.Who))
	i.grant(w, r, q, p)
}

// endSession signs out (OpenID Connect RP-Initiated Logout 1.0) and leads back to the client, if it asks for that.
func (i *Issuer) endSession(w http.ResponseWriter, r *http.Request) {
	over := i.cookie("")
	over.MaxAge = -1
	http.SetCookie(w, over)
	back := r.FormValue("post_logout_redirect_uri")
	if !slices.Contains(i.options.Client.RedirectURIs, back) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintln(w, "You're signed out.")
		return
	}
	if state := r.FormValue("state"); state != "" {
		back += "?" + url.Values{"state": {state}}.Encode()
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
}

// request is a request to sign someone in.
type request struct {
	redirectURI, state, nonce, scope, challenge, prompt string

	fields        url.Values // as they came, to send them again with the choice
	fault, detail string     // why the client is refused; fault is "" where it isn't
}

// read takes a request apart. Where it names no known client, or an address that isn't the client's, nobody is sent anywhere: the answer
// is given, and ok is false.
func (i *Issuer) read(w http.ResponseWriter, v url.Values) (q request, ok bool) {
	q = request{redirectURI: v.Get("redirect_uri"), state: v.Get("state"), nonce: v.Get("nonce"), challenge: v.Get("code_challenge"), prompt: v.Get("prompt"), fields: url.Values{}}
	client := i.options.Client
	if client.ID == "" || v.Get("client_id") != client.ID || !slices.Contains(client.RedirectURIs, q.redirectURI) {
		http.Error(w, "client_id and redirect_uri must be those of a client that is known here", http.StatusBadRequest)
		return q, false
	}
	for _, name := range []string{"client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce", "code_challenge", "code_challenge_method", "prompt"} {
		if v.Has(name) {
			q.fields.Set(name, v.Get(name))
		}
	}
	var scopes []string
	for _, s := range strings.Fields(v.Get("scope")) {
		if slices.Contains(i.scopes(), s) && !slices.Contains(scopes, s) {
			scopes = append(scopes, s)
		}
	}
	q.scope = strings.Join(scopes, " ")
	mode := v.Get("response_mode")
	switch {
	case v.Get("response_type") != "code":
		q.fault, q.detail = "unsupported_response_type", "response_type must be code"
	case mode != "" && mode != "query":
		q.fault, q.detail = "invalid_request", "response_mode must be query"
	case !slices.Contains(scopes, "openid"):
		q.fault, q.detail = "invalid_scope", "scope must have openid"
	case v.Get("code_challenge_method") != "S256" || len(q.challenge) != 43:
		q.fault, q.detail = "invalid_request", "a code_challenge by S256 is required"
	case q.prompt != "" && !slices.Contains(prompts, q.prompt):
		q.fault, q.detail = "invalid_request", "prompt must be one of "+strings.Join(prompts, ", ")
	}
	return q, true
}

// grant leads back to the client with a code.
func (i *Issuer) grant(w http.ResponseWriter, r *http.Request, q request, p Person) {
	code := i.grants.add(grant{person: p, redirectURI: q.redirectURI, challenge: q.challenge, nonce: q.nonce, scope: q.scope})
	i.answer(w, r, q, url.Values{"code": {code}})
}

// answer leads back to the client, with who answers and what the client wants to hear again (RFC 9207; RFC 6749, section 4.1.2).
func (i *Issuer) answer(w http.ResponseWriter, r *http.Request, q request, with url.Values) {
	with.Set("iss", i.options.URL)
	if q.state != "" {
		with.Set("state", q.state)
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, q.redirectURI+"?"+with.Encode(), http.StatusSeeOther)
}

// session gives the person that this browser chose last.
func (i *Issuer) session(r *http.Request) (Person, bool) {
	c, err := r.Cookie(i.cookie("").Name)
	if err != nil {
		return Person{}, false
	}
	p, err := PersonOf(c.Value)
	return p, err == nil
}

// cookie gives the cookie that keeps a choice. It goes to the issuer alone; its name has the port, because browsers don't tell ports apart.
func (i *Issuer) cookie(who string) *http.Cookie {
	name, path := "dev_session", "/"
	if u, err := url.Parse(i.options.URL); err == nil {
		name, path = name+"_"+u.Port(), u.Path
	}
	return &http.Cookie{Name: name, Value: who, Path: path, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

// show shows whom there is to choose from. badName is a name that was typed and can't be one.
func (i *Issuer) show(w http.ResponseWriter, q request, current Person, badName string, status int) {
	nonce := rand.Text()
	var page bytes.Buffer
	err := picker.Execute(&page, map[string]any{
		"Nonce": nonce, "Fields": q.fields, "Prompt": q.prompt, "Current": current.Who, "BadName": badName, "Faulty": status != http.StatusOK,
		"Members": people(People, current), "Newcomers": people(Newcomers, current), "Action": i.options.URL + authorizePath,
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	// Where the form may lead: here, and from here back to the client.
	targets := []string{"'self'"}
	for _, address := range i.options.Client.RedirectURIs {
		if u, err := url.Parse(address); err == nil && !slices.Contains(targets, u.Scheme+"://"+u.Host) {
			targets = append(targets, u.Scheme+"://"+u.Host)
		}
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'nonce-"+nonce+"'; img-src data:; base-uri 'none'; form-action "+strings.Join(targets, " ")+"; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin") // "no-referrer" would make the form's Origin null
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(page.Bytes())
}

// choice is a person as the page shows one.
type choice struct {
	Who, Name, Email, Initials string
	Current                    bool // chosen last
}

func people(words []string, current Person) (out []choice) {
	for _, who := range words {
		if p, err := PersonOf(who); err == nil { // the words are constants
			out = append(out, choice{p.Who, p.Name, p.Email, initials(p.Name), p.Who == current.Who})
		}
	}
	return out
}

func initials(name string) (out string) {
	for part := range strings.FieldsSeq(name) {
		out += part[:1] // names made of words are ASCII
	}
	return out
}
