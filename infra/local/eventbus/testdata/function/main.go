// Command function is a Lambda function for tests. It writes down each event that it gets and each that it has done, in the
// file that OUT names, and does what the event's detail says.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"syscall"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
)

// note is a line of the file.
type note struct {
	Phase string // got or done
	Event json.RawMessage
}

func main() { lambda.Start(handle) }

func handle(_ context.Context, event json.RawMessage) error {
	var e struct {
		Detail struct{ Do, Once string }
	}
	if err := json.Unmarshal(event, &e); err != nil {
		return err
	}
	if err := write(note{"got", event}); err != nil {
		return err
	}
	if once := e.Detail.Once; once == "" || os.Remove(once) == nil { // or else it has been done
		switch e.Detail.Do {
		case "fail":
			return errors.New("it said no")
		case "die":
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
		case "sleep":
			time.Sleep(30 * time.Second)
		case "pause":
			time.Sleep(200 * time.Millisecond)
		}
	}
	return write(note{"done", event})
}

func write(n note) error {
	line, err := json.Marshal(n)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(os.Getenv("OUT"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(line, '\n'))
	return errors.Join(err, f.Close())
}
