// Package invite is the domain of invite links: creating, showing, redeeming and deleting them.
//
// An invite is the stored thing, the link is its URL, the code (package linkcode) is the secret part of the link. The stored row is the
// authority for everything but the two ids that the code carries.
//
// What always holds:
//   - A link is worth what its creator may do now. State and Redeem judge it by the creator's present rows: if he is out, or lost
//     the permission that the link needs, it is suspended, and revives when the right is back. It carries the epoch of the
//     membership that it was made in (package directory), so that links from before he was out stay suspended.
//   - Expired means now >= ExpiresAt by the server's clock, on every read and every write. The table's TTL clears rows away later; it
//     never decides.
//   - Removal sticks: nobody returns by a link made at or before his removal.
//   - At most MaxUses people join by a capped link, whatever runs in parallel: a counter is written in the same transaction as the
//     joining, conditional on a place left. It is on the link's row or, if many redeem at once, on one of its shards (shards.go). An uncapped link's row is not written or checked by anyone who redeems, so a link
//     that goes to 100,000 people has no hot key.
//   - Nobody is in a group without being in its organization: both rows are written together, and a group's row counts only
//     in its epoch.
//
// Redeeming may always be repeated. A writer whose answer was lost reads again and knows its own joining by its JoinID.
//
// The package is pure Go. Clock and randomness are passed in; the table is behind [Store].
package invite
