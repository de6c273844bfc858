package stream

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// checkpoint is how far a mapping is on a stream.
type checkpoint struct {
	Stream         string `json:"stream"` // ARN, as the engine has it: it names one life of the table
	Shard          string `json:"shard"`
	SequenceNumber string `json:"sequenceNumber"` // empty at the beginning
}

// checkpointFile keeps a checkpoint on disk.
type checkpointFile string

func checkpointOf(dataDir, function string) checkpointFile {
	return checkpointFile(filepath.Join(dataDir, CheckpointsDir, function+".json"))
}

// load returns what is kept, and whether there is anything.
func (f checkpointFile) load() (checkpoint, bool, error) {
	text, err := os.ReadFile(string(f))
	if errors.Is(err, os.ErrNotExist) {
		return checkpoint{}, false, nil
	}
	if err != nil {
		return checkpoint{}, false, err
	}
	var c checkpoint
	if err := json.Unmarshal(text, &c); err != nil {
		return c, false, fmt.Errorf("%s isn't a checkpoint (%w): delete it to start anew", f, err)
	}
	return c, true, nil
}

// save replaces what is kept. Whenever the process ends, the file holds the old checkpoint or the new one. It isn't forced
// to disk: if the machine fails, some records come again.
func (f checkpointFile) save(c checkpoint) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	fresh := string(f) + ".new"
	if err := os.WriteFile(fresh, append(text, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(fresh, string(f))
}
