package issuer

import (
	"crypto/rand"
	"sync"
	"time"
)

// grantLifetime is for how long an authorization code may be exchanged: a browser does so at once.
const grantLifetime = time.Minute

// grant is what an authorization code stands for.
type grant struct {
	person      Person
	redirectURI string
	challenge   string // PKCE, by S256
	nonce       string
	scope       string
	until       time.Time
}

// grants are the authorization codes that haven't been exchanged. A restart forgets them: people sign in again.
type grants struct {
	mu   sync.Mutex
	open map[string]grant
}

// add keeps a grant and gives its code.
func (g *grants) add(granted grant) string {
	now := time.Now()
	granted.until = now.Add(grantLifetime)
	code := rand.Text()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open == nil {
		g.open = map[string]grant{}
	}
	for code, old := range g.open {
		if !now.Before(old.until) {
			delete(g.open, code)
		}
	}
	g.open[code] = granted
	return code
}

// take gives the grant of a code, once.
func (g *grants) take(code string) (grant, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	granted, ok := g.open[code]
	delete(g.open, code)
	return granted, ok && time.Now().Before(granted.until)
}
