// Package dynamo keeps everything in one DynamoDB table with one index. keys.go is the only place where keys are made; each way of
// reading or writing has one file.
//
// # Items
//
// Keys are pk and sk; lpk and lsk are those of the index "lists", which holds keys only. Every row has v, its schema version. Ids are in
// hex. Instants are Unix milliseconds, but expiresAt and ttl seconds.
//
//	organization    pk O#{org}     sk O            name, addPeople (set of roles), createdAt, createdBy, version, admins (count), externalId?, externalRow? (pk)
//	admin           pk O#{org}     sk A#{user}     nothing more: the member's row decides
//	group           pk G#{group}   sk G            name, createdAt, createdBy, version, externalId?, externalRow?
//	                lpk O#{org}#G  lsk G#{group}
//	invite          pk I#{group}   sk {invite}     name?, access, expiration, expiresAt?, createdAt, createdBy, epoch, byAdmin?, maxUses?, uses, ttl?
//	                lpk I#{group}#{creator}  lsk {invite}    shards?, dealt? (uses before), fullShards? (set), closingAt?
//	shard           pk P#{group}#{invite}#{00-63}  sk P    uses, ttl?; or closed, ttl (an hour)    from its first use on
//	org member      pk U#{user}    sk O#{org}      state (in, left, removed), role, since, joinedAt, removedAt?, name, email, byHost? (since)
//	                lpk O#{org}#M{0-3}   lsk U#{user}    while in; else O#{org}#F{0-3}
//	group member    pk U#{user}    sk G#{group}    state, since, joinedAt, joinId, via? (invite), removedAt?, ended? (joinId, with the organization's), byHost? (joinId)
//	                lpk G#{group}#M{0-3} lsk U#{user}    while in; else G#{group}#F{0-3}
//	replay          pk K#{user}    sk {hash of method, path, Idempotency-Key}    request (hash), invite, ttl (24 hours)
//	audit           pk A#{org}     sk {milliseconds}#{random}    actor, action, target, detail?, ttl (a year)
//	new orgs        pk Q#orgs#{user}  sk {day}     created (count), ttl
//	join            pk J#{group}#{invite}  sk {milliseconds}#{user}     written from the stream
//	delivery        pk D#{group}#{invite}  sk {id: of the address}    kind, to, state, reason?, detail?, fresh?, sends, attempts, dueAt?,
//	                lpk due#{0-3}  lsk {milliseconds}#{pk}#{sk}    only while queued    claim?, countedOn?, sentBy?, user?, messageId?, ttl
//	other delivery  pk D#{group}   sk {id}         the same; digest? (of a notice, what it comes of)
//	access request  pk R#{group}   sk {user}       name, email?, message?, invite, creator, access, createdAt, digest (id), ttl (30 days)
//	their register  pk R#{group}   sk V            version, open? (set of {user}#{milliseconds}), told? (of the latest digest), ttl
//	access decision pk R#{group}#decided  sk {user}  creator, by, at, joinId? (if approved), ttl (a week; a day if approved)
//	mails of a day  pk Q#sender#{user}, Q#org#{org}, Q#to#{address}  sk {day}     mails (count), ttl
//	suppression     pk S#{address} sk S            bouncedAt?, complainedAt?, optedOutAt?
//	event           pk E#{0-3}     sk {milliseconds}#{id}     type, detail (JSON); kept until the bus takes it
//	their reminder  pk E#{0-3}     sk E            turn (random, so that each write of it is a change)
//	external id     pk X#{hash}    sk X            standsFor (org or group); the hash is of the host's ids; counts only while that is there
//	clearing        pk C#{kind}#{id}  sk C         step; what is left of something deleted is being cleared away
//
// since is the epoch of an organization membership (package directory). A group member's row counts only if it carries the
// epoch of the person's row in the organization, so that removal from the organization is one write.
//
// # Access patterns
//
//	what decides on an operation      BatchGetItem by keys: organization, group, invite, shards, replay row, and people's two rows each
//	where a person is a member        Query pk U#{user}
//	his groups of an organization     Query pk U#{user}, from sk G#{org}
//	a group's invites, newest first   Query pk I#{group}, descending
//	one's own invites, newest first   Query lists I#{group}#{creator}, descending; then BatchGetItem
//	members, by id                    Query lists …#M0 to …#M3 at the same time, merged; then BatchGetItem
//	an organization's admins          Query pk O#{org}, before sk O
//	what the host's ids stand for     BatchGetItem of external ids, then BatchGetItem of what they stand for with member rows
//	all member rows, to clear them    Query lists …#M0 to …#M3 and …#F0 to …#F3
//	what decides on asking for access the same, with the person's request, the decision on it, and the group's register
//	requests of a group, 100 at most  Query pk R#{group}
//	mails of a link, by id            Query pk D#{group}#{invite}
//	mails that are due, by when       Query lists due#0 to due#3 at the same time; then BatchGetItem
//	groups of an organization         Query lists O#{org}#G; then BatchGetItem
//	events that are kept, oldest first  Query pk E#{0-3}, before sk E
//
// # What always holds
//
//   - Reads by key and lists of a group's invites are strongly consistent. The index, which can't be, decides nothing: it
//     gives keys, and the rows are read by them.
//   - A member row is never deleted while its organization and group are there, so that a removal is never forgotten, and every write to it
//     is conditional on what it was.
//   - No key that many people write at once: members are listed in four partitions, and an uncapped link's row is written by nobody who
//     redeems it. What has to be exact is the exception: the row of a capped link until its places are dealt out among shards
//     (package invite), and the register of a group's requests.
//   - An invite whose places were dealt out has as many uses as it had before, and those of its shards; its own uses say maxUses from then on,
//     for functions that know no shards. A shard's share is (maxUses - dealt) / shards, and one more on the first of the remainder.
//   - The TTL attribute clears rows away some time after they stopped to matter. No decision rests on a row being gone by TTL.
//
// The index holds keys only, because every list reads the rows anyway: names, roles and uses change, and an index entry that held
// them would cost a write with each change.
package dynamo
