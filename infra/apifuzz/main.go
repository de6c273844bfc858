// Command apifuzz has Schemathesis (https://schemathesis.readthedocs.io) make requests of the API's document, right ones and wrong ones, and
// send them to a local stack of its own, as an admin. No answer may be a 5xx, of a status that the document doesn't have for the operation,
// of another type than it says, or of another shape; and then nothing may be wrong with the table.
//
//	go run ./infra/apifuzz -schemathesis .local/apifuzz/bin/st -examples 50
//
// Deleting the organization and its group is left out: nothing would be left to ask for. The rights matrix of infra/acceptance has them.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"group-invites/infra/invariants/check"
	"group-invites/infra/local/project"
	"group-invites/infra/local/seed"
	"group-invites/infra/local/stack"
)

func main() {
	tool := flag.String("schemathesis", "st", "its program")
	examples := flag.Int("examples", 50, "requests of each operation, at most, in each phase")
	seed := flag.String("seed", "", "of a run that is to be made again")
	flag.Parse()
	if err := run(context.Background(), *tool, *examples, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "apifuzz:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, tool string, examples int, again string) (err error) {
	root, err := project.Root()
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "apifuzz-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	s, err := stack.Start(ctx, stack.Options{Root: root, DataDir: filepath.Join(folder, "data"), Seed: seed.Stack})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	token, err := s.Token("admin")
	if err != nil {
		return err
	}
	config := filepath.Join(folder, "schemathesis.toml")
	parameters, err := things(ctx, s, token)
	if err != nil {
		return err
	}
	if err := os.WriteFile(config, []byte(parameters), 0o600); err != nil {
		return err
	}
	arguments := []string{
		"--config-file", config, "run", filepath.Join(root, "functions", "web", "openapi.json"), "--url", s.URL(), "-H", "Authorization: Bearer " + token,
		"--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,negative_data_rejection",
		"--exclude-operation-id", "deleteOrg", "--exclude-operation-id", "deleteGroup",
		"--max-examples", strconv.Itoa(examples), "--phases", "examples,coverage,fuzzing", "--suppress-health-check", "all", "--warnings", "off",
		"--continue-on-failure", "--request-timeout", "20", "--no-color",
	}
	if again != "" {
		arguments = append(arguments, "--seed", again)
	}
	command := exec.CommandContext(ctx, tool, arguments...)
	command.Dir, command.Stdout, command.Stderr = folder, os.Stdout, os.Stderr
	return errors.Join(command.Run(), sound(ctx, s))
}

// things makes the settings by which paths name what there is.
func things(ctx context.Context, s *stack.Stack, token string) (string, error) {
	ids := map[string]string{}
	for _, thing := range s.Seeded() {
		ids[thing.Name] = thing.ID
	}
	var made struct{ ID string }
	if err := call(ctx, s, token, http.MethodPost, "/v1/groups/"+ids["group"]+"/invites", `{"emails":["mira@example.com"]}`, &made); err != nil {
		return "", err
	}
	var members struct{ Items []struct{ ID, Role string } }
	if err := call(ctx, s, token, http.MethodGet, "/v1/groups/"+ids["group"]+"/members", "", &members); err != nil {
		return "", err
	}
	var users []string
	for _, m := range members.Items {
		users = append(users, m.ID)
	}
	return fmt.Sprintf("[parameters]\n\"path.orgId\" = %q\n\"path.groupId\" = %q\n\"path.inviteId\" = %q\n\"path.userId\" = [\"%s\"]\n",
		ids["organization"], ids["group"], made.ID, strings.Join(users, `", "`)), nil
}

func call(ctx context.Context, s *stack.Stack, token, method, path, body string, answer any) error {
	request, err := http.NewRequestWithContext(ctx, method, s.URL()+path, bytes.NewReader([]byte(body)))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s %s, %w", method, path, response.Status, text, err)
	}
	return json.Unmarshal(text, answer)
}

// sound holds the table to package check, once what follows from the last request is done.
func sound(ctx context.Context, s *stack.Stack) error {
	for try := 1; ; try++ {
		table, consistent, name := check.New(time.Now()), true, s.TableName()
		pages := dynamodb.NewScanPaginator(s.DynamoDB(), &dynamodb.ScanInput{TableName: &name, ConsistentRead: &consistent})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return err
			}
			for _, row := range page.Items {
				table.Add(row)
			}
		}
		found := table.Violations()
		switch {
		case len(found) == 0:
			fmt.Printf("%d rows, nothing is wrong with them\n", table.Rows())
			return nil
		case try == 20:
			return fmt.Errorf("the table isn't as it must be: %v", found)
		}
		time.Sleep(time.Second)
	}
}
