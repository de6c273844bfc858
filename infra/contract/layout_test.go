package contract

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"group-invites/infra/local/project"
	"group-invites/infra/local/stack"
)

const module = "group-invites/"

// The packages, by what they may import.
var (
	domain = []string{
		"shared/accessrequest", "shared/directory", "shared/erasure", "shared/event", "shared/export", "shared/invite", "shared/linkcode", "shared/mail", "shared/mirror", "shared/optout", "shared/outbox", "shared/tally",
	}
	adapters = []string{"shared/config", "shared/dynamo", "shared/eventbus", "shared/httpapi", "shared/secretsmanager", "shared/sesevent", "shared/sesmail"}
	// Anyone may import these: they import nothing but the standard library, and do nothing.
	plain = []string{"shared/emf"}
	// Adapters alone may import these: what their clients have in common. They import nothing but the standard library and the SDK's own
	// client of HTTP.
	transport = []string{"shared/transport"}
	// Tests alone import these.
	testSupport = []string{"shared/dynamo/dynamotest", "shared/dynamo/faults", "shared/httpapi/httpapitest", "shared/httpapi/openapitest"}
)

const sdkHTTP = "github.com/aws/aws-sdk-go-v2/aws/transport/http"

// goPackage is what `go list` says of a package. Its imports leave out those of tests.
type goPackage struct {
	ImportPath string
	Name       string
	Dir        string
	Imports    []string
	Deps       []string
}

func root(t *testing.T) string {
	t.Helper()
	dir, err := project.Root()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// packages gives the packages of the module, by their path below it.
func packages(t *testing.T) map[string]goPackage {
	t.Helper()
	command := exec.Command("go", "list", "-tags", stack.BuildTags, "-deps=false", "-json=ImportPath,Name,Dir,Imports,Deps", "./...")
	command.Dir, command.Stderr = root(t), os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]goPackage{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimPrefix(p.ImportPath, module)] = p
	}
}

// ours gives the packages of this module among import paths, by their path below it.
func ours(imports []string) (own []string) {
	for _, i := range imports {
		if below, found := strings.CutPrefix(i, module); found {
			own = append(own, below)
		}
	}
	return own
}

func TestLayout_EveryPackageHasItsPlace(t *testing.T) {
	for name, p := range packages(t) {
		switch {
		case slices.Contains(domain, name):
			for _, i := range p.Imports {
				if strings.Contains(i, "aws") || i == "net/http" || i == "os" {
					t.Errorf("%s is domain and imports %s", name, i)
				}
			}
			for _, i := range ours(p.Imports) {
				if !slices.Contains(domain, i) {
					t.Errorf("%s is domain and imports %s, which is not", name, i)
				}
			}
		case slices.Contains(adapters, name):
			for _, i := range ours(p.Imports) {
				if !slices.Contains(slices.Concat(domain, plain, transport), i) {
					t.Errorf("%s is an adapter and imports %s, which is not domain", name, i)
				}
			}
		case slices.Contains(transport, name):
			for _, i := range p.Imports {
				if strings.Contains(i, ".") && i != sdkHTTP || strings.HasPrefix(i, module) || i == "os" {
					t.Errorf("%s is for adapters and imports %s", name, i)
				}
			}
		case slices.Contains(plain, name):
			for _, i := range p.Imports {
				if strings.Contains(i, ".") || strings.HasPrefix(i, module) || i == "os" || i == "net/http" {
					t.Errorf("%s is for everybody and imports %s", name, i)
				}
			}
		case strings.HasPrefix(name, "functions/"):
			for _, i := range ours(p.Imports) {
				if !slices.Contains(slices.Concat(domain, adapters, plain), i) && i != "functions/internal/wiring" {
					t.Errorf("%s is a function and imports %s", name, i)
				}
			}
		case slices.Contains(testSupport, name), strings.HasPrefix(name, "infra/"):
		default:
			t.Errorf("%s has no place in the layout: add it to the law, or move it", name)
		}
	}
}

func TestLayout_FunctionsCarryOnlyWhatTheyCall(t *testing.T) {
	const service = "github.com/aws/aws-sdk-go-v2/service/"
	for name, p := range packages(t) {
		if p.Name != "main" || !strings.HasPrefix(name, "functions/") {
			continue
		}
		for _, d := range p.Deps {
			called, isService := strings.CutPrefix(d, service)
			switch {
			case name == "functions/mailer" && (called == "ses" || strings.HasPrefix(called, "ses/") || d == "text/template"): // it sends, and composes
			case name == "functions/tally" && (called == "eventbridge" || strings.HasPrefix(called, "eventbridge/")): // it tells what happened
			case isService && !strings.HasPrefix(called, "dynamodb") && !strings.HasPrefix(called, "internal/"):
				t.Errorf("%s carries the client of %s", name, called)
			case d == "github.com/aws/aws-sdk-go-v2/config", d == "text/template", d == "net/rpc", d == "testing":
				t.Errorf("%s carries %s", name, d)
			case strings.HasPrefix(d, module+"infra/"), slices.Contains(testSupport, strings.TrimPrefix(d, module)):
				t.Errorf("%s carries %s, which is for development", name, d)
			}
		}
	}
}

func TestLayout_AdapterLibraryIsImportedInOneFile(t *testing.T) {
	var files []string
	err := filepath.WalkDir(root(t), func(file string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && file != root(t) && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if filepath.Ext(file) == ".go" && filepath.Base(file) != "layout_test.go" {
			text, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			if strings.Contains(string(text), "aws-lambda-go-api-proxy") && strings.Contains(string(text), `"github.com/awslabs/`) {
				files = append(files, filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(files, []string{"httpapi/lambda.go"}) {
		t.Errorf("the adapter library is imported in %v", files)
	}
}

func TestLayout_NamesSayWhatIsInside(t *testing.T) {
	empty := []string{"types", "utils", "util", "models", "common", "helpers", "manager", "data", "misc", "base"}
	for name, p := range packages(t) {
		if slices.Contains(empty, p.Name) || slices.Contains(empty, path.Base(name)) {
			t.Errorf("%s says nothing", name)
		}
	}
}

// maxMain is the longest that a function's main.go may be, in lines.
const maxMain = 30

func TestLayout_EachFunctionHasAThinMainAndAHandler(t *testing.T) {
	for _, f := range functionFolders(t) {
		dir := filepath.Join(root(t), "functions", f)
		text, err := os.ReadFile(filepath.Join(dir, "main.go"))
		if err != nil {
			t.Error(err)
			continue
		}
		if n := strings.Count(string(text), "\n"); n > maxMain {
			t.Errorf("functions/%s/main.go has %d lines", f, n)
		}
		for _, file := range []string{"handler.go", "handler_test.go"} {
			if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
				t.Error(err)
			}
		}
	}
}

// functionFolders lists the folders of functions.
func functionFolders(t *testing.T) (folders []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(root(t), "functions"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "internal" {
			folders = append(folders, e.Name())
		}
	}
	return folders
}

// TestLayout_NoProgramLiesAbout: `go build` of one package leaves its program in the folder that it is run in, where it is soon committed.
func TestLayout_NoProgramLiesAbout(t *testing.T) {
	entries, err := os.ReadDir(root(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		if strings.HasPrefix(file(t, e.Name()), "\x7fELF") {
			t.Errorf("%s is a program: delete it", e.Name())
		}
	}
}
