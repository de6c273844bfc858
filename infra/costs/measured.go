package main

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// use is what a function took for one operation, on the average.
type use struct {
	Invocations float64
	Calls       float64 // to DynamoDB
	Read, Write float64 // units
	CPU         float64 // microseconds of a processor
	Logged      float64 // bytes, with what CloudWatch counts for each line
}

// measured is what the local stack has shown.
type measured struct {
	Date       string
	Machine    string
	Operations map[string]map[string]use // by operation and function
	Sweep      use                       // of the mailer, of an outbox in which nothing is due
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
