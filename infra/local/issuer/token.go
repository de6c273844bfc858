package issuer

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
)

// exchange gives tokens for an authorization code (RFC 6749, section 4.1.3), to the one who can show the verifier of its challenge (RFC
// 7636, section 4.6). A code that was shown is spent, whatever the answer.
func (i *Issuer) exchange(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		refuse(w, "invalid_request", "the body is not a form")
		return
	}
	form := r.PostForm
	if form.Get("grant_type") == "client_credentials" {
		i.serveMachine(w, r)
		return
	}
	if form.Get("grant_type") != "authorization_code" {
		refuse(w, "unsupported_grant_type", "grant_type must be authorization_code or client_credentials")
		return
	}
	if i.options.Client.ID == "" || form.Get("client_id") != i.options.Client.ID {
		refuse(w, "invalid_client", "there is no such client")
		return
	}
	granted, ok := i.grants.take(form.Get("code"))
	if !ok || granted.redirectURI != form.Get("redirect_uri") || !verifies(form.Get("code_verifier"), granted.challenge) {
		refuse(w, "invalid_grant", "the code is unknown, spent or over, or it was given for another redirect_uri or code_verifier")
		return
	}
	access, err := i.accessToken(granted.person, i.options.Client.ID, granted.scope)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	id, err := i.idToken(granted.person, granted.nonce)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"access_token": access, "token_type": "Bearer", "expires_in": int(TokenLifetime.Seconds()), "scope": granted.scope, "id_token": id,
	})
}

// serveMachine gives the machine client a token for itself (RFC 6749, section 4.4). It shows its secret by HTTP Basic or in the form (section
// 2.3.1).
func (i *Issuer) serveMachine(w http.ResponseWriter, r *http.Request) {
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	m := i.options.Machine
	if m.ID == "" || id != m.ID || subtle.ConstantTimeCompare([]byte(secret), []byte(m.Secret)) != 1 {
		w.Header().Set("WWW-Authenticate", `Basic realm="token"`)
		writeJSON(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client", "error_description": "there is no such client, or its secret is another"})
		return
	}
	if scope := r.PostForm.Get("scope"); scope != "" && scope != m.Scope {
		refuse(w, "invalid_scope", "scope must be "+m.Scope)
		return
	}
	token, err := i.machineToken()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"access_token": token, "token_type": "Bearer", "expires_in": int(TokenLifetime.Seconds()), "scope": m.Scope,
	})
}

// verifies tells whether the challenge was made of this verifier.
func verifies(verifier, challenge string) bool {
	if len(verifier) < 43 || len(verifier) > 128 {
		return false
	}
	sum := sha256.Sum256([]byte(verifier))
	return subtle.ConstantTimeCompare([]byte(base64.RawURLEncoding.EncodeToString(sum[:])), []byte(challenge)) == 1
}

// refuse answers an error of the token endpoint (RFC 6749, section 5.2).
func refuse(w http.ResponseWriter, code, description string) {
	writeJSON(w, http.StatusBadRequest, map[string]string{"error": code, "error_description": description})
}
