package acceptance

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"

	"group-invites/infra/local/gateway"
	"group-invites/infra/local/stack"
	"group-invites/shared/httpapi/openapitest"
)

// The suite can be run with two versions of the functions behind each of its stacks, as they are while a canary runs and after it was taken back.
// Every test must hold then as well: nobody whom the system answers knows which version it was. infra/upgrade runs it so, and sets:
//
//	LAST_VERSION   name of the other version, such as v0.9.0; empty runs this one alone
//	LAST_SOURCES   folder of its sources
//	LAST_BINARIES  folder of its built functions
//	ORDER          which calls it gets: see newOrder
var last *stack.Last

// order is what the last version gets, in words.
var order string

// useLast reads those variables.
func useLast() error {
	name := os.Getenv("LAST_VERSION")
	if name == "" {
		return nil
	}
	order = os.Getenv("ORDER")
	takes, err := newOrder(order)
	last = &stack.Last{Name: name, Root: os.Getenv("LAST_SOURCES"), Binaries: os.Getenv("LAST_BINARIES"), Takes: takes}
	return err
}

// newOrder gives the order that a word stands for:
//
//	last-writes    the last version writes, this one reads
//	this-writes    this version writes, the last one reads
//	chance:SEED    each call goes to either, by chance
//	last-alone     all goes to the last version
//
// Whatever follows from the stream, a schedule or an event counts as writing.
func newOrder(word string) (func(stack.Call) bool, error) {
	switch word {
	case "last-writes":
		return writes, nil
	case "this-writes":
		return func(c stack.Call) bool { return !writes(c) }, nil
	case "last-alone":
		return func(stack.Call) bool { return true }, nil
	}
	text, found := strings.CutPrefix(word, "chance:")
	seed, err := strconv.ParseUint(text, 10, 64)
	if !found || err != nil {
		return nil, fmt.Errorf("ORDER is last-writes, this-writes, last-alone or chance:SEED, not %q", word)
	}
	var mu sync.Mutex
	chance := rand.New(rand.NewPCG(seed, 0))
	return func(stack.Call) bool {
		mu.Lock()
		defer mu.Unlock()
		return chance.IntN(2) == 0
	}, nil
}

func writes(c stack.Call) bool {
	return !strings.HasPrefix(c.Route, http.MethodGet+" ") && c.Route != "POST /v1/invites/preview"
}

// version is which version answered, where there are two.
func (a answer) version() string { return a.Header.Get(gateway.ExecutedVersion) }

// by says which version answered, for messages.
func (a answer) by() string {
	if a.version() == "" {
		return ""
	}
	return " (by " + a.version() + ")"
}

// contracts are what the answers of both versions are held against: each has its own.
var (
	contract     = sync.OnceValues(openapitest.Load)
	lastContract = sync.OnceValues(func() (*openapitest.Document, error) { return openapitest.LoadFrom(last.Root) })
)

// contract is that of the version which answered.
func (a answer) contract() (*openapitest.Document, error) {
	if last != nil && a.version() == last.Name {
		return lastContract()
	}
	return contract()
}
