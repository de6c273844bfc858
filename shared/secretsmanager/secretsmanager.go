// Package secretsmanager reads one secret from AWS Secrets Manager by one signed HTTPS call.
//
// It signs by the SDK's Signature Version 4 signer and posts the request itself: the service's client would cost each function more
// start-up time and size than the call is worth.
package secretsmanager

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

const (
	callTimeout = 1500 * time.Millisecond
	attempts    = 2
	maxAnswer   = 1 << 17 // bytes; a secret is at most 64 KiB of text
)

// Secret is a secret in Secrets Manager. It is safe for concurrent use.
type Secret struct {
	ID       string // name or ARN
	Region   string
	Endpoint string // "" is AWS itself
	// The credentials that Lambda puts into the environment.
	AccessKeyID, SecretAccessKey, SessionToken string
}

// Fetch gives the current text of the secret (GetSecretValue, stage AWSCURRENT,
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html). It tries twice. Errors never hold any of the
// answer but the service's name of the fault.
func (s *Secret) Fetch(ctx context.Context) ([]byte, error) {
	var text []byte
	var err error
	for range attempts {
		if text, err = s.fetch(ctx); err == nil || ctx.Err() != nil {
			break
		}
	}
	return text, err
}

func (s *Secret) fetch(ctx context.Context) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	body, err := json.Marshal(map[string]string{"SecretId": s.ID})
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	request.Header.Set("X-Amz-Target", "secretsmanager.GetSecretValue")
	hash := sha256.Sum256(body)
	key := aws.Credentials{AccessKeyID: s.AccessKeyID, SecretAccessKey: s.SecretAccessKey, SessionToken: s.SessionToken}
	if err := v4.NewSigner().SignHTTP(ctx, key, request, hex.EncodeToString(hash[:]), "secretsmanager", s.Region, time.Now()); err != nil {
		return nil, fmt.Errorf("sign request for secret: %w", err)
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("read secret: %w", err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("read secret: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		var fault struct {
			Type string `json:"__type"`
		}
		_ = json.Unmarshal(answer, &fault) // whatever it holds, the status says that it failed
		return nil, fmt.Errorf("read secret: status %d %s", response.StatusCode, faultName(fault.Type))
	}
	var secret struct{ SecretString string }
	if err := json.Unmarshal(answer, &secret); err != nil || secret.SecretString == "" {
		return nil, fmt.Errorf("read secret: the answer holds no text")
	}
	return []byte(secret.SecretString), nil
}

// client follows no redirect: a signed request, with the session's token, goes where it was signed for and nowhere else.
var client = &http.Client{
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// faultName gives the name of a fault, such as ResourceNotFoundException, if that is what the answer holds in its place.
func faultName(s string) string {
	const longest = 80
	notLetter := func(c rune) bool { return (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c != '.' && c != '#' }
	if len(s) > longest || strings.ContainsFunc(s, notLetter) {
		return ""
	}
	return s
}

// url gives the service's endpoint in the region
// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/asm_access.html).
func (s *Secret) url() string {
	switch {
	case s.Endpoint != "":
		return s.Endpoint + "/"
	case strings.HasPrefix(s.Region, "cn-"):
		return "https://secretsmanager." + s.Region + ".amazonaws.com.cn/"
	}
	return "https://secretsmanager." + s.Region + ".amazonaws.com/"
}
