package secretsmanager_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"group-invites/shared/secretsmanager"
)

const (
	keyID, secretKey, token = "AKIDTEST", "secret of the test", "token of the session"
	arn                     = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:ring-AbCdEf"
)

// service is a Secrets Manager that gives the answers in turn, the last one again and again.
func service(t *testing.T, answers ...http.HandlerFunc) (secret *secretsmanager.Secret, calls *atomic.Int32) {
	t.Helper()
	calls = &atomic.Int32{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answers[min(int(calls.Add(1)), len(answers))-1](w, r)
	}))
	t.Cleanup(server.Close)
	return &secretsmanager.Secret{
		ID: arn, Region: "eu-central-1", Endpoint: server.URL, AccessKeyID: keyID, SecretAccessKey: secretKey, SessionToken: token,
	}, calls
}

func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

func TestFetch_AsksBySignedRequest(t *testing.T) {
	secret, calls := service(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var asked map[string]string
		if err := json.Unmarshal(body, &asked); err != nil || len(asked) != 1 || asked["SecretId"] != arn {
			t.Errorf("asked for %s", body)
		}
		if r.Method != "POST" || r.URL.Path != "/" || r.Header.Get("X-Amz-Target") != "secretsmanager.GetSecretValue" ||
			r.Header.Get("Content-Type") != "application/x-amz-json-1.1" || r.Header.Get("X-Amz-Security-Token") != token {
			t.Errorf("%s %s %v", r.Method, r.URL, r.Header)
		}
		signedAs(t, r, body, "eu-central-1", "secretsmanager")
		io.WriteString(w, `{"ARN":"`+arn+`","SecretString":"{\"signing\":\"1\"}","VersionStages":["AWSCURRENT"]}`)
	})
	text, err := secret.Fetch(t.Context())
	if err != nil || string(text) != `{"signing":"1"}` || calls.Load() != 1 {
		t.Errorf("%q, %v, %d calls", text, err, calls.Load())
	}
}

func hashOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// signedAs checks the signature by making it again from what arrived.
func signedAs(t *testing.T, r *http.Request, body []byte, region, serviceName string) {
	t.Helper()
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if err != nil || time.Since(at).Abs() > time.Minute {
		t.Errorf("signed at %q", r.Header.Get("X-Amz-Date"))
	}
	again, err := http.NewRequest(r.Method, "http://"+r.Host+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	again.Header.Set("Content-Type", r.Header.Get("Content-Type"))
	again.Header.Set("X-Amz-Target", r.Header.Get("X-Amz-Target"))
	again.ContentLength = int64(len(body))
	key := aws.Credentials{AccessKeyID: keyID, SecretAccessKey: secretKey, SessionToken: token}
	if err := v4.NewSigner().SignHTTP(t.Context(), key, again, hashOf(body), serviceName, region, at); err != nil {
		t.Fatal(err)
	}
	got, want := r.Header.Get("Authorization"), again.Header.Get("Authorization")
	if got != want || !strings.Contains(got, "/"+region+"/"+serviceName+"/aws4_request") || !strings.Contains(got, "x-amz-target") {
		t.Errorf("signature\n%s, want\n%s", got, want)
	}
}

func TestFetch_TriesTwice(t *testing.T) {
	good := answer(200, `{"SecretString":"text"}`)
	broken := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) } // the connection breaks
	for what, first := range map[string]http.HandlerFunc{
		"after a fault of the service": answer(500, `{"__type":"InternalServiceError"}`),
		"after a throttle":             answer(400, `{"__type":"ThrottlingException"}`),
		"after an answer without text": answer(200, `{}`),
		"after a broken connection":    broken,
	} {
		t.Run(what, func(t *testing.T) {
			secret, calls := service(t, first, good)
			text, err := secret.Fetch(t.Context())
			if err != nil || string(text) != "text" || calls.Load() != 2 {
				t.Errorf("%q, %v, %d calls", text, err, calls.Load())
			}
		})
	}
	t.Run("and then gives up", func(t *testing.T) {
		secret, calls := service(t, answer(500, ""))
		if text, err := secret.Fetch(t.Context()); err == nil || text != nil || calls.Load() != 2 {
			t.Errorf("%q, %v, %d calls", text, err, calls.Load())
		}
	})
	t.Run("but not when the caller has gone", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		secret, calls := service(t, func(http.ResponseWriter, *http.Request) { cancel(); panic(http.ErrAbortHandler) })
		if _, err := secret.Fetch(ctx); err == nil || calls.Load() != 1 {
			t.Errorf("%v, %d calls", err, calls.Load())
		}
	})
}

