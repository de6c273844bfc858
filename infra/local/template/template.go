// Package template reads the SAM template that is deployed, so that the local stack has no description of its own: its
// functions, routes, authorizer, limits, policies and table are the ones of the cloud.
//
// Load resolves parameters, rules, conditions and intrinsic functions as CloudFormation does, against names that are stable
// on every machine. Only what the local stack depends on is resolved. Nothing of that is passed over in silence: a
// property, intrinsic function or reference that isn't known is an error that names the line, since ignoring it would
// make the local stack differ from the cloud. What is knowingly left out is listed beside the code that reads its
// resource. AllowedPattern isn't applied to parameters: the patterns ask for https, which a loopback address
// doesn't speak.
package template

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Template is a resolved template. It isn't changed after Load, so any number of goroutines may read it.
type Template struct {
	StackName  string
	Functions  []Function // in the template's order
	Routes     []Route    // in the template's order
	Authorizer Authorizer
	UserPool   UserPool // without a LogicalID if there is none
	CORS       CORS
	Throttling Throttling
	Table      Table
	Streams    []StreamMapping   // in the template's order
	Rules      []Rule            // in the template's order
	Schedules  []Schedule        // in the template's order
	Secrets    map[string]string // ARN by logical id
	Queues     map[string]string // ARN by logical id
	Buses      []string          // names of event buses that functions put events on

	ConfigurationSets []ConfigurationSet // in the template's order
}

// Names that the pseudo-parameters have locally.
const (
	Region    = "local"
	AccountID = "000000000000"
	// DefaultStackName is the name of the stack, and of its table, unless Load is told otherwise.
	DefaultStackName = "local-group-invites"
)

// loader holds what a template says while it is resolved.
//
// Its methods report a fault by panicking with one, and Load turns that into its error: nearly every line here can
// fail, and each for a reason that nothing but Load's caller can do anything about.
type loader struct {
	file       string
	parameters map[string]value
	stackName  string
	tableName  string
	issuer     string // of the user pool
	alias      string // of every function
	conditions *yaml.Node
	resources  map[string]*yaml.Node
	order      []string // logical ids as written
}

type fault struct{ error }

func (l *loader) fail(n *yaml.Node, format string, arguments ...any) {
	panic(fault{fmt.Errorf("%s:%d: %s", l.file, n.Line, fmt.Sprintf(format, arguments...))})
}

// Load reads the template in the file at path. Parameters override the defaults of the template's own parameters; the
// key AWS::StackName names the stack and the logical id of the table, Table, names the table (both are
// DefaultStackName otherwise); that of the user pool, UserPool, gives its issuer. The error names the file and line, or all
// parameters that are missing or unknown.
//
// Everything that is made under these parameters is looked through: a reference to what isn't made under them is an error, as
// CloudFormation would find only when it is deployed so.
func Load(path string, parameters map[string]string) (t *Template, err error) {
	root, err := read(path)
	if err != nil {
		return nil, err
	}
	defer func() {
		switch f := recover().(type) {
		case nil:
		case fault:
			t, err = nil, f.error
		default:
			panic(f)
		}
	}()
	l := &loader{file: filepath.Base(path), resources: map[string]*yaml.Node{}}
	return l.load(root, parameters), nil
}

// read parses the file and gives its top mapping.
func read(path string) (*yaml.Node, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(document.Content) != 1 || document.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("%s: not a template", path)
	}
	return document.Content[0], nil
}

func (l *loader) load(root *yaml.Node, overrides map[string]string) *Template {
	l.known(root, "AWSTemplateFormatVersion", "Transform", "Description", "Metadata", "Parameters", "Rules", "Conditions", "Globals", "Resources", "Outputs")
	l.conditions = l.field(root, "Conditions")
	l.readParameters(l.field(root, "Parameters"), overrides)
	l.checkRules(l.field(root, "Rules"))
	l.readResources(l.field(root, "Resources"))

	t := &Template{StackName: l.stackName, Secrets: map[string]string{}, Queues: map[string]string{}}
	globals := l.readGlobals(l.field(root, "Globals"))
	for _, id := range l.order {
		switch properties := l.properties(id); l.kind(id) {
		case kindFunction:
			l.readFunction(t, id, properties, globals)
		case kindTable:
			if t.Table.LogicalID != "" {
				l.fail(l.resources[id], "a second table; the local stack has one")
			}
			t.Table = l.readTable(id, properties)
		case kindSecret:
			t.Secrets[id] = secretARN(id)
		case kindQueue:
			t.Queues[id] = l.readQueue(id, properties)
		case kindEventBus:
			t.Buses = append(t.Buses, l.readEventBus(id, properties))
		case kindConfigurationSet:
			t.ConfigurationSets = append(t.ConfigurationSets, l.readConfigurationSet(id, properties))
		case kindAPI, kindEventDestination, kindUserPool, kindUserPoolClient: // below
		default:
			l.checkLeftOut(id)
		}
	}
	for _, id := range l.order {
		if l.kind(id) == kindEventDestination {
			l.readEventDestination(t, l.properties(id))
		}
	}
	// The API last: its route settings are held against the routes that the functions declared.
	apis := 0
	for _, id := range l.order {
		if l.kind(id) == kindAPI {
			if apis++; apis > 1 {
				l.fail(l.resources[id], "a second API; the local stack has one")
			}
			l.readAPI(t, l.properties(id))
		}
	}
	l.readUserPool(t)
	l.checkReferences(root)
	if apis == 0 || t.Table.LogicalID == "" || len(t.Functions) == 0 {
		l.fail(root, "a template needs an API, a table and functions")
	}
	return t
}

// readResources keeps the resources whose condition holds.
func (l *loader) readResources(section *yaml.Node) {
	for id, n := range l.fields(section) {
		if c := l.field(n, "Condition"); c != nil && !l.namedCondition(c, c.Value) {
			continue
		}
		l.resources[id] = n
		l.order = append(l.order, id)
	}
}

func (l *loader) kind(id string) string {
	if n := l.field(l.resources[id], "Type"); n != nil {
		return n.Value
	}
	l.fail(l.resources[id], "resource %s has no Type", id)
	return ""
}

// properties are the resource's unresolved properties; an empty mapping where it has none.
func (l *loader) properties(id string) *yaml.Node {
	if n := l.field(l.resources[id], "Properties"); n != nil {
		return n
	}
	return &yaml.Node{Kind: yaml.MappingNode, Line: l.resources[id].Line}
}

// known fails at the first field of mapping n whose name isn't listed.
func (l *loader) known(n *yaml.Node, names ...string) {
	for name, v := range l.fields(n) {
		if !slices.Contains(names, name) {
			l.fail(v, "the local stack doesn't know %s", name)
		}
	}
}
