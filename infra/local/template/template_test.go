package template_test

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"group-invites/infra/local/engine"
	"group-invites/infra/local/project"
	"group-invites/infra/local/template"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

func deployed(t *testing.T, parameters map[string]string) *template.Template {
	t.Helper()
	root, err := project.Root()
	if err != nil {
		t.Fatal(err)
	}
	tmpl, err := template.Load(filepath.Join(root, "template.yaml"), parameters)
	if err != nil {
		t.Fatal(err)
	}
	return tmpl
}

func local() map[string]string {
	return map[string]string{
		"PublicBaseUrl": "http://127.0.0.1:8080", "OidcIssuer": "http://127.0.0.1:8080/dev/oidc", "OidcAudience": "local,second", "OidcClientId": "web",
		"MailFromAddress": "invites@example.com", "MailIdentity": "example.com",
	}
}

func TestLoad_DeployedTemplate(t *testing.T) {
	tmpl := deployed(t, local())

	names := map[string]template.Function{}
	for _, f := range tmpl.Functions {
		names[f.Name] = f
	}
	create, ok := names["create-invite"]
	if !ok || create.LogicalID != "CreateInvite" || create.Timeout != 10*time.Second || create.MemoryMB != 256 {
		t.Errorf("create-invite = %+v", create)
	}
	for name, want := range map[string]string{
		"TABLE_NAME":         "local-group-invites",
		"STACK_NAME":         "local-group-invites",
		"PUBLIC_BASE_URL":    "http://127.0.0.1:8080",
		"KEY_RING_SECRET_ID": "arn:aws:secretsmanager:local:000000000000:secret:KeyRing",
		"RETENTION_DAYS":     "30",
		"AWS_ENDPOINT_URL":   "",
	} {
		if got, ok := create.Environment[name]; !ok || got != want {
			t.Errorf("create-invite has %s=%q (%v), want %q", name, got, ok, want)
		}
	}
	statement := slices.IndexFunc(names["list-invites"].Policies, func(s template.Statement) bool { return s.Sid == "ListOwn" })
	if statement < 0 {
		t.Fatal("list-invites has no statement ListOwn")
	}
	own := names["list-invites"].Policies[statement]
	if own.Effect != "Allow" || !slices.Equal(own.Actions, []string{"dynamodb:Query"}) ||
		!slices.Equal(own.Resources, []string{"arn:aws:dynamodb:local:000000000000:table/local-group-invites/index/lists"}) {
		t.Errorf("ListOwn = %+v", own)
	}

	routes := map[string]template.Route{}
	for _, r := range tmpl.Routes {
		routes[r.Key()] = r
	}
	if r := routes["POST /v1/invites/preview"]; r.Function != "preview-invite" || !r.Open || r.Scopes != nil {
		t.Errorf("preview route = %+v, want an open one", r)
	}
	if r := routes["POST /v1/groups/{groupId}/invites"]; r.Function != "create-invite" || r.Open || !slices.Equal(r.Scopes, []string{"group-invites/use"}) {
		t.Errorf("create route = %+v", r)
	}
	if r, ok := routes[template.DefaultRoute]; !ok || !r.Open {
		t.Errorf("$default route = %+v", r)
	}
	if a := tmpl.Authorizer; a.Issuer != "http://127.0.0.1:8080/dev/oidc" || !slices.Equal(a.Audiences, []string{"local", "second"}) {
		t.Errorf("authorizer = %+v", a)
	}
	if c := tmpl.CORS; !slices.Equal(c.AllowOrigins, []string{"http://127.0.0.1:8080"}) || c.MaxAge != 10*time.Minute {
		t.Errorf("CORS = %+v, want PublicBaseUrl alone where AllowedOrigins is empty", c)
	}
	if d := tmpl.Throttling.Default; d.Rate != 1000 || d.Burst != 2000 {
		t.Errorf("default throttle = %+v", d)
	}
	if p := tmpl.Throttling.Routes["POST /v1/invites/preview"]; p.Rate != 200 || p.Burst != 400 {
		t.Errorf("preview throttle = %+v", p)
	}
}

