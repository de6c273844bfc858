// Command mutation changes packages in small ways, and says which changes no test notices.
//
//	go run ./infra/mutation [-reports FOLDER] [-equivalent FILE] [-jobs N] [-sample N] package ...
//
// A package is a folder, such as shared/invite, whose own tests are asked, or, as in shared/dynamo=shared/invite,shared/directory, those of others after
// them. All its mutants are compiled into the test binary of each: each mutated place asks mutantOn whether its
// mutant is the one that an environment variable names. The sources stay as they are, since the compiler is given the changed ones by an overlay.
// Each top-level test first runs alone and unchanged, and writes down which mutants it reaches. Each mutant is then tried by the tests that reach it,
// the quickest first, until one fails or takes several times as long as it should. What no test reaches survives without being run.
//
// Mutants: comparisons (== and != turned, < with <= and with >=, and so on), && and ||, conditions of if turned, + and -, integers one larger, true and
// false, returned errors replaced by zero values, calls and assignments left out, cases of a switch that never match. What stands in a constant's
// declaration stays, as do cases of a type switch, and what doesn't compile when it is changed.
//
// Survivors that behave as the original does stand in the file equivalent, each with its reason, and don't count.
package main
