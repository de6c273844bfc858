package dynamo_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"group-invites/shared/directory"
	"group-invites/shared/dynamo"
	"group-invites/shared/invite"
)

// TestErrors_AreToldApart by what DynamoDB answers a write with: that it is to be decided anew, that it may have happened, that it has not happened because the
// table is too busy, or that it can't succeed.
func TestErrors_AreToldApart(t *testing.T) {
	var status int
	var code string
	table := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"__type":"com.amazonaws.dynamodb.v20120810#%s","message":"injected"}`, code)
	}))
	defer table.Close()
	opened := dynamo.Open(dynamo.Options{Table: "invites", Region: "local", Endpoint: table.URL, AccessKeyID: "local", SecretAccessKey: "local"})
	capped := invite.Joining{Invite: &invite.Invite{MaxUses: 1}, Shard: invite.NoShard}
	for _, c := range []struct {
		status                     int
		code                       string
		changed, unavailable, busy bool
	}{
		{400, "TransactionInProgressException", true, false, false},
		{400, "ThrottlingException", false, true, true},
		{400, "RequestLimitExceeded", false, true, true},
		{400, "ProvisionedThroughputExceededException", false, true, true},
		{500, "InternalServerError", false, true, false},
		{503, "ServiceUnavailable", false, true, false},
		{502, "", false, true, false},
		{400, "AccessDeniedException", false, false, false},
		{400, "ValidationException", false, false, false},
		{413, "", false, false, false},
	} {
		status, code = c.status, c.code
		err := opened.Join(t.Context(), capped)
		if err == nil || errors.Is(err, directory.ErrChanged) != c.changed || errors.Is(err, directory.ErrUnavailable) != c.unavailable || errors.Is(err, directory.ErrBusy) != c.busy {
			t.Errorf("%d %s: %v", c.status, c.code, err)
		}
	}
}
