package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"group-invites/infra/local/child"
	"group-invites/infra/local/engine"
)

// leastJava is the version of Java that DynamoDB Local 2 needs.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DynamoDBLocal.DownloadingAndRunning.html
const leastJava = 17

var javaVersion = regexp.MustCompile(`version "(\d+)`)

// findJava gives the path of a Java that is new enough.
func findJava(ctx context.Context) (string, error) {
	missing := fmt.Errorf("DynamoDB Local needs Java %d or later on PATH (Debian: openjdk-17-jre-headless)", leastJava)
	java, err := exec.LookPath("java")
	if err != nil {
		return "", fmt.Errorf("%w: there is none", missing)
	}
	says, err := exec.CommandContext(ctx, java, "-version").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s -version: %v", missing, java, err)
	}
	return java, newEnough(says, missing)
}

// newEnough reads what `java -version` says. Old ones call themselves 1.8 and the like.
func newEnough(says []byte, missing error) error {
	found := javaVersion.FindSubmatch(says)
	if found == nil {
		return fmt.Errorf("%w: what is there says %q", missing, says)
	}
	if major, err := strconv.Atoi(string(found[1])); err != nil || major < leastJava {
		return fmt.Errorf("%w: what is there is %s", missing, found[1])
	}
	return nil
}

// local is a running DynamoDB Local.
type local struct {
	process  *child.Process
	endpoint string
}

// startWithin is how long it may take to answer, on a machine that does much else.
const startWithin = time.Minute

// start starts DynamoDB Local out of the folder, in memory. All clients see the same tables, whatever their credentials are: functions have others
// than tests.
func start(ctx context.Context, java, folder string) (*local, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	port := strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
	listener.Close()
	cmd := exec.Command(java, "-Djava.library.path="+folder, "-cp", filepath.Join(folder, "*"),
		"com.amazonaws.services.dynamodbv2.local.main.ServerRunner", "-inMemory", "-sharedDb", "-disableTelemetry", "-port", port)
	cmd.Env = []string{}
	var says bytes.Buffer
	cmd.Stdout, cmd.Stderr = &says, &says
	l := &local{endpoint: "http://127.0.0.1:" + port}
	if l.process, err = child.Start(cmd); err != nil {
		return nil, err
	}
	client := engine.Client(l.endpoint)
	for deadline := time.Now().Add(startWithin); ; time.Sleep(100 * time.Millisecond) {
		if _, err = client.ListTables(ctx, &dynamodb.ListTablesInput{}); err == nil {
			return l, nil
		}
		select {
		case <-l.process.Done():
			return nil, fmt.Errorf("DynamoDB Local ended: %s", says.Bytes())
		default:
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			l.process.Kill()
			return nil, errors.Join(errors.New("DynamoDB Local doesn't answer"), err)
		}
	}
}