func TestFetch_Faults(t *testing.T) {
	const private = "the text of a secret"
	for _, c := range []struct {
		what, want string
		answer     http.HandlerFunc
	}{
		{"a refusal, by its name", "status 400 AccessDeniedException", answer(400, `{"__type":"AccessDeniedException","Message":"`+private+`"}`)},
		{"a refusal, by its full name", "status 400 com.amazonaws.secretsmanager#ResourceNotFoundException", answer(400, `{"__type":"com.amazonaws.secretsmanager#ResourceNotFoundException"}`)},
		{"a refusal that isn't JSON", "status 503", answer(503, private)},
		{"a refusal whose name is something else", "status 400", answer(400, `{"__type":"`+private+`"}`)},
		{"a refusal with an endless name", "status 400", answer(400, `{"__type":"`+strings.Repeat("a", 5000)+`"}`)},
		{"an answer that isn't JSON", "holds no text", answer(200, private)},
		{"an answer of binary", "holds no text", answer(200, `{"SecretBinary":"`+private+`"}`)},
		{"an empty text", "holds no text", answer(200, `{"SecretString":"","Name":"`+private+`"}`)},
		{"a text that is an object", "holds no text", answer(200, `{"SecretString":{"a":"`+private+`"}}`)},
		{"half an answer", "holds no text", answer(200, `{"SecretString":"`+private)},
		{"an endless answer", "holds no text", answer(200, `{"SecretString":"`+strings.Repeat(private, 20_000)+`"}`)},
		{"a redirect", "status 307", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "/elsewhere?"+private)
			w.WriteHeader(307)
		}},
	} {
		t.Run(c.what, func(t *testing.T) {
			secret, _ := service(t, c.answer)
			text, err := secret.Fetch(t.Context())
			if err == nil || text != nil {
				t.Fatalf("%q, %v", text, err)
			}
			if !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret of") || strings.Contains(err.Error(), private) || len(err.Error()) > 300 {
				t.Errorf("error %q, want %q", err, c.want)
			}
		})
	}
	t.Run("nobody there", func(t *testing.T) {
		secret, _ := service(t, answer(200, ""))
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		secret.Endpoint = "http://" + listener.Addr().String()
		listener.Close()
		if _, err := secret.Fetch(t.Context()); err == nil || strings.Contains(err.Error(), secretKey) || strings.Contains(err.Error(), token) {
			t.Errorf("gave %v", err)
		}
	})
	t.Run("an endpoint that is none", func(t *testing.T) {
		secret, _ := service(t, answer(200, ""))
		secret.Endpoint = "://"
		if _, err := secret.Fetch(t.Context()); err == nil {
			t.Error("no error")
		}
	})
}

func TestFetch_IsBoundedInTime(t *testing.T) {
	hang := func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) // so that the server sees the client go
		<-r.Context().Done()
	}
	t.Run("by its caller's deadline", func(t *testing.T) {
		secret, calls := service(t, hang)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		start := time.Now()
		if _, err := secret.Fetch(ctx); err == nil || time.Since(start) > time.Second || calls.Load() != 1 {
			t.Errorf("%v after %v, %d calls", err, time.Since(start), calls.Load())
		}
	})
	t.Run("and each try by its own", func(t *testing.T) {
		secret, calls := service(t, hang, answer(200, `{"SecretString":"text"}`))
		start := time.Now()
		text, err := secret.Fetch(t.Context())
		if took := time.Since(start); err != nil || string(text) != "text" || took < time.Second || took > 3*time.Second || calls.Load() != 2 {
			t.Errorf("%q, %v after %v, %d calls", text, err, took, calls.Load())
		}
	})
}

// Where AWS itself is asked, by region.
func TestFetch_Endpoint(t *testing.T) {
	for region, host := range map[string]string{
		"us-east-1": "secretsmanager.us-east-1.amazonaws.com", "cn-north-1": "secretsmanager.cn-north-1.amazonaws.com.cn",
	} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // nothing is sent
		secret := secretsmanager.Secret{ID: arn, Region: region, AccessKeyID: keyID, SecretAccessKey: secretKey}
		if _, err := secret.Fetch(ctx); err == nil || !strings.Contains(err.Error(), fmt.Sprintf(`"https://%s/"`, host)) {
			t.Errorf("%s: %v", region, err)
		}
	}
}
