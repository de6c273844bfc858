package config_test

import (
	"fmt"
	"strings"
	"testing"

	"group-invites/shared/config"
)

// from reads the variables of a map.
func from(variables map[string]string) *config.Environment {
	return config.From(func(name string) string { return variables[name] })
}

func TestEnvironment_ReportsAllFaultsAtOnce(t *testing.T) {
	const value = "a-value-that-nobody-may-read"
	env := from(map[string]string{"FLAG": value, "DAYS": value, "URL": "http://" + value + "/x"})
	env.Text("NAME")
	env.Bool("FLAG")
	env.Int("DAYS", 1, 365)
	env.Origin("URL")
	env.AWS()
	err := env.Err()
	if err == nil {
		t.Fatal("no fault")
	}
	for _, name := range []string{"NAME", "FLAG", "DAYS", "URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
		if strings.Count(err.Error(), "environment: "+name+" ") != 1 {
			t.Errorf("%s isn't reported once in %q", name, err)
		}
	}
	if n := strings.Count(err.Error(), "environment: "); n != 7 {
		t.Errorf("%d faults in %q", n, err)
	}
	if strings.Contains(err.Error(), value) {
		t.Errorf("a value is quoted in %q", err)
	}
}

func TestEnvironment_ReadsWhatIsRight(t *testing.T) {
	env := from(map[string]string{
		"NAME": "x", "YES": "true", "NO": "false", "LOW": "1", "HIGH": "365", "URL": "https://chat.example.com",
		"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token",
		"AWS_ENDPOINT_URL": "http://127.0.0.1:8000",
	})
	if env.Text("NAME") != "x" || env.Optional("NAME") != "x" || env.Optional("OTHER") != "" || !env.Bool("YES") || env.Bool("NO") ||
		env.Int("LOW", 1, 365) != 1 || env.Int("HIGH", 1, 365) != 365 || env.Origin("URL") != "https://chat.example.com" {
		t.Error("a value came out otherwise")
	}
	want := config.AWS{
		Region: "eu-central-1", Endpoint: "http://127.0.0.1:8000", AccessKeyID: "id", SecretAccessKey: "secret", SessionToken: "token",
	}
	if got := env.AWS(); got != want {
		t.Errorf("%+v", got)
	}
	if err := env.Err(); err != nil {
		t.Error(err)
	}
}

func TestEnvironment_Bool(t *testing.T) {
	for _, v := range []string{"", "1", "0", "yes", "True", "TRUE", " true", "t"} {
		env := from(map[string]string{"FLAG": v})
		if env.Bool("FLAG") || env.Err() == nil {
			t.Errorf("%q is accepted", v)
		}
	}
}

func TestEnvironment_Int(t *testing.T) {
	for _, v := range []string{"", "0", "366", "-1", "1.5", "1e2", "x", " 1", "99999999999999999999", "0x10"} {
		env := from(map[string]string{"DAYS": v})
		if env.Int("DAYS", 1, 365); env.Err() == nil {
			t.Errorf("%q is accepted", v)
		}
	}
}

func TestEnvironment_Origin(t *testing.T) {
	for v, want := range map[string]bool{
		"https://chat.example.com": true, "https://chat.example.com:8443": true, "https://localhost": true, "https://[::1]": true,
		"http://localhost:8080": true, "http://127.0.0.1:8080": true, "http://127.0.0.2": true, "http://[::1]:8080": true,
		"": false, "chat.example.com": false, "//chat.example.com": false, "https://": false, "https://:443": false, "https://x:": false,
		"https://chat.example.com/": false, "https://chat.example.com/app": false, "https://chat.example.com?x": false,
		"https://chat.example.com#x": false, "https://user@chat.example.com": false, "https://u:p@chat.example.com": false,
		"http://chat.example.com": false, "http://localhost.example.com": false, "http://10.0.0.1": false, "http://127.0.0.1.example.com": false,
		"HTTPS://chat.example.com": false, "javascript:alert(1)": false, "ftp://chat.example.com": false, "https://chat.example.com\n": false,
		"https://a b": false, "https://%zz": false, "*": false,
	} {
		t.Run(fmt.Sprintf("%q: %v", v, want), func(t *testing.T) {
			env := from(map[string]string{"URL": v})
			if env.Origin("URL"); (env.Err() == nil) != want {
				t.Errorf("fault %v", env.Err())
			}
		})
	}
}

func TestEnvironment_URL(t *testing.T) {
	for v, want := range map[string]bool{
		"https://issuer.example.com": true, "https://issuer.example.com/": true, "https://issuer.example.com/a/b": true, "https://issuer.example.com:8443/a%20b": true,
		"http://127.0.0.1:8080/dev/oidc": true, "http://localhost/x": true,
		"": false, "issuer.example.com/a": false, "/a": false, "https:///a": false, "https://x:/a": false, "http://issuer.example.com/a": false,
		"https://issuer.example.com/a?b": false, "https://issuer.example.com/a#b": false, "https://me@issuer.example.com/a": false,
		"https://issuer.example.com/a b": false, "https://issuer.example.com/a;\n": false, "https://issuer.example.com\\a": false, "javascript:alert(1)": false,
	} {
		t.Run(fmt.Sprintf("%q: %v", v, want), func(t *testing.T) {
			env := from(map[string]string{"URL": v})
			if env.URL("URL"); (env.Err() == nil) != want {
				t.Errorf("fault %v", env.Err())
			}
		})
	}
}

func TestFromProcess(t *testing.T) {
	t.Setenv("A_VARIABLE_OF_THIS_TEST", "x")
	if got := config.FromProcess().Text("A_VARIABLE_OF_THIS_TEST"); got != "x" {
		t.Errorf("%q", got)
	}
}
