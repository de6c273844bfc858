package stack_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"group-invites/infra/local/project"
	"group-invites/infra/local/stack"
	"group-invites/infra/local/template"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var (
	root string
	// echoes is a folder of binaries of which each is the function that echoes its event, or does what it says.
	echoes string
	// functions is a folder of the deployed functions.
	functions string
)

func TestMain(m *testing.M) {
	code, err := runTests(m)
	if err != nil {
		fmt.Println(err)
		code = 1
	}
	os.Exit(code)
}

func runTests(m *testing.M) (int, error) {
	var err error
	if root, err = project.Root(); err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "stack")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	echoes, functions = filepath.Join(dir, "echoes"), filepath.Join(dir, "functions")
	echo := filepath.Join(dir, "echo")
	if out, err := exec.Command("go", "build", "-tags", stack.BuildTags, "-o", echo, "../lambda/testdata/function").CombinedOutput(); err != nil {
		return 0, fmt.Errorf("%w\n%s", err, out)
	}
	t, err := template.Load(filepath.Join(root, "template.yaml"), map[string]string{"PublicBaseUrl": "x", "OidcIssuer": "x", "OidcAudience": "x", "OidcClientId": "x", "MailFromAddress": "x", "MailIdentity": "x"})
	if err != nil {
		return 0, err
	}
	if err := os.Mkdir(echoes, 0o700); err != nil {
		return 0, err
	}
	for _, f := range t.Functions {
		if err := os.Link(echo, filepath.Join(echoes, f.Name)); err != nil {
			return 0, err
		}
	}
	if err := stack.Build(context.Background(), root, functions); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

// output collects what a stack tells people.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

func start(t *testing.T, o stack.Options) *stack.Stack {
	t.Helper()
	s, err := tryStart(t, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func tryStart(t *testing.T, o stack.Options) (*stack.Stack, error) {
	t.Helper()
	o.Root = root
	if o.DataDir == "" {
		o.DataDir = t.TempDir()
	}
	if o.Binaries == "" {
		o.Binaries = echoes
	}
	s, err := stack.Start(t.Context(), o)
	if err == nil {
		t.Cleanup(func() { s.Close() })
	}
	return s, err
}

func send(t *testing.T, method, url, body string, header http.Header) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	if host := header.Get("Host"); host != "" {
		req.Host = host
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func bearer(t *testing.T, s *stack.Stack, who string) http.Header {
	t.Helper()
	status, token := send(t, "GET", s.URL()+"/dev/token/"+who, "", nil)
	if status != http.StatusOK {
		t.Fatalf("token of %s: %d %s", who, status, token)
	}
	return http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {"application/json"}}
}

func TestStart_ServesAndLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	s := start(t, stack.Options{DataDir: dir})
	status, body := send(t, "GET", s.URL()+"/v1/groups/0a03903c63ffffff/members?limit=2", "", bearer(t, s, "admin"))
	var event struct {
		RouteKey       string
		RequestContext struct {
			Authorizer struct {
				JWT struct{ Claims map[string]string }
			}
		}
	}
	if err := json.Unmarshal([]byte(body), &event); status != http.StatusOK || err != nil {
		t.Fatalf("%d %s", status, body)
	}
	claims := event.RequestContext.Authorizer.JWT.Claims
	if event.RouteKey != "GET /v1/groups/{groupId}/members" || claims["sub"] != "dev|admin" || claims["iss"] != s.URL()+"/dev/oidc" {
		t.Errorf("the function got %s", body)
	}
	if status, body := send(t, "GET", s.URL()+"/v1/me", "", nil); status != http.StatusUnauthorized {
		t.Errorf("without a token: %d %s", status, body)
	}

	result, err := s.Invoke(t.Context(), "directory", []byte(`{"do":"sleep","for":1}`))
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	if err := json.Unmarshal(result.Payload, &pid); err != nil {
		t.Fatal(err)
	}
	if state, ok := stack.Running(dir); !ok || state.URL != s.URL() || state.AWSEndpoint != s.AWSEndpoint() || state.PID != os.Getpid() {
		t.Errorf("state %+v, %v", state, ok)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if syscall.Kill(pid, 0) == nil {
		t.Error("a function is left")
	}
	if _, err := s.DynamoDB().ListTables(t.Context(), &dynamodb.ListTablesInput{}); err == nil {
		t.Error("the engine is left")
	}
	if _, ok := stack.Running(dir); ok {
		t.Error("the data folder says that the stack still runs")
	}
}

func TestStart_DataSurvives(t *testing.T) {
	dir := t.TempDir()
	first := start(t, stack.Options{DataDir: dir})
	item := map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "a"}, "sk": &types.AttributeValueMemberS{Value: "b"}}
	if _, err := first.DynamoDB().PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String(first.TableName()), Item: item}); err != nil {
		t.Fatal(err)
	}
	token, _ := first.Token("admin")
	first.Close()

	second := start(t, stack.Options{DataDir: dir, Seed: func(ctx context.Context, s *stack.Stack) error {
		out, err := s.DynamoDB().GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(s.TableName()), Key: item})
		if err != nil || out.Item == nil {
			t.Errorf("the item: %v, %v", out, err)
		}
		s.SetSeeded([]stack.Seeded{{Name: "group", ID: "0a03903c63ffffff"}})
		return nil
	}})
	if again, _ := second.Token("admin"); strings.Split(again, ".")[0] != strings.Split(token, ".")[0] {
		t.Error("the identity provider has another key")
	}
	if _, page := send(t, "GET", second.URL()+"/dev/", "", nil); !strings.Contains(page, "0a03903c63ffffff") {
		t.Error("/dev/ doesn't show what was seeded")
	}
}

