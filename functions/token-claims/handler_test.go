package main

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"maps"
	"strings"
	"testing"
)

// ask gives the function an event about a person with these attributes, changed by change, and gives what it answers and logs.
func ask(t *testing.T, attributes map[string]string, change func(map[string]any)) (answer map[string]any, logged string, err error) {
	t.Helper()
	all := map[string]string{"sub": "1f0a", "cognito:user_status": "CONFIRMED"}
	maps.Copy(all, attributes)
	fields := map[string]any{
		"version": "2", "triggerSource": "TokenGeneration_HostedAuth", "region": "eu-west-1", "userPoolId": "eu-west-1_Example", "userName": "1f0a",
		"callerContext": map[string]any{"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": "1example"},
		"request": map[string]any{
			"userAttributes":     all,
			"groupConfiguration": map[string]any{"groupsToOverride": []string{"staff"}, "iamRolesToOverride": []string{}, "preferredRole": nil},
			"scopes":             []string{"openid", "group-invites/use"},
			"somethingNew":       true,
		},
		"response": map[string]any{"claimsAndScopeOverrideDetails": nil},
	}
	if change != nil {
		change(fields)
	}
	raw, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	var e event
	if err := json.Unmarshal(raw, &e); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	e, err = handler(slog.New(slog.NewJSONHandler(&log, nil)))(t.Context(), e)
	if err != nil {
		return nil, log.String(), err
	}
	if raw, err = json.Marshal(e); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		t.Fatal(err)
	}
	request, _ := json.Marshal(fields["request"])
	if got, _ := json.Marshal(answer["request"]); !bytes.Equal(got, request) {
		t.Errorf("the request comes back as\n%s, it came as\n%s", got, request)
	}
	return answer, log.String(), nil
}

func TestAccessToken_SaysWhatTheAPIReads(t *testing.T) {
	long := strings.Repeat("Ω", 2048)
	for what, c := range map[string]struct {
		attributes map[string]string
		want       string
	}{
		"a person":                      {map[string]string{"email": "mira@example.com", "email_verified": "true", "name": "Mira Lund"}, `{"email":"mira@example.com","email_verified":true,"name":"Mira Lund"}`},
		"an address that isn't proved":  {map[string]string{"email": "mira@example.com", "email_verified": "false", "name": "Mira"}, `{"email":"mira@example.com","email_verified":false,"name":"Mira"}`},
		"an address without a word":     {map[string]string{"email": "mira@example.com"}, `{"email":"mira@example.com","email_verified":false}`},
		"no address, which proves none": {map[string]string{"email_verified": "true", "name": "Mira"}, `{"name":"Mira"}`},
		"a name with a hidden override": {map[string]string{"name": "Mira\u202e\u200b"}, `{"name":"Mira"}`},
		"a name that is endless":        {map[string]string{"name": long}, `{"name":"` + long[:160] + `"}`},
		"nothing":                       {nil, `{}`},
		"what only the table says":      {map[string]string{"custom:role": "admin", "name": "Mira"}, `{"name":"Mira"}`},
	} {
		t.Run(what, func(t *testing.T) {
			answer, _, err := ask(t, c.attributes, nil)
			if err != nil {
				t.Fatal(err)
			}
			// Nothing else is said: neither of ID tokens, nor of scopes, nor of groups, which would be taken away.
			want := `{"claimsAndScopeOverrideDetails":{"accessTokenGeneration":{"claimsToAddOrOverride":` + c.want + `}}}`
			if got, _ := json.Marshal(answer["response"]); string(got) != want {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
}

func TestLog_HoldsNothingOfThePerson(t *testing.T) {
	_, logged, err := ask(t, map[string]string{"email": "mira@example.com", "email_verified": "true", "name": "Mira Lund"}, nil)
	if err != nil || !strings.Contains(logged, `"trigger":"TokenGeneration_HostedAuth"`) || !strings.Contains(logged, `"client":"1example"`) {
		t.Errorf("%v, logged %s", err, logged)
	}
	for _, secret := range []string{"mira", "Mira", "Lund", "1f0a"} {
		if strings.Contains(logged, secret) {
			t.Errorf("the log says %s: %s", secret, logged)
		}
	}
}

// TestToken_IsRefusedWhereClaimsWouldBeLost: an older event has no access token to change, so people would be without an address and never know why.
func TestToken_IsRefusedWhereClaimsWouldBeLost(t *testing.T) {
	for what, change := range map[string]func(map[string]any){
		"an event of version 1":       func(e map[string]any) { e["version"] = "1" },
		"an event without a version":  func(e map[string]any) { delete(e, "version") },
		"an event of the next kind":   func(e map[string]any) { e["version"] = "3" },
		"a request that is no object": func(e map[string]any) { e["request"] = "?" },
		"no request":                  func(e map[string]any) { delete(e, "request") },
	} {
		t.Run(what, func(t *testing.T) {
			_, logged, err := ask(t, map[string]string{"email": "mira@example.com", "name": "Mira"}, change)
			if err == nil || !strings.Contains(logged, `"level":"ERROR","msg":"no token"`) || !strings.Contains(logged, `"cause":`) || strings.Contains(logged, "mira") {
				t.Errorf("%v, logged %s", err, logged)
			}
		})
	}
}
