// Package simulator puts DynamoDB's limits in front of the local engine, which has none: what a partition carries, who meets whom in a
// transaction, and how long a call takes. It shows what a link that everybody opens at once comes to, without a cloud.
//
// The simulator is an HTTP client of the SDK, so that the table's own code runs above it as deployed, and below it the real engine decides on
// conditions. It is made for the fake clock of testing/synctest: pauses, deadlines and latencies pass at once, and the clock stands still while
// a goroutine waits for the engine, whose answers come from outside of the bubble. So the machine is never the bottleneck, however slow it
// is: a second of the simulation has exactly the calls that DynamoDB's limits let through.
//
// # What is simulated
//
//   - Table and index each begin with some partitions (four, as an on-demand table that is new: 12,000 read and 4,000 write units a second), which
//     divide the space of hashed partition keys evenly. Each carries 1,000 write and 3,000 read units a second, by token buckets with little burst:
//     what DynamoDB saves for 300 s lies between the throughput of a provisioned table and that limit, and doesn't lift it. A call over the limit is refused, as
//     DynamoDB refuses it: a batch of reads leaves keys unprocessed, a transaction is cancelled with ThrottlingError.
//   - An item of the index costs a write unit of the index's partition. If that is busy, the write of the table is refused.
//   - A partition that is hot for some seconds splits where it halves its own traffic: between partition keys, or within an item collection
//     between sort keys, until an item that many ask for is alone. A single item is never split.
//   - Transactions cost double. While one is in flight, between its two phases, its items are held: another transaction on one of them is
//     cancelled with TransactionConflict, a plain write refused with TransactionConflictException. Reads are never refused, and batches of writes
//     leave the item unprocessed. What is cancelled has used its units.
//   - A call takes 8 ms, a transaction 16.
//
// Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html (conflicts, capacity),
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html (limits of a partition),
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html (burst, and items that are isolated),
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html (what a table carries from the first second on), and
// https://aws.amazon.com/blogs/database/part-3-scaling-dynamodb-how-partitions-hot-keys-and-split-for-heat-impact-performance/.
//
// # What is not
//
// Rows are taken to be small (a unit each). DynamoDB doesn't say when it splits; it takes minutes, and [Limits].HotFor is much shorter, so that a
// run needn't last. What counts is what is carried before and after. There is no eventual consistency of the index, and no lost answer (package faults
// has those).
//
// # Luck
//
// Which keys lie together on a partition is luck. [Simulator.Load] tells what an operation asks for of each key, as it ran; [Load.Carries] how many
// of them a second a placement carries, which is quick enough for thousands of placements.
package simulator
