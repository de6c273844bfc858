package dynamo

import (
	"context"
	"net/url"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	smithyendpoints "github.com/aws/smithy-go/endpoints"
)

// endpoint is where DynamoDB is. A client's own resolver would work it out again for every call, and where the region is one that the SDK doesn't
// know, the local one among them, it compiles a regular expression for each partition of AWS: two fifths of all that a request allocates.
// It is safe for concurrent use.
type endpoint func() (smithyendpoints.Endpoint, error)

// endpointOf finds DynamoDB in a region, or at the address if that isn't "", which is taken as it is.
func endpointOf(region, address string) endpoint {
	return sync.OnceValues(func() (smithyendpoints.Endpoint, error) {
		if address != "" {
			at, err := url.Parse(address)
			if err != nil {
				return smithyendpoints.Endpoint{}, err
			}
			return smithyendpoints.Endpoint{URI: *at}, nil
		}
		return dynamodb.NewDefaultEndpointResolverV2().ResolveEndpoint(context.Background(), dynamodb.EndpointParameters{Region: aws.String(region)})
	})
}

// ResolveEndpoint implements [dynamodb.EndpointResolverV2]. No call of ours is by ARN or account, so parameters of one say nothing new.
func (e endpoint) ResolveEndpoint(context.Context, dynamodb.EndpointParameters) (smithyendpoints.Endpoint, error) {
	return e()
}
