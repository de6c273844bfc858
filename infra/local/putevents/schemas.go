package putevents

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schema is that of the detail of one type.
type schema struct {
	text     []byte
	compiled *jsonschema.Schema
	fields   map[string]json.RawMessage
}

// schemas are by type.
type schemas map[string]schema

func readSchemas(folder string) (schemas, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return nil, err
	}
	all := schemas{}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		s := schema{text: text}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		const address = "urn:group-invites:" // else the file's is made up, and shown
		if err := compiler.AddResource(address+name, document); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if s.compiled, err = compiler.Compile(address + name); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		var parts struct{ Properties map[string]json.RawMessage }
		if err := json.Unmarshal(text, &parts); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		s.fields = parts.Properties
		all[name] = s
	}
	return all, nil
}

// check tells what about an event isn't as its schema has it, or must not be in any event. The schemas let fields through that they don't name,
// since readers must; what is put here is to have none.
func (all schemas) check(detailType string, detail []byte) error {
	s, ok := all[detailType]
	if !ok {
		return fmt.Errorf("there is no schema of %s", detailType)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(detail))
	if err != nil {
		return err
	}
	faults := []error{s.compiled.Validate(document)}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(detail, &fields); err != nil {
		return err
	}
	for name := range fields {
		if s.fields[name] == nil {
			faults = append(faults, fmt.Errorf("the schema has no field %s", name))
		}
	}
	if m := telling.Find(detail); m != nil {
		faults = append(faults, fmt.Errorf("%q may be a code, an address of a page or of a mailbox", m))
	}
	return errors.Join(faults...)
}

// telling is what no event may hold: addresses of mailboxes and pages, and what is as long as a code of a link.
var telling = regexp.MustCompile(`[^"\s]*@[^"\s]*|[a-z]+://[^"\s]*|[A-Za-z0-9_-]{44,}`)
