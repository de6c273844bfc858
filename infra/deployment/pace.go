package deployment

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/middleware"
	"golang.org/x/time/rate"
)

// pace holds the calls of a client to so many capacity units a second, reading and writing together, by what each says that it has consumed: a call
// may overdraw, and the next waits until that is made up for. 0 is no limit.
func pace(units float64) func(*dynamodb.Options) {
	if units == 0 {
		return func(*dynamodb.Options) {}
	}
	limiter := rate.NewLimiter(rate.Limit(units), max(1, int(units)))
	return func(o *dynamodb.Options) {
		o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
			return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("Pace", func(ctx context.Context, in middleware.InitializeInput,
				next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
				askForCapacity(in.Parameters)
				if err := limiter.Wait(ctx); err != nil { // until what was overdrawn is made up for
					return middleware.InitializeOutput{}, middleware.Metadata{}, err
				}
				out, metadata, err := next.HandleInitialize(ctx, in)
				if taken := int(consumed(out.Result)); taken > 1 {
					overdraw(limiter, taken-1)
				}
				return out, metadata, err
			}), middleware.Before)
		})
	}
}

// overdraw takes units that have been consumed already, in parts that the limiter takes.
func overdraw(limiter *rate.Limiter, units int) {
	for now := time.Now(); units > 0; {
		part := min(units, limiter.Burst())
		limiter.ReserveN(now, part)
		units -= part
	}
}

func askForCapacity(input any) {
	const total = types.ReturnConsumedCapacityTotal
	switch p := input.(type) {
	case *dynamodb.BatchGetItemInput:
		p.ReturnConsumedCapacity = total
	case *dynamodb.QueryInput:
		p.ReturnConsumedCapacity = total
	case *dynamodb.ScanInput:
		p.ReturnConsumedCapacity = total
	case *dynamodb.BatchWriteItemInput:
		p.ReturnConsumedCapacity = total
	case *dynamodb.UpdateItemInput:
		p.ReturnConsumedCapacity = total
	case *dynamodb.TransactWriteItemsInput:
		p.ReturnConsumedCapacity = total
	}
}

// consumed gives the units that a call says that it took.
func consumed(output any) (units float64) {
	var taken []types.ConsumedCapacity
	one := func(c *types.ConsumedCapacity) {
		if c != nil {
			taken = append(taken, *c)
		}
	}
	switch r := output.(type) {
	case *dynamodb.BatchGetItemOutput:
		taken = r.ConsumedCapacity
	case *dynamodb.QueryOutput:
		one(r.ConsumedCapacity)
	case *dynamodb.ScanOutput:
		one(r.ConsumedCapacity)
	case *dynamodb.BatchWriteItemOutput:
		taken = r.ConsumedCapacity
	case *dynamodb.UpdateItemOutput:
		one(r.ConsumedCapacity)
	case *dynamodb.TransactWriteItemsOutput:
		taken = r.ConsumedCapacity
	}
	for _, c := range taken {
		if c.CapacityUnits != nil {
			units += *c.CapacityUnits
		}
	}
	return units
}
