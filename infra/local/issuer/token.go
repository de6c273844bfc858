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
	if form.Get("grant_type") != "authorization_code" {
		refuse(w, "unsupported_grant_type", "grant_type must be authorization_code")
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
