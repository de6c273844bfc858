package engine

import (
	"context"
	"os"
)

// Open gives the base URL of the DynamoDB that tests use: the one that DYNAMODB_ENDPOINT names, which may be any and be used by others too, or that of an
// engine which it starts. Stop ends what was started; without it, that ends with this process.
func Open(ctx context.Context, o Options) (endpoint string, stop func() error, err error) {
	if other := os.Getenv("DYNAMODB_ENDPOINT"); other != "" {
		return other, func() error { return nil }, nil
	}
	e, err := Start(ctx, o)
	if err != nil {
		return "", nil, err
	}
	return e.Endpoint(), e.Stop, nil
}
