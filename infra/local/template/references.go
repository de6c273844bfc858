package template

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Types of resources that the local stack runs or that its functions may refer to.
const (
	kindFunction = "AWS::Serverless::Function"
	kindAPI      = "AWS::Serverless::HttpApi"
	kindTable    = "AWS::DynamoDB::Table"
	kindSecret   = "AWS::SecretsManager::Secret"
	kindLogGroup = "AWS::Logs::LogGroup"
	kindQueue    = "AWS::SQS::Queue"
	kindEventBus = "AWS::Events::EventBus"

	kindConfigurationSet = "AWS::SES::ConfigurationSet"
	kindEventDestination = "AWS::SES::ConfigurationSetEventDestination"

	kindUserPool       = "AWS::Cognito::UserPool"
	kindUserPoolClient = "AWS::Cognito::UserPoolClient"
	kindUserPoolDomain = "AWS::Cognito::UserPoolDomain"
)

// leftOut are the types of resources that change nothing locally: lines of functions go to files, nobody watches this stack but the one who
// runs it, it has no name but its address, and the issuer knows but one scope and shows a page of its own.
var leftOut = []string{
	kindLogGroup, "AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard", "AWS::Logs::QueryDefinition", "AWS::SNS::Topic", "AWS::SQS::QueuePolicy",
	kindUserPoolDomain, "AWS::Cognito::UserPoolResourceServer", "AWS::Cognito::ManagedLoginBranding", "AWS::Lambda::Permission",
	"AWS::CertificateManager::Certificate", "AWS::ApiGatewayV2::DomainName", "AWS::ApiGatewayV2::ApiMapping", "AWS::Route53::RecordSetGroup",
	"AWS::SES::EmailIdentity",
}

// checkLeftOut fails at a resource of a type that nobody has thought about.
func (l *loader) checkLeftOut(id string) {
	if kind := l.kind(id); !slices.Contains(leftOut, kind) {
		l.fail(l.resources[id], "the local stack doesn't know resources of type %s", kind)
	}
}

// ref is what Ref yields for a pseudo-parameter, a parameter or a resource.
func (l *loader) ref(n *yaml.Node, name string) value {
	switch name {
	case "AWS::StackName":
		return scalar(n, l.stackName)
	case "AWS::Region":
		return scalar(n, Region)
	case "AWS::AccountId":
		return scalar(n, AccountID)
	case "AWS::Partition":
		return scalar(n, "aws")
	case "AWS::URLSuffix":
		return scalar(n, "amazonaws.com")
	case "AWS::NoValue":
		return value{node: n}
	}
	if v, ok := l.parameters[name]; ok {
		v.node = n
		return v
	}
	if id, ok := strings.CutSuffix(name, aliasSuffix); ok && l.resources[id] != nil && l.kind(id) == kindFunction {
		return scalar(n, l.aliasARN(id))
	}
	if l.resources[name] == nil {
		l.fail(n, "%s is neither a parameter nor a resource", name)
	}
	switch kind := l.kind(name); kind {
	case kindTable:
		return scalar(n, l.tableName)
	case kindSecret:
		return scalar(n, secretARN(name))
	case kindFunction:
		return scalar(n, l.functionName(name))
	case kindAPI:
		return scalar(n, "local")
	case kindQueue:
		return scalar(n, l.queueURL(name))
	case kindConfigurationSet:
		return scalar(n, l.configurationSetName(name))
	case kindUserPool:
		return scalar(n, userPoolID(name))
	case kindUserPoolClient:
		return scalar(n, l.clientID(name))
	case kindUserPoolDomain:
		return scalar(n, l.string(l.get(l.properties(name), "Domain"), "Domain"))
	case kindEventBus:
		return scalar(n, l.busName(name))
	default:
		l.fail(n, "the local stack gives no name to %s, of type %s", name, kind)
		return value{}
	}
}

// attribute is what GetAtt yields.
func (l *loader) attribute(n *yaml.Node, resource, attribute string) string {
	if l.resources[resource] == nil {
		l.fail(n, "%s isn't a resource", resource)
	}
	switch l.kind(resource) + "." + attribute {
	case kindTable + ".Arn":
		return l.tableARN()
	case kindTable + ".StreamArn":
		if l.field(l.properties(resource), "StreamSpecification") == nil {
			l.fail(n, "%s has no StreamSpecification, and so no stream", resource)
		}
		return l.tableARN() + "/stream/" + streamLabel
	case kindQueue + ".Arn":
		return l.queueARN(resource)
	case kindQueue + ".QueueName":
		return l.queueName(resource)
	case kindEventBus + ".Arn":
		return BusARN(l.busName(resource))
	case kindEventBus + ".Name":
		return l.busName(resource)
	case kindFunction + ".Arn":
		return FunctionARN(l.functionName(resource))
	case kindUserPool + ".ProviderURL":
		return l.userPoolIssuer(resource)
	}
	l.fail(n, "the local stack doesn't know the attribute %s of %s", attribute, resource)
	return ""
}

// FunctionARN is the ARN of the function with this name.
func FunctionARN(name string) string {
	return "arn:aws:lambda:" + Region + ":" + AccountID + ":function:" + name
}

// aliasSuffix is what SAM takes, after a function's logical id, for the alias that AutoPublishAlias makes.
const aliasSuffix = ".Alias"

func (l *loader) aliasARN(id string) string {
	return FunctionARN(l.functionName(id)) + ":" + l.alias
}

func (l *loader) tableARN() string {
	return "arn:aws:dynamodb:" + Region + ":" + AccountID + ":table/" + l.tableName
}

func secretARN(id string) string {
	return "arn:aws:secretsmanager:" + Region + ":" + AccountID + ":secret:" + id
}
