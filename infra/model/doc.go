// Package model has random sequences of all operations, by several people in several organizations, answered twice: by the services over
// the real engine, and by a small model, which is written from the rules of the design and calls none of the domain's functions. Every
// answer must be the same, also where a call to the table fails, meets another, or loses its answer on the way; and at the end of each
// sequence all that is in the table must be as package check wants it.
//
// `go test ./infra/model` runs some hundreds of sequences, `make model SEQUENCES=10000` as many as are wanted. Clock and ids are the
// same each time, so that a sequence that fails is made shorter by itself, and can be run again by the seed that is printed.
package model
