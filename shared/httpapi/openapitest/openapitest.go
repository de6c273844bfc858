// Package openapitest holds requests and answers against the API's contract, functions/web/openapi.json.
package openapitest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"group-invites/infra/local/project"
)

// ErrNoOperation: the document says nothing about a request, and the answer isn't one that tells so.
var ErrNoOperation = errors.New("no operation of the contract")

// location is what the document is called where schemas are compiled.
const location = "contract.json"

// Document is the contract. It may be used by any number of goroutines.
type Document struct {
	root    map[string]any
	schemas map[string]*jsonschema.Schema // by pointer, those of every body, parameter and header
}

// Operation is a method of a path.
type Operation struct {
	Method, Path string // the path with {parameters}
	Open         bool   // works without signing in
	pointer      string
}

// Load reads the contract of the repository that the working directory is in.
func Load() (*Document, error) {
	root, err := project.Root()
	if err != nil {
		return nil, err
	}
	return LoadFrom(root)
}

// LoadFrom reads the contract of the repository at root.
func LoadFrom(root string) (*Document, error) {
	text, err := os.ReadFile(filepath.Join(root, "functions", "web", "openapi.json"))
	if err != nil {
		return nil, err
	}
	return parse(text)
}

func parse(text []byte) (*Document, error) {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	root, ok := value.(map[string]any)
	if !ok {
		return nil, errors.New("the document is not an object")
	}
	closeObjects(root)
	d := &Document{root: root, schemas: map[string]*jsonschema.Schema{}}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource(location, root); err != nil {
		return nil, err
	}
	for _, pointer := range d.schemaPointers() {
		if d.schemas[pointer], err = compiler.Compile(location + "#" + (&url.URL{Path: pointer}).EscapedPath()); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// closeObjects makes every object of a schema one without further fields. The contract allows that answers gain some; but then they are to
// be in the document.
func closeObjects(value any) {
	switch v := value.(type) {
	case map[string]any:
		_, hasProperties := v["properties"].(map[string]any)
		if _, said := v["additionalProperties"]; v["type"] == "object" && hasProperties && !said {
			v["additionalProperties"] = false
		}
		for _, below := range v {
			closeObjects(below)
		}
	case []any:
		for _, below := range v {
			closeObjects(below)
		}
	}
}

// schemaPointers finds the schemas of bodies, parameters and headers, wherever they stand, and those with names.
func (d *Document) schemaPointers() (pointers []string) {
	d.walk("", d.root, func(pointer string, object map[string]any) {
		if _, ok := object["schema"]; ok {
			pointers = append(pointers, pointer+"/schema")
		}
	})
	for name := range asObject(d.at("/components/schemas")) {
		pointers = append(pointers, "/components/schemas/"+token(name))
	}
	return pointers
}

// walk visits every object of the document, but not what is in examples.
func (d *Document) walk(pointer string, value any, visit func(string, map[string]any)) {
	switch v := value.(type) {
	case map[string]any:
		visit(pointer, v)
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if name != "example" && name != "examples" {
				d.walk(pointer+"/"+token(name), v[name], visit)
			}
		}
	case []any:
		for i, below := range v {
			d.walk(pointer+"/"+strconv.Itoa(i), below, visit)
		}
	}
}

// token writes a name as a part of a JSON pointer (RFC 6901).
func token(name string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(name) }

// at gives what a pointer points to, or nil.
func (d *Document) at(pointer string) any {
	var value any = d.root
	for _, part := range strings.Split(pointer, "/")[1:] {
		part = strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
		switch v := value.(type) {
		case map[string]any:
			value = v[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}

// object gives the object that a pointer points to, and where it really stands: references are followed.
func (d *Document) object(pointer string) (string, map[string]any) {
	object := asObject(d.at(pointer))
	if to, ok := object["$ref"].(string); ok {
		return d.object(strings.TrimPrefix(to, "#"))
	}
	return pointer, object
}

func asObject(value any) map[string]any {
	object, _ := value.(map[string]any)
	return object
}

// Operations lists the operations, by path and method.
func (d *Document) Operations() (all []Operation) {
	paths := asObject(d.at("/paths"))
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		for _, name := range slices.Sorted(maps.Keys(asObject(paths[path]))) {
			if name == "parameters" {
				continue
			}
			pointer := "/paths/" + token(path) + "/" + name
			security, said := d.at(pointer + "/security").([]any)
			all = append(all, Operation{Method: strings.ToUpper(name), Path: path, Open: said && len(security) == 0, pointer: pointer})
		}
	}
	return all
}

// find gives the operation that a request is for.
func (d *Document) find(method, path string) (Operation, bool) {
	segments := strings.Split(path, "/")
	for _, o := range d.Operations() {
		if o.Method == method && slices.EqualFunc(strings.Split(o.Path, "/"), segments, func(part, segment string) bool {
			return part == segment || strings.HasPrefix(part, "{") && segment != ""
		}) {
			return o, true
		}
	}
	return Operation{}, false
}

// Codes gives the codes of problems, each with the statuses that answers with it have.
func (d *Document) Codes() map[string][]int {
	codes := map[string][]int{}
	if listed, ok := d.at("/components/schemas/Problem/properties/code/enum").([]any); ok {
		for _, code := range listed {
			codes[fmt.Sprint(code)] = nil
		}
	}
	for name := range asObject(d.at("/components/responses")) {
		schema := "/components/responses/" + token(name) + "/content/application~1problem+json/schema/properties"
		listed, _ := d.at(schema + "/code/enum").([]any)
		for _, code := range listed {
			status, err := strconv.Atoi(fmt.Sprint(d.at(schema + "/status/const")))
			if err == nil && !slices.Contains(codes[fmt.Sprint(code)], status) {
				codes[fmt.Sprint(code)] = append(codes[fmt.Sprint(code)], status)
			}
		}
	}
	return codes
}

// Exchange is a request and its answer.
type Exchange struct {
	Method string
	Path   string // as it was sent, perhaps with a query
	Sent   []byte // the body of the request
	Status int
	Header http.Header
	Body   []byte
}

// Check tells what in an exchange is not as the contract has it: a status or a type of body that the operation doesn't list, a body that
// isn't of the schema, a header that is missing. What the gateway itself refuses may come to any request. The body of a request
// is looked at only if the request succeeded.
func (d *Document) Check(e Exchange) error {
	if err := d.check(e); err != nil {
		return fmt.Errorf("%s %s, answered %d %.300s: %w", e.Method, e.Path, e.Status, e.Body, err)
	}
	return nil
}

func (d *Document) check(e Exchange) error {
	media := ""
	if kind := e.Header.Get("Content-Type"); kind != "" {
		var err error
		if media, _, err = mime.ParseMediaType(kind); err != nil {
			return err
		}
	}
	if e.Status >= 400 && media == "application/json" {
		return d.validate("/components/schemas/GatewayRefusal", e.Body)
	}
	path, _, _ := strings.Cut(e.Path, "?")
	operation, found := d.find(e.Method, path)
	response := operation.pointer + "/responses/" + strconv.Itoa(e.Status)
	if !found {
		switch e.Status {
		case http.StatusNotFound:
			response = "/components/responses/NotFound"
		case http.StatusMethodNotAllowed:
			response = "/components/responses/MethodNotAllowed"
		default:
			return ErrNoOperation
		}
	}
	pointer, described := d.object(response)
	if described == nil {
		return errors.New("the operation doesn't list this status")
	}
	return errors.Join(d.checkSent(operation, e), d.checkHeaders(pointer, e.Header), d.checkBody(pointer, media, e))
}

// checkSent holds the body of a request that succeeded against the operation's schema.
func (d *Document) checkSent(o Operation, e Exchange) error {
	pointer, described := d.object(o.pointer + "/requestBody")
	if e.Status >= 300 || described == nil || len(e.Sent) == 0 {
		return nil
	}
	err := error(nil)
	if content := pointer + "/content/application~1x-www-form-urlencoded"; d.at(content) != nil {
		err = d.validateForm(content+"/schema", e.Sent)
	} else {
		err = d.validate(pointer+"/content/application~1json/schema", e.Sent)
	}
	if err != nil {
		return fmt.Errorf("the request: %w", err)
	}
	return nil
}

// validateForm holds the fields of a form against the schema at a pointer.
func (d *Document) validateForm(pointer string, text []byte) error {
	values, err := url.ParseQuery(string(text))
	if err != nil {
		return err
	}
	form := map[string]any{}
	for name := range values {
		form[name] = values.Get(name)
	}
	return d.validateValue(pointer, form)
}

func (d *Document) checkHeaders(response string, got http.Header) error {
	var faults []error
	for name := range asObject(d.at(response + "/headers")) {
		pointer, described := d.object(response + "/headers/" + token(name))
		value := got.Get(name)
		switch {
		case value != "":
			if err := d.validateText(pointer+"/schema", value); err != nil {
				faults = append(faults, fmt.Errorf("header %s: %w", name, err))
			}
		case described["required"] == true:
			faults = append(faults, fmt.Errorf("no header %s", name))
		}
	}
	return errors.Join(faults...)
}

func (d *Document) checkBody(response, media string, e Exchange) error {
	content := asObject(d.at(response + "/content"))
	switch {
	case e.Method == http.MethodHead:
		return nil
	case len(content) == 0 && len(e.Body) > 0:
		return errors.New("the answer has a body")
	case len(content) == 0:
		return nil
	case content[media] == nil:
		return fmt.Errorf("the operation doesn't list an answer of type %q", media)
	}
	if strings.HasPrefix(media, "text/") {
		return d.validateText(response+"/content/"+token(media)+"/schema", string(e.Body))
	}
	return d.validate(response+"/content/"+token(media)+"/schema", e.Body)
}

// validate holds JSON against the schema at a pointer.
func (d *Document) validate(pointer string, text []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return d.validateValue(pointer, value)
}

// validateText holds the text of a header or a parameter against the schema at a pointer.
func (d *Document) validateText(pointer, text string) error {
	if _, schema := d.object(pointer); schema["type"] == "integer" {
		return d.validateValue(pointer, json.Number(text))
	}
	return d.validateValue(pointer, text)
}

func (d *Document) validateValue(pointer string, value any) error {
	schema := d.schemas[pointer]
	if schema == nil {
		return fmt.Errorf("no schema at %s", pointer)
	}
	return schema.Validate(value)
}

// CheckExamples holds every example against the schema that it stands beside, and says how many there are.
func (d *Document) CheckExamples() (n int, err error) {
	var faults []error
	d.walk("", d.root, func(pointer string, object map[string]any) {
		if object["schema"] == nil {
			return
		}
		examples := map[string]any{}
		if example, ok := object["example"]; ok {
			examples["example"] = example
		}
		for name, example := range asObject(object["examples"]) {
			examples[name] = asObject(example)["value"]
		}
		for name, value := range examples {
			n++
			if err := d.validateValue(pointer+"/schema", value); err != nil {
				faults = append(faults, fmt.Errorf("%s, %s: %w", pointer, name, err))
			}
		}
	})
	return n, errors.Join(faults...)
}