func TestLoad_ParametersReachEverythingThatRefersToThem(t *testing.T) {
	parameters := local()
	parameters["AllowedOrigins"] = "http://127.0.0.1:8080, http://localhost:8080"
	parameters["AWS::StackName"] = "mine"
	parameters["Table"] = "mine-table"
	tmpl := deployed(t, parameters)
	if want := []string{"http://127.0.0.1:8080", "http://localhost:8080"}; !slices.Equal(tmpl.CORS.AllowOrigins, want) {
		t.Errorf("origins = %q, want %q", tmpl.CORS.AllowOrigins, want)
	}
	f := tmpl.Functions[0]
	if tmpl.StackName != "mine" || f.Environment["TABLE_NAME"] != "mine-table" || tmpl.Table.Name != "mine-table" || strings.Contains(f.Name, "mine") {
		t.Errorf("stack %q, function %q with table %q", tmpl.StackName, f.Name, f.Environment["TABLE_NAME"])
	}
	if resource := f.Policies[0].Resources[0]; resource != "arn:aws:dynamodb:local:000000000000:table/mine-table" {
		t.Errorf("the policy is for %s", resource)
	}
}

func TestTable_IsWhatTheEngineCreates(t *testing.T) {
	e, err := engine.Start(t.Context(), engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Stop()
	tmpl := deployed(t, local())
	c := engine.Client(e.Endpoint())
	if _, err := c.CreateTable(t.Context(), tmpl.Table.CreateTableInput("some-name")); err != nil {
		t.Fatal(err)
	}
	out, err := c.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String("some-name")})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(out.Table.GlobalSecondaryIndexes); n != 1 || aws.ToString(out.Table.GlobalSecondaryIndexes[0].IndexName) != "lists" {
		t.Errorf("%d indexes", n)
	}
	if out.Table.StreamSpecification == nil || tmpl.Table.TTLAttribute != "ttl" {
		t.Errorf("stream %v, TTL attribute %q", out.Table.StreamSpecification, tmpl.Table.TTLAttribute)
	}
}

// minimal is a template with one function, into which the tests put what they try.
const minimal = `
Parameters:
  Given: { Type: String }
  Listed: { Type: CommaDelimitedList, Default: "a, b,c" }
  Count: { Type: Number, Default: 3, MinValue: 1, MaxValue: 5 }
  Word: { Type: String, Default: "no", AllowedValues: ["yes", "no"] }
Conditions:
  Yes: !Equals [!Ref Word, "no"]
  No: !Not [!Condition Yes]
  Both: !And [!Condition Yes, !Not [{ Condition: No }]]
  Either: !Or [!Condition No, Fn::Equals: [a, b]]
Resources:
  Dropped: { Type: AWS::SecretsManager::Secret, Condition: No }
  Ring: { Type: AWS::SecretsManager::Secret }
  Topic: { Type: AWS::SNS::Topic }
  Failures: { Type: AWS::SQS::Queue, Properties: { MessageRetentionPeriod: 1209600 } }
  Named: { Type: AWS::SQS::Queue, Properties: { QueueName: !Sub "${AWS::StackName}-named" } }
  Table:
    Type: AWS::DynamoDB::Table
    Properties: { BillingMode: PAY_PER_REQUEST }
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth: { DefaultAuthorizer: A, Authorizers: { A: { IdentitySource: $request.header.Authorization, JwtConfiguration: { issuer: i, audience: [a] } } } }
      DefaultRouteSettings: { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1 }
  F:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: !Sub "${AWS::StackName}-f"
      Environment:
        Variables:
          X: EXPRESSION
`

