// Package growth shows that what an operation takes doesn't depend on how much there is: the calls to the table, the capacity units, and what is
// allocated are the same with one link in a group and with 100,000, with 600 members and with 100,000, in an organization of 1,000 and of
// 1,000,000. And that lists page through all of it: each page is full but the last, and each item that is there all the time comes once,
// whatever is added and removed meanwhile.
//
// # How much of everything gets into the table
//
// The services write a scene, as in production: people who join by links, links of each state, what the tally makes of that. Its rows are the
// patterns of all others, which are copies with other ids and instants, so that nothing here knows how a row is made. A test compares them
// with what the services write themselves. A million single writes would take the engine long; it takes them in bulk, from files in the format
// of DynamoDB's exports (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html), into a file that it then serves.
//
// # How it is measured
//
// Each operation runs in this process by the services and the table's own code, as functions run it, against the real engine. Calls and capacity
// units are counted by package faults; round trips in a run where each call takes longer. Allocations (objects and bytes) are those of the
// whole process, by runtime.ReadMemStats before and after a run, with the collector off, so that pools keep what they have. What runs beside, such as
// the HTTP client's goroutines, counts. The figure is the smallest of the runs: how often a buffer grows depends on the pieces in which an answer comes.
package growth
