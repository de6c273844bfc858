package main

import (
	"encoding/json"
	"os"
	"path/filepath"

	"group-invites/infra/meter"
)

// measured is what the local stack has shown.
type measured struct {
	Date       string
	Machine    string
	Operations map[string]map[string]meter.Use // by operation and function
	Sweep      meter.Use                       // of the mailer, of an outbox in which nothing is due
}

// fileOf is where it is kept below root.
func fileOf(root string) string { return filepath.Join(root, "infra", "costs", "measured.json") }

func readMeasured(root string) (measured, error) {
	text, err := os.ReadFile(fileOf(root))
	if err != nil {
		return measured{}, err
	}
	var m measured
	return m, json.Unmarshal(text, &m)
}

func (m measured) write(root string) error {
	text, err := json.MarshalIndent(m, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(fileOf(root), append(text, '\n'), 0o644)
}
