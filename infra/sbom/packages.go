package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// npmPackage is a package of npm at a version.
type npmPackage struct {
	name, version, license string
	sha512                 []byte // of its archive
}

// bundledPackages gives the packages that the web app is bundled from, sorted: those that its package-lock.json has for more than
// development. That the bundle holds no other is seen to as it is built (functions/web/ui/vite.config.ts).
func bundledPackages(lock []byte) ([]npmPackage, error) {
	var locked struct {
		Packages map[string]struct {
			Version   string `json:"version"`
			License   string `json:"license"`
			Integrity string `json:"integrity"`
			Dev       bool   `json:"dev"`
		} `json:"packages"`
	}
	if err := json.Unmarshal(lock, &locked); err != nil {
		return nil, err
	}
	var out []npmPackage
	var faults []error
	for _, folder := range slices.Sorted(maps.Keys(locked.Packages)) {
		p := locked.Packages[folder]
		if folder == "" || p.Dev { // "" is the web app itself
			continue
		}
		name := folder[strings.LastIndex(folder, "node_modules/")+len("node_modules/"):]
		if err := permit(p.License); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", name, err))
		}
		digest, sha512 := strings.CutPrefix(p.Integrity, "sha512-")
		sum, err := base64.StdEncoding.DecodeString(digest)
		if !sha512 || err != nil || len(sum) != 64 || p.Version == "" {
			faults = append(faults, fmt.Errorf("%s: the lock has no version or no SHA-512 of it", name))
		}
		out = append(out, npmPackage{name, p.Version, p.License, sum})
	}
	if len(out) == 0 {
		faults = append(faults, errors.New("package-lock.json has no packages"))
	}
	return out, errors.Join(faults...)
}
