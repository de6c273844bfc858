// Package accessrequest is the domain of asking for access: who comes too late, by a link that has expired, asks to be let in, and those
// who could make such a link let him in, or don't.
//
// What always holds:
//   - Who asks can't tell what came of it: any genuine code of a link that is there gets the same answer. Nothing is stored for people who
//     are in the group already, who were removed, whom the link would not have let in, or who were declined within a week.
//   - A person has one open request in a group, and a group has at most 100. Both are exact: one row, the [Register], says which
//     requests are open, and every write that opens or closes one is conditional on the register as it was read.
//   - A request is judged by the rows of the moment, when it is shown, told of, approved or declined ([Request.Stands]): it is worth nothing
//     when its person has come in another way, was removed, may not come by such a link any more, or when 30 days are over. The
//     table's TTL clears it away later, and never decides.
//   - Who sees a request may decide on it, and nobody else: a link's creator, the group's managers, admins; and of them those
//     who may let in such a person now ([Request.MayDecide]).
//   - Removal sticks: approving is conditional on no removal since the request was made.
//   - What the person writes is shown to those who may decide. It is in no mail and no log.
//   - Each request is told of by one digest, which it names; package outbox makes mails of that.
//
// The package is pure Go. Clock and randomness are passed in; the table is behind [Store].
package accessrequest
