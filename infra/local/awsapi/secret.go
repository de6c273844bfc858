package awsapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// secret is the current version of a secret.
type secret struct {
	value   string
	version int
	created time.Time
}

// SetSecret gives the secret with this ARN a new version, which is what functions get from now on.
func (a *API) SetSecret(arn, value string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.secrets[arn] = secret{value, a.secrets[arn].version + 1, time.Now()}
}

// Secret is the current value of a secret; empty if there is none.
func (a *API) Secret(arn string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.secrets[arn].value
}

func (a *API) getSecretValue(w http.ResponseWriter, caller identity, body []byte) {
	var in struct{ SecretID string }
	if err := json.Unmarshal(body, &in); err != nil {
		fail(w, http.StatusBadRequest, "InvalidRequestException", err.Error())
		return
	}
	if message := a.authorize(caller, []permission{{action: "secretsmanager:GetSecretValue", resource: in.SecretID}}); message != "" {
		fail(w, http.StatusBadRequest, "AccessDeniedException", message)
		return
	}
	a.mu.Lock()
	s, ok := a.secrets[in.SecretID]
	a.mu.Unlock()
	if !ok {
		fail(w, http.StatusBadRequest, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	json.NewEncoder(w).Encode(map[string]any{ // texts, a number and a list
		"ARN":           in.SecretID,
		"Name":          in.SecretID[strings.LastIndexByte(in.SecretID, ':')+1:],
		"VersionId":     fmt.Sprintf("00000000-0000-4000-8000-%012d", s.version),
		"VersionStages": []string{"AWSCURRENT"},
		"SecretString":  s.value,
		"CreatedDate":   float64(s.created.UnixMilli()) / 1000,
	})
}

// putSecretValue is for tools, by which an operator turns the key ring. Functions may not.
func (a *API) putSecretValue(w http.ResponseWriter, caller identity, body []byte) {
	var in struct{ SecretID, SecretString string }
	if err := json.Unmarshal(body, &in); err != nil {
		fail(w, http.StatusBadRequest, "InvalidRequestException", err.Error())
		return
	}
	if message := a.authorize(caller, []permission{{action: "secretsmanager:PutSecretValue", resource: in.SecretID}}); message != "" {
		fail(w, http.StatusBadRequest, "AccessDeniedException", message)
		return
	}
	if a.Secret(in.SecretID) == "" {
		fail(w, http.StatusBadRequest, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
		return
	}
	a.SetSecret(in.SecretID, in.SecretString)
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	json.NewEncoder(w).Encode(map[string]any{"ARN": in.SecretID, "VersionStages": []string{"AWSCURRENT"}}) // texts and a list
}
