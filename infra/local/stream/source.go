package stream

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"group-invites/infra/local/template"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// pageSize is how many records are asked for at once. An emulator may send as many, however large they are.
const pageSize = 200

// source reads the stream of a table. It speaks the API's own JSON rather than the SDK's types, so that a function gets
// keys and images byte for byte as they were sent, and so that it sees the user identity of Dynoxide's TTL records, whose
// members the SDK expects in another spelling.
type source struct {
	endpoint string
	client   *http.Client
	signer   *v4.Signer
	arn      string // as the engine names the stream
	shard    string
}

// openSource finds the stream of the table, which must have one shard.
func openSource(ctx context.Context, endpoint, table string) (*source, error) {
	s := &source{
		endpoint: endpoint,
		client:   &http.Client{Transport: &http.Transport{IdleConnTimeout: time.Minute}, Timeout: 30 * time.Second},
		signer:   v4.NewSigner(),
	}
	var described struct {
		Table struct{ LatestStreamArn string }
	}
	if err := s.call(ctx, "DynamoDB_20120810.DescribeTable", map[string]any{"TableName": table}, &described); err != nil {
		return nil, err
	}
	if s.arn = described.Table.LatestStreamArn; s.arn == "" {
		return nil, errors.New("there is none")
	}
	var stream struct {
		StreamDescription struct{ Shards []struct{ ShardID string } }
	}
	if err := s.call(ctx, "DynamoDBStreams_20120810.DescribeStream", map[string]any{"StreamArn": s.arn}, &stream); err != nil {
		return nil, err
	}
	// The range of sequence numbers isn't looked at: Dynoxide's open shard has an end, and the wrong one from 10,000 records on.
	shards := stream.StreamDescription.Shards
	if len(shards) != 1 {
		return nil, fmt.Errorf("it has %d shards, and the local stack follows streams of one", len(shards))
	}
	s.shard = shards[0].ShardID
	return s, nil
}

func (s *source) close() { s.client.CloseIdleConnections() }

// iterator gives an iterator to the record after the one with this sequence number, or to the first.
func (s *source) iterator(ctx context.Context, after string) (string, error) {
	in := map[string]any{"StreamArn": s.arn, "ShardId": s.shard, "ShardIteratorType": "TRIM_HORIZON"}
	if after != "" {
		in["ShardIteratorType"], in["SequenceNumber"] = "AFTER_SEQUENCE_NUMBER", after
	}
	var out struct{ ShardIterator string }
	err := s.call(ctx, "DynamoDBStreams_20120810.GetShardIterator", in, &out)
	return out.ShardIterator, err
}

// page is what GetRecords answers.
type page struct {
	Records           []change
	NextShardIterator string
	size              int
}

// last tells whether the page reached the end of the stream. An empty page does; so does one that was cut neither by its
// number of records nor by its size, which DynamoDB limits to 1 MB.
func (p page) last() bool {
	return len(p.Records) == 0 || len(p.Records) < pageSize && p.size < 100<<10
}

func (s *source) read(ctx context.Context, iterator string) (page, error) {
	var p page
	answer, err := s.send(ctx, "DynamoDBStreams_20120810.GetRecords", map[string]any{"ShardIterator": iterator, "Limit": pageSize})
	if err != nil {
		return p, err
	}
	if err := json.Unmarshal(answer, &p); err != nil {
		return p, fmt.Errorf("GetRecords: %w", err)
	}
	if p.NextShardIterator == "" {
		return p, errors.New("the shard was closed, and the local stack follows no others")
	}
	p.size = len(answer)
	return p, nil
}

// end is the sequence number of the last record in the stream now, or after if none follows it.
func (s *source) end(ctx context.Context, after string) (string, error) {
	iterator, err := s.iterator(ctx, after)
	if err != nil {
		return "", err
	}
	for {
		p, err := s.read(ctx, iterator)
		if err != nil {
			return "", err
		}
		if n := len(p.Records); n > 0 {
			after = p.Records[n-1].DynamoDB.SequenceNumber
		}
		if p.last() {
			return after, nil
		}
		iterator = p.NextShardIterator
	}
}

func (s *source) call(ctx context.Context, target string, in, out any) error {
	answer, err := s.send(ctx, target, in)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("%s: %w", target, err)
	}
	return nil
}

// send makes a call and returns what was answered to it. Credentials mean nothing locally, yet a call must be signed.
func (s *source) send(ctx context.Context, target string, in any) ([]byte, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.endpoint, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-amz-json-1.0")
	req.Header.Set("X-Amz-Target", target)
	hash := sha256.Sum256(body)
	credentials := aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}
	if err := s.signer.SignHTTP(ctx, credentials, req, hex.EncodeToString(hash[:]), "dynamodb", template.Region, time.Now()); err != nil {
		return nil, err
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s: %s", target, resp.Status, bytes.TrimSpace(answer[:min(len(answer), 500)]))
	}
	return answer, nil
}
