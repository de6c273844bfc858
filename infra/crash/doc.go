// Package crash kills every operation of every function before and after each of its calls to DynamoDB, SES and EventBridge, and then goes on as
// the world does: the client repeats what got no answer, the stream brings its records again, the sweep finds what is due. Then the table must
// hold what one undisturbed run of the operation leaves there, and nothing that package check finds wrong, and others must have been told the same.
//
// That the list of operations is complete is held against the golden file of costs, which has all that a request may cost.
package crash
