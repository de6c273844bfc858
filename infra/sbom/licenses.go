package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// permitted are the licenses, by SPDX identifier, of what may be linked or bundled in: those that ask for no more than to be named.
var permitted = []string{"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"}

// names are those that files with a license in them go by.
var names = []string{"LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "COPYING"}

// covered is how much of a file, in percent, must be the text of licenses that are known, for it to say nothing else that matters.
const covered = 75

// licenseIn gives the license in a module's folder.
func licenseIn(folder string) (string, error) {
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		return licenseOf(text)
	}
	return "", errors.New("it has no license")
}

// licenseOf tells which license a text is: one that is permitted, and no other beside it.
func licenseOf(text []byte) (string, error) {
	found := licensecheck.Scan(text)
	var ids []string
	for _, match := range found.Match {
		if !match.IsURL && !slices.Contains(ids, match.ID) {
			ids = append(ids, match.ID)
		}
	}
	if len(ids) != 1 || found.Percent < covered {
		return "", fmt.Errorf("its license isn't one that is known: %.0f%% of it is %s", found.Percent, strings.Join(ids, ", "))
	}
	return ids[0], permit(ids[0])
}

// permit refuses a license that isn't permitted.
func permit(id string) error {
	if !slices.Contains(permitted, id) {
		return fmt.Errorf("its license, %q, is not one of %s", id, strings.Join(permitted, ", "))
	}
	return nil
}