func TestStart_SweepsWhatTheTTLSays(t *testing.T) {
	s := start(t, stack.Options{})
	key := map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "a"}, "sk": &types.AttributeValueMemberS{Value: "b"}}
	item := map[string]types.AttributeValue{"ttl": &types.AttributeValueMemberN{Value: "1"}, "pk": key["pk"], "sk": key["sk"]}
	if _, err := s.DynamoDB().PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String(s.TableName()), Item: item}); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		out, err := s.DynamoDB().GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String(s.TableName()), Key: key})
		if err != nil {
			t.Fatal(err)
		}
		if out.Item == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("still there after 10 s")
		}
	}
}

func TestStart_Refuses(t *testing.T) {
	dir := t.TempDir()
	running := start(t, stack.Options{DataDir: dir})
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	for name, test := range map[string]struct {
		options stack.Options
		want    string
	}{
		"a folder in use":              {stack.Options{DataDir: dir}, running.URL()},
		"a port in use":                {stack.Options{Port: port}, fmt.Sprintf("port %d is in use: stop what uses it, or take another with PORT=", port)},
		"a table on another machine":   {stack.Options{DynamoDBEndpoint: "https://dynamodb.eu-west-1.amazonaws.com"}, "ALLOW_REMOTE_TABLE=1"},
		"such a table of another name": {stack.Options{DynamoDBEndpoint: "http://10.0.0.1:8000", AllowRemoteTable: true, TableName: "prod"}, "must be named local-"},
		"an endpoint that isn't one":   {stack.Options{DynamoDBEndpoint: "127.0.0.1:8000"}, "isn't the URL of an endpoint"},
		"an unknown parameter":         {stack.Options{Parameters: map[string]string{"Wrong": "x"}}, "no such parameters: Wrong"},
		"functions that aren't built":  {stack.Options{Binaries: t.TempDir()}, "has no binary"},
		"a seed that fails": {stack.Options{Seed: func(context.Context, *stack.Stack) error { return io.ErrUnexpectedEOF }},
			"seed: unexpected EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := tryStart(t, test.options)
			if err == nil || !strings.Contains(err.Error(), test.want) || s != nil {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}

func TestStart_TakesAnotherDynamoDB(t *testing.T) {
	first := start(t, stack.Options{})
	_, port, _ := strings.Cut(strings.TrimPrefix(first.AWSEndpoint(), "http://"), ":")
	second := start(t, stack.Options{DynamoDBEndpoint: "http://localhost:" + port, TableName: "another"})
	out, err := first.DynamoDB().ListTables(t.Context(), &dynamodb.ListTablesInput{})
	if err != nil || len(out.TableNames) != 2 || second.TableName() != "another" {
		t.Errorf("tables %v, %v", out, err)
	}
}

func TestDev_AnswersOnlyThisMachine(t *testing.T) {
	s := start(t, stack.Options{})
	host := strings.TrimPrefix(s.URL(), "http://")
	_, port, _ := strings.Cut(host, ":")
	for name, test := range map[string]struct {
		header http.Header
		status int
	}{
		"by address":          {nil, 200},
		"by name":             {http.Header{"Host": {"localhost:" + port}}, 200},
		"its own page":        {http.Header{"Origin": {s.URL()}}, 200},
		"its page by name":    {http.Header{"Origin": {"http://localhost:" + port}}, 200},
		"another's by name":   {http.Header{"Origin": {"http://localhost:1"}}, 403},
		"a rebound name":      {http.Header{"Host": {"evil.example:" + port}}, 403},
		"a name that is like": {http.Header{"Host": {"localhost.evil.example"}}, 403},
		"another origin":      {http.Header{"Origin": {"http://evil.example"}}, 403},
		"another port":        {http.Header{"Origin": {"http://127.0.0.1:1"}}, 403},
		"no origin":           {http.Header{"Origin": {"null"}}, 403},
		"a script elsewhere":  {http.Header{"Sec-Fetch-Site": {"cross-site"}, "Sec-Fetch-Mode": {"no-cors"}}, 403},
		"a script next door":  {http.Header{"Sec-Fetch-Site": {"same-site"}, "Sec-Fetch-Mode": {"no-cors"}}, 403},
		"a script of its own": {http.Header{"Sec-Fetch-Site": {"same-origin"}, "Sec-Fetch-Mode": {"no-cors"}}, 200},
		"a link elsewhere":    {http.Header{"Sec-Fetch-Site": {"cross-site"}, "Sec-Fetch-Mode": {"navigate"}}, 200},
		"the address bar":     {http.Header{"Sec-Fetch-Site": {"none"}, "Sec-Fetch-Mode": {"navigate"}}, 200},
	} {
		for _, path := range []string{"/dev/", "/dev/people", "/dev/token/admin", "/dev/oidc/jwks.json"} {
			if status, body := send(t, "GET", s.URL()+path, "", test.header); status != test.status {
				t.Errorf("%s, %s: %d %s, want %d", path, name, status, body, test.status)
			}
		}
		if status, _ := send(t, "POST", s.AWSEndpoint(), "{}", test.header); test.header.Get("Origin") == "" && (status == 403) != (test.status == 403) {
			t.Errorf("AWS endpoint, %s: %d", name, status)
		}
	}
}

func TestDev_TokenIsTheBareJWT(t *testing.T) {
	s := start(t, stack.Options{})
	if _, token := send(t, "GET", s.URL()+"/dev/token/newcomer", "", nil); strings.Count(token, ".") != 2 || strings.TrimSpace(token) != token {
		t.Errorf("token %q", token)
	}
	if status, _ := send(t, "GET", s.URL()+"/dev/token/No%20One", "", nil); status != http.StatusNotFound {
		t.Errorf("an impossible person: %d", status)
	}
}

// TestDev_TheWebAppMaySignPeopleIn: it may return to its two entries, by both names of the address.
func TestDev_TheWebAppMaySignPeopleIn(t *testing.T) {
	s := start(t, stack.Options{})
	for _, origin := range []string{s.URL(), strings.Replace(s.URL(), "127.0.0.1", "localhost", 1)} {
		for path, want := range map[string]int{"/": 303, "/i": 303, "/orgs/1": 400} {
			query := url.Values{
				"client_id": {"group-invites-web"}, "redirect_uri": {origin + path}, "response_type": {"code"}, "scope": {"openid"}, "prompt": {"none"},
				"code_challenge": {strings.Repeat("x", 43)}, "code_challenge_method": {"S256"},
			}
			client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
			response, err := client.Get(s.URL() + "/dev/oidc/authorize?" + query.Encode())
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			if location := response.Header.Get("Location"); response.StatusCode != want || want == 303 && !strings.HasPrefix(location, origin+path+"?error=login_required") {
				t.Errorf("%s%s: %d, to %q", origin, path, response.StatusCode, location)
			}
		}
	}
}

func TestLog(t *testing.T) {
	var out output
	dir := t.TempDir()
	s := start(t, stack.Options{Log: &out, DataDir: dir})
	send(t, "POST", s.URL()+"/v1/invites/preview", `{}`, nil)
	send(t, "POST", s.URL()+"/v1/invites/preview", `{}`, nil)
	send(t, "GET", s.URL()+"/v1/%1b%5b31mred", "", nil)
	send(t, "GET", s.URL()+"/v1/me", "", nil)
	s.Invoke(t.Context(), "directory", []byte(`{"do":"print"}`))
	s.Close()
	log := out.String()
	for _, want := range []string{
		" 200 POST   /v1/invites/preview  ", "  cold (init ", " ms)  0 calls\n", "  warm  0 calls\n",
		" 200 GET    /v1/%1B%5B31mred  ", " 401 GET    /v1/me  ", "gateway: no token\n", "directory to stdout\n",
	} {
		if !strings.Contains(log, want) {
			t.Errorf("the log has no %q:\n%s", want, log)
		}
	}
	if strings.ContainsRune(log, 0x1b) {
		t.Errorf("the log has escape codes: %q", log)
	}
	if kept, err := os.ReadFile(filepath.Join(dir, "logs", "directory.log")); err != nil || !strings.Contains(string(kept), "to stderr\n") {
		t.Errorf("directory.log: %s %v", kept, err)
	}
}

func TestReset_RemovesWhatIsOursAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	s := start(t, stack.Options{DataDir: dir})
	if err := stack.Reset(dir); err == nil || !strings.Contains(err.Error(), s.URL()) {
		t.Errorf("reset while the stack runs: %v", err)
	}
	s.Close()
	mine := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(mine, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := stack.Reset(dir); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 || left[0].Name() != "notes.txt" {
		t.Errorf("left: %v, %v", left, err)
	}
	os.Remove(mine)
	if err := stack.Reset(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the empty folder is left")
	}
	if err := stack.Reset(dir); err != nil {
		t.Errorf("reset of nothing: %v", err)
	}
}

func TestInvokeOnce(t *testing.T) {
	dir := t.TempDir()
	options := stack.Options{Root: root, DataDir: dir, Binaries: echoes}
	once := func() string {
		t.Helper()
		var mu sync.Mutex
		var lines []string
		result, err := stack.InvokeOnce(t.Context(), options, "redeem-invite", []byte(`{"do":"environment"}`), func(line string) {
			mu.Lock()
			defer mu.Unlock()
			lines = append(lines, line)
		})
		if err != nil || result.FunctionError != "" || !result.Cold {
			t.Fatalf("%+v %v %q", result, err, lines)
		}
		return string(result.Payload)
	}
	if got := once(); !strings.Contains(got, "AWS_ENDPOINT_URL=http://127.0.0.1:") {
		t.Errorf("alone: %s", got)
	}
	s := start(t, stack.Options{DataDir: dir})
	if got := once(); !strings.Contains(got, "AWS_ENDPOINT_URL="+s.AWSEndpoint()+`"`) || !strings.Contains(got, "STACK_NAME=") {
		t.Errorf("beside a stack: %s", got)
	}
	if _, err := stack.InvokeOnce(t.Context(), options, "nothing", []byte(`{}`), func(string) {}); err == nil {
		t.Error("an unknown function was invoked")
	}
}

func TestStart_RunsTheDeployedFunctions(t *testing.T) {
	var out output
	s := start(t, stack.Options{Binaries: functions, Log: &out})
	admin, newcomer := bearer(t, s, "admin"), bearer(t, s, "newcomer")
	do := func(method, path, body string, header http.Header, want int) map[string]any {
		t.Helper()
		status, text := send(t, method, s.URL()+path, body, header)
		var document map[string]any
		if json.Unmarshal([]byte(text), &document); status != want {
			t.Fatalf("%s %s: %d %s, want %d\n%s", method, path, status, text, want, out.String())
		}
		return document
	}
	org := do("POST", "/v1/orgs", `{"name":"Astronomy"}`, admin, 201)
	group := do("POST", fmt.Sprintf("/v1/orgs/%s/groups", org["id"]), `{"name":"Comets"}`, admin, 201)
	invite := do("POST", fmt.Sprintf("/v1/groups/%s/invites", group["id"]), `{"access":"anyone"}`, admin, 201)
	link, _ := invite["url"].(string)
	base, code, _ := strings.Cut(link, "#")
	if base != s.URL()+"/i" {
		t.Errorf("link %q", link)
	}
	holding := `{"code":"` + code + `"}`
	json := http.Header{"Content-Type": {"application/json"}}
	if preview := do("POST", "/v1/invites/preview", holding, json, 200); preview["state"] != "active" {
		t.Errorf("preview %v", preview)
	}
	do("POST", "/v1/invites/redeem", holding, newcomer, 201)
	do("POST", "/v1/invites/redeem", holding, newcomer, 200)
	do("POST", "/v1/invites/preview", `{"code":"`+strings.Repeat("A", 44)+`"}`, json, 404)
	do("GET", fmt.Sprintf("/v1/groups/%s/invites", group["id"]), "", admin, 200)
	do("DELETE", fmt.Sprintf("/v1/groups/%s/invites/%s", group["id"], invite["id"]), "", admin, 204)
	do("POST", "/v1/invites/redeem", holding, bearer(t, s, "newcomer2"), 410)
	do("GET", "/v1/nothing", "", nil, 404)

	s.Close()
	log := out.String()
	if strings.Contains(log, "ACCESS DENIED") || !strings.Contains(log, " 404 POST   /v1/invites/preview  ") {
		t.Errorf("the log:\n%s", log)
	}
}