func load(t *testing.T, text string, parameters map[string]string) (*template.Template, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "template.yaml")
	write(t, file, text)
	return template.Load(file, parameters)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestLoad_Intrinsics(t *testing.T) {
	for expression, want := range map[string]string{
		`!Ref Given`:                     "g",
		`{ Ref: Given }`:                 "g",
		`!Ref AWS::Region`:               "local",
		`!Ref AWS::AccountId`:            "000000000000",
		`!Ref Ring`:                      "arn:aws:secretsmanager:local:000000000000:secret:Ring",
		`!Ref Table`:                     "local-group-invites",
		`!Ref F`:                         "local-group-invites-f",
		`!GetAtt Table.Arn`:              "arn:aws:dynamodb:local:000000000000:table/local-group-invites",
		`!Ref Failures`:                  "https://sqs.local.amazonaws.com/000000000000/Failures",
		`!GetAtt Failures.Arn`:           "arn:aws:sqs:local:000000000000:Failures",
		`!GetAtt Named.Arn`:              "arn:aws:sqs:local:000000000000:local-group-invites-named",
		`!GetAtt Named.QueueName`:        "local-group-invites-named",
		`{ "Fn::GetAtt": [Table, Arn] }`: "arn:aws:dynamodb:local:000000000000:table/local-group-invites",
		`!Sub "${AWS::Partition}-${Given}-${Table.Arn}"`:     "aws-g-arn:aws:dynamodb:local:000000000000:table/local-group-invites",
		`!Sub "${!Given} ${AWS::URLSuffix}"`:                 "${Given} amazonaws.com",
		`!Sub ["${Own}/${Given}", { Own: !Ref Count }]`:      "3/g",
		`{ "Fn::Sub": "x${Given}" }`:                         "xg",
		`!Join ["+", !Ref Listed]`:                           "a+b+c",
		`!Join ["", [a, !Ref AWS::NoValue, c]]`:              "ac",
		`!Select [1, !Ref Listed]`:                           "b",
		`!Select [2, !Split ["/", "x/y/z"]]`:                 "z",
		`!If [Yes, then, else]`:                              "then",
		`!If [No, then, !If [Both, { Ref: Given }, wrong]]`:  "g",
		`!If [Either, then, else]`:                           "else",
		`{ "Fn::If": [Yes, !Join ["", [x, y]], !Ref Count]}`: "xy",
	} {
		tmpl, err := load(t, strings.Replace(minimal, "EXPRESSION", expression, 1), map[string]string{"Given": "g"})
		if err != nil {
			t.Errorf("%s: %v", expression, err)
		} else if got := tmpl.Functions[0].Environment["X"]; got != want {
			t.Errorf("%s = %q, want %q", expression, got, want)
		}
	}
}

func TestLoad_Rules(t *testing.T) {
	with := func(rule string) string {
		return "Rules:\n  R: " + rule + "\n" + strings.Replace(minimal, "EXPRESSION", "x", 1)
	}
	for rule, want := range map[string]string{
		`{ Assertions: [{ Assert: !Equals [!Ref Given, g] }] }`:                                                                         "",
		`{ Assertions: [{ Assert: !Equals [!Ref Given, h], AssertDescription: Given is h. }] }`:                                         "template.yaml:2: rule R: Given is h.",
		`{ RuleCondition: !Equals [!Ref Word, "yes"], Assertions: [{ Assert: !Equals [!Ref Given, h] }] }`:                              "",
		`{ RuleCondition: !Equals [!Ref Word, "no"], Assertions: [{ Assert: !Not [!Contains [[f, g], !Ref Given]] }] }`:                 "rule R",
		`{ Assertions: [{ Assert: !Contains [!Ref Listed, b] }, { Assert: { "Fn::Contains": [[x], y] }, AssertDescription: second }] }`: "rule R: second",
		`{ Assertions: [{ Assert: !EachMemberIn [[a], !Ref Listed] }] }`:                                                                "not a condition",
		`{ Assertions: [{ AssertDescription: nothing }] }`:                                                                              "rule R asserts nothing",
		`{ RuleCondition: !Equals [a, a] }`:                                                                                             "rule R has no list of Assertions",
		`{ Conditions: [] }`:                                                                                                            "doesn't know Conditions",
	} {
		_, err := load(t, with(rule), map[string]string{"Given": "g"})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", rule, err, want)
		}
	}
}

// TestLoad_DeployedRules: nobody deploys to prod what nobody is told of, or what forgets within days.
func TestLoad_DeployedRules(t *testing.T) {
	root, err := project.Root()
	if err != nil {
		t.Fatal(err)
	}
	for overrides, want := range map[string]string{
		"Stage=staging": "",
		"Stage=prod":    "needs AlarmTopicArn",
		"Stage=prod AlarmTopicArn=arn:aws:sns:eu-west-1:000000000000:alarms LogRetentionDays=14": "keeps its logs for 30 days",
		"Stage=prod AlarmTopicArn=arn:aws:sns:eu-west-1:000000000000:alarms":                     "",
	} {
		parameters := local()
		for _, override := range strings.Fields(overrides) {
			name, value, _ := strings.Cut(override, "=")
			parameters[name] = value
		}
		_, err := template.Load(filepath.Join(root, "template.yaml"), parameters)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", overrides, err, want)
		}
	}
}

