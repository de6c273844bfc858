package dynamo

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// TestEndpoint_IsTheSDKs: of regions old and to come, of other partitions, and of an engine.
func TestEndpoint_IsTheSDKs(t *testing.T) {
	for _, c := range []struct{ region, url, want string }{
		{"eu-central-1", "", "https://dynamodb.eu-central-1.amazonaws.com"},
		{"eu-nowhere-9", "", "https://dynamodb.eu-nowhere-9.amazonaws.com"},
		{"cn-north-1", "", "https://dynamodb.cn-north-1.amazonaws.com.cn"},
		{"local", "http://127.0.0.1:8000", "http://127.0.0.1:8000"},
	} {
		got, err := endpointOf(c.region, c.url).ResolveEndpoint(t.Context(), dynamodb.EndpointParameters{})
		if err != nil || got.URI.String() != c.want {
			t.Errorf("%s %s: %s, %v, want %s", c.region, c.url, got.URI.String(), err, c.want)
		}
	}
}

// TestEndpoint_IsFoundOnce: what is asked for with every call costs nothing.
func TestEndpoint_IsFoundOnce(t *testing.T) {
	e := endpointOf("local", "http://127.0.0.1:8000")
	if n := testing.AllocsPerRun(100, func() { e.ResolveEndpoint(t.Context(), dynamodb.EndpointParameters{}) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
