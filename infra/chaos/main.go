// Command chaos shows what people see while the table goes wrong, and that nothing of what must hold is lost: `make chaos`.
//
// The functions run as they are deployed, on a local stack; between them and the engine stands a table that goes wrong (package faulty). First come days: 30%
// conflicts, 5% throttles, 2% lost answers, all three, 3 s latency, and 30 s in which the table fails, cuts connections, or doesn't answer. People come all the
// while, open links with few, some and any number of places, and repeat what is answered 503. At the end of each day caps, members and uses must be exact, all
// that is in the table as package check wants it, and every mail delivered. Then come histories of concurrent clients, which must be linearizable: of capped
// links while people leave and come back, and of links that are made, listed and deleted; and histories of rights that are lost and come back (package history).
//
//	go run ./infra/chaos -report infra/chaos/REPORT.md -seed 1
//
// What is drawn by chance follows from the seed; what meets what follows from the machine, too. It ends with status 1 if anything is wrong.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"group-invites/infra/local/project"
	"group-invites/infra/local/stack"
)

func main() {
	var o options
	flag.StringVar(&o.report, "report", "", "file to write the report to")
	flag.Uint64Var(&o.seed, "seed", uint64(time.Now().Unix()), "of what is drawn by chance")
	flag.IntVar(&o.histories, "histories", 10000, "of capped links")
	flag.IntVar(&o.rights, "rights", 500, "histories of rights that are lost")
	flag.StringVar(&o.only, "only", "", "part of the name of the days to have")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type options struct {
	report, only      string
	seed              uint64
	histories, rights int
}

// run does all of it, and writes the report even if something is wrong.
func run(ctx context.Context, o options) (err error) {
	root, err := project.Root()
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "chaos-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	binaries := filepath.Join(folder, "functions")
	if err := stack.Build(ctx, root, binaries); err != nil {
		return err
	}
	r := report{options: o, began: time.Now()}
	fmt.Printf("seed %d\n", o.seed)
	for _, sc := range scenes(whole, wholeLonger) {
		if !strings.Contains(sc.name, o.only) {
			continue
		}
		d, err := sc.alone(ctx, root, binaries, o.seed)
		if err != nil {
			return fmt.Errorf("%s: %w", sc.name, err)
		}
		r.days = append(r.days, d)
		fmt.Printf("%s: %d wrong %v, %v\n", sc.name, len(d.wrong), d.wrong, time.Since(r.began).Round(time.Second))
	}
	if r.rights, err = runRights(ctx, root, binaries, o.seed, o.rights); err != nil {
		return fmt.Errorf("rights: %w", err)
	}
	fmt.Printf("rights: %d histories, %d wrong, %v\n", r.rights.histories, len(r.rights.wrong), time.Since(r.began).Round(time.Second))
	if r.linear, err = runLinear(ctx, root, binaries, o.seed, o.histories, func(text string) { fmt.Println(text) }); err != nil {
		return fmt.Errorf("histories of capped links: %w", err)
	}
	text, err := r.markdown()
	if err != nil {
		return err
	}
	if o.report != "" {
		if err := os.WriteFile(o.report, []byte(text), 0o644); err != nil {
			return err
		}
	}
	if wrong := r.wrong(); len(wrong) > 0 {
		for _, w := range wrong {
			fmt.Println(w)
		}
		return fmt.Errorf("%d things that must not be; seed %d", len(wrong), o.seed)
	}
	return nil
}

// alone lets a scene pass on a site of its own.
func (sc scene) alone(ctx context.Context, root, binaries string, seed uint64) (d *day, err error) {
	s, err := open(ctx, root, binaries, processes)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	return sc.play(ctx, s, seed)
}