// TestLoad_RefusesWhatRefersToNothing: a reference to a resource that isn't made under these parameters, also where the local stack has no use for
// what refers to it. What is in the branch of a condition that doesn't hold refers to nothing.
func TestLoad_RefusesWhatRefersToNothing(t *testing.T) {
	const dropped = "Dropped is neither a parameter nor a resource"
	for added, want := range map[string]string{
		`  G: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: !Ref Dropped } }`:                                                   dropped,
		`  G: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: !GetAtt Dropped.Arn } }`:                                            dropped,
		`  G: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: { "Fn::GetAtt": [Dropped, Arn] } } }`:                               dropped,
		`  G: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: !Sub "a-${Dropped.Arn}" } }`:                                        dropped,
		`  G: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: !Sub ["a-${Own}", { Own: !Ref Dropped }] } }`:                       dropped,
		`  G: { Type: AWS::Logs::LogGroup, Properties: { Tags: [a, !Join ["", [!Ref Dropped]]] } }`:                                        dropped,
		`  G: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: !If [Yes, !Ref Dropped, b] } }`:                                     dropped,
		`  G: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: !If [No, !Ref Dropped, b] } }`:                                      "",
		`  G: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: !Sub ["${Dropped}${!Dropped}${AWS::Region}", { Dropped: own }] } }`: "",
		`  G: { Type: AWS::Logs::LogGroup, Condition: No, Properties: { LogGroupName: !Ref Dropped } }`:                                    "",
		`  G: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: !Ref Misspelt } }`:                                                  "Misspelt is neither",
		"Outputs:\n  O: { Value: !Ref Dropped }":                                                                                           dropped,
		"Outputs:\n  O: { Value: !Ref Dropped, Condition: No }":                                                                            "",
		"Globals:\n  Function: { Tags: { a: !Ref Dropped } }":                                                                              dropped,
	} {
		_, err := load(t, strings.Replace(minimal, "EXPRESSION", "x", 1)+added+"\n", map[string]string{"Given": "g"})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", added, err, want)
		}
	}
}

// withPool is the minimal template with a user pool and a client of these properties.
func withPool(pool, client string) string {
	resources := "  Pool:\n    Type: AWS::Cognito::UserPool\n    Properties: " + pool + "\n  Client:\n    Type: AWS::Cognito::UserPoolClient\n    Properties: " + client + "\n"
	return strings.Replace(strings.Replace(minimal, "issuer: i, audience: [a]", "issuer: !GetAtt Pool.ProviderURL, audience: [!Ref Client]", 1), "EXPRESSION", "!Ref Pool", 1) +
		resources + "Globals: { Function: { AutoPublishAlias: live } }\n"
}

const (
	soundPool   = `{ LambdaConfig: { PreTokenGenerationConfig: { LambdaArn: !Ref F.Alias, LambdaVersion: V2_0 } } }`
	soundClient = `{ UserPoolId: !Ref Pool, AllowedOAuthFlowsUserPoolClient: true, AllowedOAuthFlows: [code], AllowedOAuthScopes: [openid], CallbackURLs: [!Sub "${Given}/"] }`
)

func TestLoad_UserPool(t *testing.T) {
	tmpl, err := load(t, withPool(soundPool, soundClient), map[string]string{"Given": "g", "UserPool": "http://127.0.0.1/oidc"})
	if err != nil {
		t.Fatal(err)
	}
	want := template.UserPool{LogicalID: "Pool", ID: "local_Pool", Issuer: "http://127.0.0.1/oidc", TokenTrigger: "f", Clients: []template.UserPoolClient{
		{LogicalID: "Client", ID: "local-group-invites-Client", Flows: []string{"code"}, Scopes: []string{"openid"}, CallbackURLs: []string{"g/"}},
	}}
	if !reflect.DeepEqual(tmpl.UserPool, want) {
		t.Errorf("%+v, want %+v", tmpl.UserPool, want)
	}
	if a := tmpl.Authorizer; a.Issuer != want.Issuer || !slices.Equal(a.Audiences, []string{"local-group-invites-Client"}) || tmpl.Functions[0].Environment["X"] != "local_Pool" {
		t.Errorf("authorizer %+v, function %+v", a, tmpl.Functions[0])
	}
	if tmpl, err := load(t, withPool("{}", soundClient), map[string]string{"Given": "g"}); err != nil || tmpl.UserPool.Issuer != "https://cognito-idp.local.amazonaws.com/local_Pool" || tmpl.UserPool.TokenTrigger != "" {
		t.Errorf("%+v, %v", tmpl, err)
	}
}

