package gateway

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	// keysLifetime is how long API Gateway may keep an issuer's keys.
	keysLifetime = 2 * time.Hour
	// refetchInterval is the least time between two fetches: tokens with made-up key ids must not become requests.
	refetchInterval = 10 * time.Second
	// fetchTimeout bounds a fetch, which holds up every request that waits for a key.
	fetchTimeout = 5 * time.Second
)

// keySet holds the public keys of an issuer. It fetches them when they are first needed, when they are old, and, no
// more often than refetchInterval, when a token names a key that it doesn't know.
type keySet struct {
	issuer string
	client *http.Client
	now    func() time.Time

	mu      sync.Mutex
	keys    map[string]*rsa.PublicKey // by key id
	fetched time.Time
}

func newKeySet(issuer string, client *http.Client, now func() time.Time) *keySet {
	return &keySet{issuer: issuer, client: client, now: now}
}

// get returns the key with this id. The error is fit for the client.
func (s *keySet) get(ctx context.Context, id string) (*rsa.PublicKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	age := s.now().Sub(s.fetched)
	if key := s.keys[id]; age >= keysLifetime || key == nil && age >= refetchInterval {
		// The keys are everybody's: a client that goes away doesn't end the fetch.
		keys, err := s.fetch(context.WithoutCancel(ctx))
		switch {
		case err == nil:
			s.keys, s.fetched = keys, s.now()
		case key == nil:
			return nil, err
		}
	}
	if key := s.keys[id]; key != nil {
		return key, nil
	}
	return nil, errors.New("the token is signed by an unknown key")
}

func (s *keySet) fetch(ctx context.Context) (map[string]*rsa.PublicKey, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	var discovery struct {
		Issuer  string `json:"issuer"`
		JWKSURI string `json:"jwks_uri"`
	}
	if err := s.getJSON(ctx, s.issuer+"/.well-known/openid-configuration", &discovery); err != nil || discovery.Issuer != s.issuer {
		return nil, errors.New("OIDC discovery endpoint communication error")
	}
	var set struct{ Keys []json.RawMessage }
	if err := s.getJSON(ctx, discovery.JWKSURI, &set); err != nil {
		return nil, errors.New("JWKS communication error")
	}
	keys := map[string]*rsa.PublicKey{}
	for _, raw := range set.Keys {
		var key jose.JSONWebKey
		if key.UnmarshalJSON(raw) != nil {
			continue // of a type that isn't known; others may be
		}
		if public, ok := key.Key.(*rsa.PublicKey); ok {
			keys[key.KeyID] = public
		}
	}
	return keys, nil
}

func (s *keySet) getJSON(ctx context.Context, url string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	return json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(into)
}
