// Package contract holds the tests that keep the parts of the repository in agreement: the layout law, template.yaml with the code
// that it deploys, the Makefile with both.
package contract
