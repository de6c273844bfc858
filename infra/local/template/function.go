package template

import (
	"maps"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Function is a Lambda function.
type Function struct {
	LogicalID   string
	Name        string // the folder below functions/: FunctionName without the stack's name
	Environment map[string]string
	Timeout     time.Duration
	MemoryMB    int
	Policies    []Statement
	Async       AsyncInvocation
}

// Properties of functions that change nothing locally: every machine has its own processor, all of the code is built
// from the folder that the function is named after, its lines go to a file rather than to a log group, and there is one
// version of it.
var functionIgnored = []string{
	"Description", "LoggingConfig", "Runtime", "Architectures", "Handler", "CodeUri", "Tags", "Tracing",
	"AutoPublishAlias", "VersionDeletionPolicy", "DeploymentPreference", "ReservedConcurrentExecutions",
}

// readGlobals takes what Globals says of all functions.
func (l *loader) readGlobals(section *yaml.Node) Function {
	f := Function{Timeout: 3 * time.Second, MemoryMB: 128} // Lambda's own defaults
	l.known(section, "Function")
	if globals := l.field(section, "Function"); globals != nil {
		l.known(globals, append(functionIgnored, "MemorySize", "Timeout", "Environment")...)
		l.alias = l.get(globals, "AutoPublishAlias").text
		l.readSettings(&f, globals)
	}
	return f
}

func (l *loader) readFunction(t *Template, id string, properties *yaml.Node, globals Function) {
	l.known(properties, append(functionIgnored, "FunctionName", "MemorySize", "Timeout", "Environment", "Policies", "Events",
		"EventInvokeConfig")...)
	f := globals
	f.LogicalID = id
	f.Environment = maps.Clone(globals.Environment)
	l.readSettings(&f, properties)

	name, ok := strings.CutPrefix(l.functionName(id), l.stackName+"-")
	if !ok {
		l.fail(properties, "FunctionName must be ${AWS::StackName}, a hyphen and the name of the function's folder")
	}
	f.Name = name

	for _, policy := range l.get(properties, "Policies").list {
		l.knownIn(policy, "Version", "Statement")
		for _, s := range l.of(policy, "Statement").list {
			f.Policies = append(f.Policies, l.readStatement(s))
		}
	}
	f.Async = l.readAsync(l.get(properties, "EventInvokeConfig"))
	for name, event := range l.fields(l.field(properties, "Events")) {
		l.known(event, "Type", "Properties")
		switch kind := l.string(l.get(event, "Type"), "Type"); kind {
		case "HttpApi":
			t.Routes = append(t.Routes, l.readRoute(f.Name, event))
		case "DynamoDB":
			t.Streams = append(t.Streams, l.readStream(t, f.Name, event))
		case "EventBridgeRule":
			t.Rules = append(t.Rules, l.readRule(f, name, event))
		case "Schedule":
			t.Schedules = append(t.Schedules, l.readSchedule(f, name, event))
		default:
			l.fail(event, "event %s: the local stack doesn't know events of type %s", name, kind)
		}
	}
	t.Functions = append(t.Functions, f)
}

// readSettings takes what a function's own properties and Globals have in common.
func (l *loader) readSettings(f *Function, properties *yaml.Node) {
	if v := l.get(properties, "Timeout"); v.shape != absent {
		f.Timeout = time.Duration(l.number(v, "Timeout") * float64(time.Second))
	}
	if v := l.get(properties, "MemorySize"); v.shape != absent {
		f.MemoryMB = int(l.number(v, "MemorySize"))
	}
	environment := l.get(properties, "Environment")
	l.knownIn(environment, "Variables")
	for name, v := range l.of(environment, "Variables").fields {
		if f.Environment == nil {
			f.Environment = map[string]string{}
		}
		f.Environment[name] = l.string(v, name)
	}
}

func (l *loader) functionName(id string) string {
	return l.string(l.get(l.properties(id), "FunctionName"), "FunctionName")
}
