package acceptance

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"group-invites/infra/local/template"
	"group-invites/shared/emf"
)

// linesAreFit holds what must be true of every line that a function has logged in the whole suite: it says nothing of a person, an address or
// a code; one of a request that succeeded is short; and figures are as CloudWatch takes them. And what people did there was counted.
func (s *site) linesAreFit() error {
	files, err := filepath.Glob(filepath.Join(s.dataDir, "logs", "*.log"))
	if err != nil {
		return err
	}
	var faults []error
	counted := map[emf.Name]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSuffix(line, "\n")
			for what, pattern := range private {
				if found := pattern.FindString(line); found != "" {
					faults = append(faults, fmt.Errorf("%s logged %s, %q: %s", filepath.Base(file), what, found, line))
				}
			}
			if err := lineIsFit(line, counted); err != nil {
				faults = append(faults, fmt.Errorf("%s logged %w: %s", filepath.Base(file), err, line))
			}
		}
	}
	for _, name := range everyday {
		if !counted[name] {
			faults = append(faults, fmt.Errorf("no line counts %s: those that are counted: %v", name, slices.Sorted(maps.Keys(counted))))
		}
	}
	const most = 20
	return errors.Join(faults[:min(len(faults), most)]...)
}

// private is what no line may hold: addresses, link codes (44 characters of base64url), tokens, and the names that the suite gives.
var private = map[string]*regexp.Regexp{
	"an address": regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}`),
	"a code":     regexp.MustCompile(`(^|[^A-Za-z0-9_-])[A-Za-z0-9_-]{44}($|[^A-Za-z0-9_-])`),
	"a token":    regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{10,}`),
	"a name":     regexp.MustCompile(`Ada Okafor|Marco Bell|Uma Reyes|Newcomer|Astronomers|Comets|Northwind|Backcountry`),
}

// everyday are the figures of what every run of the suite does.
var everyday = []emf.Name{
	emf.InvitesCreated, emf.InvitesDeleted, emf.Joins, emf.GroupsCreated, emf.OrganizationsCreated, emf.TallyLag, emf.MailsSent, emf.MailsDelivered,
	emf.MailsBounced, emf.Refused,
}

func lineIsFit(line string, counted map[emf.Name]bool) error {
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(line), &fields) != nil {
		return nil // what ends a process isn't a line of ours
	}
	var request struct {
		Message string
		Status  int
	}
	if err := json.Unmarshal([]byte(line), &request); err != nil {
		return err
	}
	whole := fields["cause"] == nil // of a bulk request a part may have failed
	if request.Message == "request" && request.Status < 400 && whole && (len(line) > 300 || fields["_aws"] != nil) {
		return fmt.Errorf("%d bytes of a request that succeeded", len(line))
	}
	if fields["_aws"] == nil {
		return nil
	}
	var metadata struct {
		Timestamp         int64
		CloudWatchMetrics []struct {
			Namespace  string
			Dimensions [][]string
			Metrics    []struct{ Name emf.Name }
		}
	}
	if err := json.Unmarshal(fields["_aws"], &metadata); err != nil {
		return err
	}
	for _, d := range metadata.CloudWatchMetrics {
		if d.Namespace != emf.Namespace || metadata.Timestamp == 0 || len(d.Dimensions) != 1 || len(d.Metrics) == 0 || string(fields["Stack"]) != `"`+template.DefaultStackName+`"` {
			return errors.New("figures of nothing")
		}
		for _, name := range d.Dimensions[0] {
			if fields[name] == nil {
				return fmt.Errorf("no dimension %s", name)
			}
		}
		for _, m := range d.Metrics {
			if fields[string(m.Name)] == nil || !slices.Contains(emf.Names, m.Name) {
				return fmt.Errorf("no figure %s", m.Name)
			}
			counted[m.Name] = true
		}
	}
	return nil
}
