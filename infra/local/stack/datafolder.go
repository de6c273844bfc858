package stack

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"group-invites/infra/local/eventbus"
	"group-invites/infra/local/filelock"
	"group-invites/infra/local/putevents"
	"group-invites/infra/local/queue"
	"group-invites/infra/local/ses"
	"group-invites/infra/local/stream"
)

// DefaultDataDir is the data folder below the repository unless another is chosen.
const DefaultDataDir = ".local/data"

const (
	lockFile  = "stack.lock"
	stateFile = "stack.json"
)

// kept are the patterns of all names that a stack makes in its data folder. Reset removes nothing else.
var kept = []string{"table.db*", "issuer.pem", "logs", ses.MailsDir, eventbus.Dir, putevents.Dir, stream.CheckpointsDir, queue.Dir, stateFile, lockFile}

// State is what a running stack says of itself in its data folder, for commands that want to use it.
type State struct {
	URL            string            `json:"url"`
	AWSEndpoint    string            `json:"awsEndpoint"`
	EngineEndpoint string            `json:"engineEndpoint"` // past the AWS endpoint: no policy, no count
	TableName      string            `json:"tableName"`
	KeyRing        string            `json:"keyRing"` // ARN of the secret
	Parameters     map[string]string `json:"parameters,omitempty"`
	PID            int               `json:"pid"`
}

// dataFolder is the data folder while this process holds its lock.
type dataFolder struct {
	dir     string
	release func()
}

// openDataFolder makes the folder where it is missing, and locks it.
func openDataFolder(dir string) (*dataFolder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	release, err := filelock.Try(filepath.Join(dir, lockFile))
	if errors.Is(err, filelock.ErrHeld) {
		if state, err := readState(dir); err == nil {
			return nil, fmt.Errorf("a stack already runs on %s: %s, process %d. Stop it, or choose another folder with DATA_DIR= and another port with PORT=", dir, state.URL, state.PID)
		}
		return nil, fmt.Errorf("another process uses %s. Stop it, or choose another folder with DATA_DIR=", dir)
	}
	if err != nil {
		return nil, err
	}
	return &dataFolder{dir, release}, nil
}

func (d *dataFolder) path(name string) string { return filepath.Join(d.dir, name) }

func (d *dataFolder) writeState(s State) error {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(d.path(stateFile), append(text, '\n'), 0o600)
}

func (d *dataFolder) removeState() { os.Remove(d.path(stateFile)) }

func readState(dir string) (State, error) {
	text, err := os.ReadFile(filepath.Join(dir, stateFile))
	if err != nil {
		return State{}, err
	}
	var s State
	return s, json.Unmarshal(text, &s)
}

// Running tells whether a stack serves on this data folder, and what it says of itself.
func Running(dir string) (State, bool) {
	release, err := filelock.Try(filepath.Join(dir, lockFile))
	if err == nil {
		release() // whatever the state file says, its process has ended
	}
	if !errors.Is(err, filelock.ErrHeld) {
		return State{}, false
	}
	s, err := readState(dir)
	return s, err == nil
}

// Reset removes all that stacks have left in the data folder, and the folder if nothing else is in it. It refuses while
// one runs on it.
func Reset(dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	folder, err := openDataFolder(dir)
	if err != nil {
		return err
	}
	defer folder.release()
	for _, pattern := range kept {
		matches, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return err
		}
		for _, m := range matches {
			if err := os.RemoveAll(m); err != nil {
				return err
			}
		}
	}
	os.Remove(dir) // stays if it holds something of somebody else
	return nil
}
