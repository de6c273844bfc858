// Command calls is hello with the SDK's client of DynamoDB, by which it reads twice what isn't there: as many calls as a redeem has. What a function takes
// beyond hello and up to here is the price of the SDK, of HTTP and of the kernel; only what it takes beyond this is its own.
package main

import (
	"context"
	"os"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func main() {
	client := dynamodb.New(dynamodb.Options{
		Region:                os.Getenv("AWS_REGION"),
		BaseEndpoint:          aws.String(os.Getenv("AWS_ENDPOINT_URL")),
		Credentials:           credentials.NewStaticCredentialsProvider(os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY"), os.Getenv("AWS_SESSION_TOKEN")),
		Retryer:               aws.NopRetryer{},
		AccountIDEndpointMode: aws.AccountIDEndpointModeDisabled,
	})
	// The key is one that the function in whose place this stands may read.
	key := map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "S#nobody"}, "sk": &types.AttributeValueMemberS{Value: "nothing"}}
	nothing := &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{
		os.Getenv("TABLE_NAME"): {Keys: []map[string]types.AttributeValue{key}},
	}}
	lambda.Start(func(ctx context.Context, _ events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		for range 2 {
			if _, err := client.BatchGetItem(ctx, nothing); err != nil {
				return events.APIGatewayV2HTTPResponse{}, err
			}
		}
		return events.APIGatewayV2HTTPResponse{StatusCode: 200, Headers: map[string]string{"content-type": "application/json"}, Body: `{"hello":"world"}`}, nil
	})
}
