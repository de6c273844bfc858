package growth

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"group-invites/infra/local/engine"
	"group-invites/shared/accessrequest"
	"group-invites/shared/directory"
	"group-invites/shared/dynamo"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/invite"
	"group-invites/shared/transport"
)

const tableName = "local-growth"

// loaded is a table of some size on an engine of its own, with the services over it.
type loaded struct {
	*World
	*scene
	size   size
	engine *engine.Engine
	rows   int
	took   time.Duration // to load it
	// What is gone of it since then.
	deleted map[invite.ID]bool
	out     map[directory.UserID]bool // of the group, or of the organization
}

// load puts so much into a table.
func (s *scene) load(t testing.TB, n size) *loaded {
	t.Helper()
	begun := time.Now()
	file, rows := s.importFile(t, n)
	e, err := engine.Start(t.Context(), engine.Options{DBPath: file, Stderr: os.Stderr})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Stop() })
	w := &World{TB: t, Client: engine.Client(e.Endpoint()), TableName: tableName, Faults: &faults.Injector{}, Clock: &Clock{}, Random: rand.Reader}
	w.Clock.Set(s.now)
	w.Ring = Ring(t, w.Clock.Now)
	w.Table = dynamo.Open(dynamo.Options{
		Table: tableName, Region: "local", Endpoint: e.Endpoint(), AccessKeyID: "local", SecretAccessKey: "local",
	}, w.Faults.Configure, func(o *dynamodb.Options) {
		o.HTTPClient = transport.New(10 * time.Second) // that a machine is busy must not count as a lost answer
	})
	w.Directory = &directory.Service{Store: w.Table, Ring: w.Ring, Clock: w.Clock.Now, Random: rand.Reader, OpenOrgs: true}
	w.Access = &accessrequest.Service{Store: w.Table, Ring: w.Ring, Clock: w.Clock.Now, Random: rand.Reader}
	l := &loaded{World: w, scene: s, size: n, engine: e, deleted: map[invite.ID]bool{}, out: map[directory.UserID]bool{}}
	w.Invites = l.instance()
	l.rows, l.took = rows, time.Since(begun)
	return l
}

// instance is a service of links that remembers nothing of what others have seen.
func (l *loaded) instance() *invite.Service {
	return &invite.Service{
		Store: l.Table, Ring: l.Ring, Clock: l.Clock.Now, Random: rand.Reader, BaseURL: BaseURL, Retention: Retention, Limits: Limits,
	}
}

// importFile makes a file for the engine.
func (s *scene) importFile(t testing.TB, n size) (file string, rows int) {
	t.Helper()
	folder := t.TempDir()
	source := filepath.Join(folder, "export", tableName, "data")
	if err := os.MkdirAll(source, 0o700); err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(filepath.Join(source, "all.json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	zip, err := gzip.NewWriterLevel(out, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	rows, err = s.write(t, zip, n)
	if err := errors.Join(err, zip.Close(), out.Close()); err != nil {
		t.Fatal(err)
	}
	described, err := Template()
	if err != nil {
		t.Fatal(err)
	}
	table := described.Table.CreateTableInput(tableName)
	schema, err := json.Marshal(map[string]any{"Table": map[string]any{
		"TableName": tableName, "KeySchema": table.KeySchema, "AttributeDefinitions": table.AttributeDefinitions,
		"GlobalSecondaryIndexes": table.GlobalSecondaryIndexes,
	}})
	if err != nil {
		t.Fatal(err)
	}
	schemaFile, file := filepath.Join(folder, "schema.json"), filepath.Join(folder, "table.db")
	if err := os.WriteFile(schemaFile, schema, 0o600); err != nil {
		t.Fatal(err)
	}
	program, err := engine.Ensure(t.Context(), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), program, "import", "--source", filepath.Join(folder, "export"), "--schema", schemaFile, "--output", file)
	command.Env = []string{} // nothing of ours must reach the engine
	printed, err := command.CombinedOutput()
	if err != nil || !bytes.Contains(printed, fmt.Appendf(nil, " %d\n", rows)) {
		t.Fatalf("import %d rows: %v\n%s", rows, err, printed)
	}
	return file, rows
}
