package dynamo

import "fmt"

// schemaVersion is in every row as v: the latest shape of rows that this version of the code understands, and the one that it writes.
//
// An attribute, or a kind of row in a partition of its own, may be added without another v, as long as code that doesn't know of it decides rightly
// without it. v goes up if it would not: then one version reads the new shape and still writes the old one, and the next writes it
// (CONTRIBUTING.md). So two versions that follow each other understand each other's rows. Code that meets a later row nevertheless, as after going back by
// two versions, refuses to decide by it.
const schemaVersion = 1

// understood checks that rows are of no later shape than this version knows. The error is no verdict of the domain, and becomes a 500.
func understood(rows []item) error {
	for _, row := range rows {
		r := reader{row: row}
		if v := r.num("v"); v > schemaVersion { // what an index gives has none
			return fmt.Errorf("row %s: of schema version %d, and this code knows %d", keyText(row), v, schemaVersion)
		}
	}
	return nil
}