func TestLoad_UserPoolFaults(t *testing.T) {
	for name, test := range map[string]struct{ pool, client, want string }{
		"an older trigger":          {strings.Replace(soundPool, "V2_0", "V1_0", 1), soundClient, "version V2_0 only"},
		"a trigger of another":      {strings.Replace(soundPool, "!Ref F.Alias", "arn:other", 1), soundClient, "arn:other isn't a function of this template"},
		"a trigger of another kind": {strings.Replace(soundPool, "PreTokenGenerationConfig", "CustomMessage", 1), soundClient, "doesn't know CustomMessage"},
		"a client of another pool":  {soundPool, strings.Replace(soundClient, "!Ref Pool", "other", 1), "a client of no user pool"},
		"a client that may nothing": {soundPool, strings.Replace(soundClient, "UserPoolClient: true", "UserPoolClient: false", 1), "may use no flow"},
		"an unknown property":       {soundPool, strings.Replace(soundClient, "{ ", "{ Colour: red, ", 1), "doesn't know Colour"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := load(t, withPool(test.pool, test.client), map[string]string{"Given": "g"}); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
}

// TestLoad_MailIdentityIsTheDomainOfTheAddress unless another is named.
func TestLoad_MailIdentityIsTheDomainOfTheAddress(t *testing.T) {
	for identity, want := range map[string]string{"": "mail.example.com", "example.com": "example.com", "a@mail.example.com": "a@mail.example.com"} {
		parameters := local()
		parameters["MailFromAddress"], parameters["MailIdentity"] = "a@mail.example.com", identity
		for _, f := range deployed(t, parameters).Functions {
			if f.Name != "mailer" {
				continue
			}
			at := slices.IndexFunc(f.Policies, func(s template.Statement) bool { return s.Sid == "SendMail" })
			if got := f.Policies[at].Resources[0]; got != "arn:aws:ses:local:000000000000:identity/"+want {
				t.Errorf("MailIdentity %q: %s, want %s", identity, got, want)
			}
		}
	}
}

func TestLoad_Faults(t *testing.T) {
	given := map[string]string{"Given": "g"}
	with := func(expression string) string { return strings.Replace(minimal, "EXPRESSION", expression, 1) }
	for name, test := range map[string]struct {
		text       string
		parameters map[string]string
		want       string
	}{
		"all missing parameters are named": {
			strings.Replace(with("x"), "Given:", "Other: { Type: String }\n  Given:", 1), nil, "parameters without a value: Other, Given",
		},
		"an unknown parameter":            {with("x"), map[string]string{"Given": "g", "Wrong": "w"}, "no such parameters: Wrong"},
		"a value that isn't allowed":      {with("x"), map[string]string{"Given": "g", "Word": "perhaps"}, `parameter Word doesn't allow "perhaps"`},
		"a number that is too high":       {with("x"), map[string]string{"Given": "g", "Count": "6"}, "parameter Count must be at most 5"},
		"a parameter that is no number":   {with("x"), map[string]string{"Given": "g", "Count": "many"}, "must be a number"},
		"an unknown intrinsic":            {with("!Base64 x"), given, "template.yaml:32: the local stack doesn't know the intrinsic function Base64"},
		"a long unknown intrinsic":        {with(`{ "Fn::ImportValue": x }`), given, "intrinsic function ImportValue"},
		"a reference to nothing":          {with("!Ref Nothing"), given, "template.yaml:32: Nothing is neither a parameter nor a resource"},
		"a resource that was dropped":     {with("!Ref Dropped"), given, "Dropped is neither"},
		"a resource of another type":      {with("!Ref Topic"), given, "no name to Topic, of type AWS::SNS::Topic"},
		"an unknown attribute":            {with("!GetAtt Table.Color"), given, "attribute Color of Table"},
		"a stream of a table without one": {with("!GetAtt Table.StreamArn"), given, "Table has no StreamSpecification"},
		"an unknown condition":            {with("!If [Maybe, a, b]"), given, `no condition "Maybe"`},
		"an open substitution":            {with(`!Sub "${Given"`), given, "${ without }"},
		"an unknown property":             {with("x") + "      SnapStart: { ApplyOn: None }\n", given, "the local stack doesn't know SnapStart"},
		"an unknown type of resource":     {with("x") + "  B: { Type: AWS::S3::Bucket }\n", given, "the local stack doesn't know resources of type AWS::S3::Bucket"},
		"an unknown kind of event":        {with("x") + "      Events: { E: { Type: SQS } }\n", given, "events of type SQS"},
		"settings of a route that isn't one": {
			strings.Replace(with("x"), "      DefaultRouteSettings", "      RouteSettings: { \"GET /x\": { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1 } }\n      DefaultRouteSettings", 1),
			given, "settings for GET /x, which isn't a route",
		},
	} {
		t.Run(name, func(t *testing.T) {
			tmpl, err := load(t, test.text, test.parameters)
			if err == nil || !strings.Contains(err.Error(), test.want) || tmpl != nil {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}
