package contract

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"group-invites/infra/local/stack"
	"group-invites/infra/local/template"
	"group-invites/shared/httpapi"
)

// load gives the template with all functions that it has: with the user pool, whose trigger is one.
func load(t *testing.T) *template.Template {
	t.Helper()
	described, err := template.Load(filepath.Join(root(t), "template.yaml"), map[string]string{
		"PublicBaseUrl": "https://chat.example.com", "MailFromAddress": "invites@example.com",
	})
	if err != nil {
		t.Fatal(err)
	}
	return described
}

func file(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// logicalID gives CreateInvite for create-invite.
func logicalID(folder string) string {
	id := ""
	for _, word := range strings.Split(folder, "-") {
		id += strings.ToUpper(word[:1]) + word[1:]
	}
	return id
}

// TestNames: a function's folder, its name, its logical id, its make target, its log group and its events are one name.
func TestNames(t *testing.T) {
	folders := functionFolders(t)
	text, makefile := file(t, "template.yaml"), file(t, "Makefile")
	var named []string
	for _, f := range load(t).Functions {
		named = append(named, f.Name)
		if f.LogicalID != logicalID(f.Name) {
			t.Errorf("%s is %s in the template", f.Name, f.LogicalID)
		}
		for _, line := range []string{
			fmt.Sprintf("LogGroup: !Ref %sLogGroup", f.LogicalID),
			fmt.Sprintf(`LogGroupName: !Sub "/aws/lambda/${AWS::StackName}-%s"`, f.Name),
		} {
			if !strings.Contains(text, line) {
				t.Errorf("template.yaml has no %q", line)
			}
		}
		if _, err := os.Stat(filepath.Join(root(t), "infra", "events", f.Name+".json")); err != nil {
			t.Errorf("no event for %s: %v", f.Name, err)
		}
	}
	slices.Sort(named)
	if !slices.Equal(named, folders) {
		t.Errorf("functions of the template %v, folders %v", named, folders)
	}
	targets := regexp.MustCompile(`(?m)^FUNCTIONS := (.*)$`).FindStringSubmatch(makefile)
	if targets == nil {
		t.Fatal("the Makefile lists no functions")
	}
	built := strings.Fields(targets[1])
	for _, f := range folders {
		if !slices.Contains(built, logicalID(f)) {
			t.Errorf("the Makefile doesn't build %s", logicalID(f))
		}
	}
	if len(built) != len(folders) {
		t.Errorf("the Makefile builds %v", built)
	}
}

func TestRoutes(t *testing.T) {
	served := map[string]string{}
	for _, r := range load(t).Routes {
		machine := slices.Equal(r.Scopes, []string{"group-invites/directory"})
		if !machine && !r.Open && !slices.Equal(r.Scopes, []string{"group-invites/use"}) {
			t.Errorf("%s has the scopes %v", r.Key(), r.Scopes)
		}
		served[r.Key()] = fmt.Sprintf("%s, open %t, machine %t", r.Function, r.Open, machine)
	}
	if served[template.DefaultRoute] != "web, open true, machine false" {
		t.Errorf("$default is %s", served[template.DefaultRoute])
	}
	for _, p := range httpapi.Pages {
		if p.Function != "web" || !p.Open {
			t.Errorf("%s comes by $default, and is not open or of another function", p)
		}
	}
	delete(served, template.DefaultRoute)
	meant := map[string]string{}
	for _, r := range httpapi.Routes {
		meant[r.String()] = fmt.Sprintf("%s, open %t, machine %t", r.Function, r.Open, r.Machine)
	}
	if !maps.Equal(served, meant) {
		t.Errorf("routes of the template:\n%s\nof the code:\n%s", lines(served), lines(meant))
	}
}

func lines(m map[string]string) string {
	var out []string
	for k, v := range m {
		out = append(out, k+": "+v)
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// TestVariables starts every function without an environment. It must refuse to start and name all that it reads: just what the
// template gives it, beside what Lambda itself sets. A function without rights calls nothing of AWS, and needs none of that.
func TestVariables(t *testing.T) {
	bin := t.TempDir()
	if err := stack.Build(t.Context(), root(t), bin); err != nil {
		t.Fatal(err)
	}
	lambdaSets := []string{"AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
	const optional = "AWS_ENDPOINT_URL" // empty in the cloud
	// What Go's runtime reads. 1,769 MB is the memory of a whole processor: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
	const wholeProcessor = 1769
	ofGo := map[string]string{"GOMAXPROCS": "1", "GOGC": "200"}
	for _, f := range load(t).Functions {
		command := exec.Command(filepath.Join(bin, f.Name))
		command.Env = []string{}
		out, err := command.CombinedOutput()
		if err == nil {
			t.Errorf("%s starts without an environment", f.Name)
		}
		read := map[string]bool{}
		for _, m := range regexp.MustCompile(`environment: ([A-Z_]+) is not set`).FindAllStringSubmatch(string(out), -1) {
			read[m[1]] = true
		}
		for _, name := range lambdaSets {
			if !read[name] && len(f.Policies) > 0 {
				t.Errorf("%s doesn't ask for %s", f.Name, name)
			}
			delete(read, name)
		}
		given := f.Environment
		if _, ok := given[optional]; !ok {
			t.Errorf("%s is not given %s", f.Name, optional)
		}
		for name, value := range ofGo {
			if given[name] != value || f.MemoryMB > wholeProcessor {
				t.Errorf("%s has %d MB and %s=%q, want %q", f.Name, f.MemoryMB, name, given[name], value)
			}
		}
		for name := range given {
			if name != optional && ofGo[name] == "" && !read[name] {
				t.Errorf("%s is given %s and doesn't read it", f.Name, name)
			}
		}
		for name := range read {
			if _, ok := given[name]; !ok {
				t.Errorf("%s reads %s and isn't given it", f.Name, name)
			}
		}
	}
}

// TestPolicies_AreForSomePartitionsOfTheTable: what a function does to the table is bound to the kinds of rows that it is about. preview-invite,
// which anyone may call, reads no address; and none but the mailer counts what an address was sent.
func TestPolicies_AreForSomePartitionsOfTheTable(t *testing.T) {
	described := load(t)
	for _, f := range described.Functions {
		for _, s := range f.Policies {
			if !strings.HasPrefix(s.Actions[0], "dynamodb:") || strings.Contains(s.Resources[0], "/index/") {
				continue
			}
			if len(s.Conditions) != 1 || s.Conditions[0].Key != template.LeadingKeys {
				t.Errorf("%s of %s is about all of the table", s.Sid, f.Name)
				continue
			}
			for _, partition := range s.Conditions[0].Values {
				if !regexp.MustCompile(`^[A-Z]#(([a-z]+#)?\*|confirm)$`).MatchString(partition) {
					t.Errorf("%s of %s is for %q, which is no kind of rows", s.Sid, f.Name, partition)
				}
				if f.Name == "preview-invite" && slices.Contains([]string{"D#*", "S#*", "A#*"}, partition) {
					t.Errorf("%s may touch %s", f.Name, partition)
				}
				if f.Name != "mailer" && strings.HasPrefix(partition, "Q#to#") {
					t.Errorf("%s may touch %s", f.Name, partition)
				}
			}
		}
	}
}

// TestPolicies_AreAboutTheTableAndTheSecretAlone. That they are just what the calls need, the acceptance suite shows: the local stack
// refuses what isn't allowed, and tells what was never used.
func TestPolicies_AreAboutTheTableAndTheSecretAlone(t *testing.T) {
	described := load(t)
	for _, f := range described.Functions {
		for _, s := range f.Policies {
			if s.Effect != "Allow" || s.Sid == "" {
				t.Errorf("%s has a statement %+v", f.Name, s)
			}
			for _, a := range s.Actions {
				if strings.Contains(a, "*") {
					t.Errorf("%s may %s", f.Name, a)
				}
			}
			for _, r := range s.Resources {
				if strings.Contains(r, "*") {
					t.Errorf("%s may touch %s", f.Name, r)
				}
			}
		}
	}
}

func TestTable(t *testing.T) {
	table := load(t).Table
	if table.TTLAttribute != "ttl" {
		t.Errorf("TTL is %q", table.TTLAttribute)
	}
	in := table.CreateTableInput("t")
	if len(in.GlobalSecondaryIndexes) != 1 || len(in.LocalSecondaryIndexes) != 0 || in.StreamSpecification == nil {
		t.Errorf("table %+v", in)
	}
	for _, line := range []string{"PointInTimeRecoveryEnabled: true", "StreamViewType: NEW_AND_OLD_IMAGES", "DeletionPolicy: Retain"} {
		if !strings.Contains(file(t, "template.yaml"), line) {
			t.Errorf("template.yaml has no %q", line)
		}
	}
}
