// Command costs tells what the system costs on AWS, from what is counted and measured here.
//
//	go run ./infra/costs            writes the README's tables anew
//	go run ./infra/costs -measure   measures anew first, on a local stack of its own (half a minute)
//
// # What is counted
//
// Requests are counted as they are: one to API Gateway, one to its function. Their capacity units and round trips are those of
// shared/dynamo/testdata/costs.golden, which a test holds against the engine. What follows in the background (calls of tally, mailer and
// mail-feedback, with their units) is counted on the local stack, where each operation is done by itself and waited for. So every operation has
// calls of its own in the background; where much goes on, up to 100 changes share a call of tally, and 10 mails one of mailer.
//
// # What is measured
//
// The processor time of each function and the bytes that it logs, on the local stack: measured.json, with the machine and the date.
//
// # What is assumed
//
//   - A call to DynamoDB takes 8 ms, one to SES 60 ms. Calls at the same time count once.
//   - A function of 256 MB has 256/1769 of a processor (https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html), so its own
//     processor time takes 6.9 times as long; a processor there is as fast as that of the machine which measured.
//   - What is billed is that sum, rounded up to the millisecond. Cold starts are left out: an instance serves thousands of requests.
//   - Lambda's own two lines of a call and the gateway's one of a request are as long as their samples in logs.go.
//   - Data that leaves AWS, the free tier and taxes are left out.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"

	"group-invites/infra/local/project"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "costs:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	again := flag.Bool("measure", false, "measure processor time, log lines and what follows in the background anew")
	flag.Parse()
	root, err := project.Root()
	if err != nil {
		return err
	}
	if *again {
		m, err := measure(ctx, root)
		if err != nil {
			return err
		}
		if err := m.write(root); err != nil {
			return err
		}
	}
	text, err := report(root)
	if err != nil {
		return err
	}
	fmt.Print(text)
	return writeReadme(filepath.Join(root, "README.md"), text)
}

// report makes the README's tables of what the repository holds.
func report(root string) (string, error) {
	m, err := readMeasured(root)
	if err != nil {
		return "", err
	}
	g, err := readGolden(filepath.Join(root, "shared", "dynamo", "testdata", "costs.golden"))
	if err != nil {
		return "", err
	}
	t, err := readTemplate(filepath.Join(root, "template.yaml"))
	if err != nil {
		return "", err
	}
	return newTables(m, g, t)
}
