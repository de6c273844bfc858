// Package acceptance is the black-box suite: what callers are promised, held against the local stack over HTTP, with the binaries that
// are deployed, real tokens and the real engine.
//
// One stack serves all tests. Each test makes its own organization and people, so tests don't meet and most run in parallel. Beside the
// API they look at three things that callers can't see: the table's rows, to show that a refusal writes nothing; the request log, to
// show that the gateway or a function refused without going further; and the policies' statements, of which each must have been
// used when the suite is through.
package acceptance
