// Package erasure takes a person's name and address out of the table, wherever they are kept.
//
// A person is named by user ids, addresses, or both. The whole table is read for him, because rows that hold him lie in the partitions of
// groups and links, where no index knows him. What becomes of each kind of row:
//
//	membership of an organization    emptied of name and address, and kept: a removal must go on sticking
//	request for access               deleted, and closed in the group's register
//	mail to his address              deleted, sent or not; one under way is sent, and leaves no row
//	idempotency rows, his counters   deleted; they would have ended within two days
//	memberships of groups, links that he made, joins, audit, decisions, mails that he had sent     kept: they name him by his id only
//	suppression, mails of a day to his address     kept: they name him by a hash of the address only
//
// The id is a pseudonym: a hash of what the identity provider calls him. Nobody finds the person by it but with the provider's help, and what others did
// and may check stays whole. That an address wants no mail, or bounced, is kept because it protects the person: without it he
// could be invited again the next day. Names of groups and links are the organization's, whatever they say.
//
// What always holds:
//   - Someone who is in an organization isn't erased, because his next request would write his name again, unless his removal is asked for; and that never takes
//     an organization's last admin. It is refused before anything is written.
//   - Each write is conditional on the row being as it was read, and all of it may be repeated, after a kill too.
//   - It is done when the table, read again, holds nothing more.
//   - A row of a kind that the store doesn't know and that holds an address is told of, never passed over.
//
// Addresses that his own rows hold are his. Other accounts whose rows hold an address count as the same person if that address was given, and are left alone,
// and counted, if it was only found.
//
// The package is pure Go and imports domain packages only.
package erasure
