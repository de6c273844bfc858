// Command token-claims is asked by the user pool before it makes tokens, and has it put into access tokens what the API reads of a person.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

func main() {
	lambda.Start(handler(lambdacontext.NewLogger()))
}
