package main

// Prices of us-east-1, in USD, without free tiers, first steps of volume. Each is from the page beside it; as of 2026-11-28.
const (
	million = 1e6

	priceAPI     = 1.00 / million   // a request to an HTTP API: https://aws.amazon.com/api-gateway/pricing/
	priceCall    = 0.20 / million   // a call of a function: https://aws.amazon.com/lambda/pricing/
	priceGBs     = 0.0000133334     // a GB-second of a function, arm64: the same page
	priceRead    = 0.125 / million  // a read unit, on demand, since November 2024: https://aws.amazon.com/dynamodb/pricing/on-demand/
	priceWrite   = 0.625 / million  // a write unit: the same page. Functions read streams for nothing
	priceStored  = 0.25             // a GB of the table for a month: the same page
	priceBackup  = 0.20             // a GB of it for a month, for point-in-time recovery: the same page
	priceLogged  = 0.50 / (1 << 30) // a byte into CloudWatch's logs: https://aws.amazon.com/cloudwatch/pricing/
	priceAlarm   = 0.10             // a metric of an alarm for a month: the same page
	priceMetric  = 0.30             // a figure of our own for a month: the same page
	priceBoard   = 3.00             // a dashboard for a month: the same page
	priceMail    = 0.10 / 1000      // a mail: https://aws.amazon.com/ses/pricing/
	priceSecret  = 0.40             // a secret for a month: https://aws.amazon.com/secrets-manager/pricing/
	priceFetched = 0.05 / 10_000    // a call to Secrets Manager: the same page
	priceEvent   = 1.00 / million   // an event that we publish: https://aws.amazon.com/eventbridge/pricing/. Those of AWS itself, as SES's, cost nothing
)
