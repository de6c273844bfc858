// Package tally is the domain of what follows from a change of the table, moments after it: who joined by which link, the uses of
// uncapped links, audit entries of creations and joinings, and the clearing of what no longer counts.
//
// It is told of changes by the table's stream, at least once each, in the order of each row's changes, and possibly again after it
// was killed. So everything it does can be done twice:
//
//   - A joining has a row of its own, by link, instant and person. The uses of an uncapped link are raised in the same transaction that
//     writes the rows of joinings, each of which must be new: a joining is counted exactly once, and a batch writes a link's
//     counter once. Uses of capped links are counted where they are taken, by redeeming,
//     and the rows of joinings by them are written as they are: that is half the cost, and keeps out of the redeemers' way. Afterwards the link is
//     looked for, and if it is gone, what belonged to it is cleared once more.
//   - Audit entries of the stream have ids that the change determines.
//   - Who was added by the host's directory (package mirror) is audited as joinings are. The external id of what was deleted is forgotten, unless
//     it stands for something else by then.
//   - Memberships of an epoch that has ended are marked as left, and taken out of lists, if they still are of that epoch.
//   - Whatever comes is looked at: what it belongs to may have been deleted, and cleared, while it was on its way. Then it is dropped.
//   - What belonged to a deleted invite, group or organization is cleared step by step. Each step is taken because the table says so: a
//     row names what is to be cleared, and writing it again for the next step is itself a change. So a step is short, a
//     large group doesn't hold up the stream, and whoever is killed is followed by another.
//
// Nothing that a request decides rests on any of this.
package tally
