// Package outbox is the domain of sending what the outbox holds: attempts, retries, and what becomes of mails.
//
// A delivery (package mail) is a row that says queued. It is brought here twice: by the table's stream moments after it was written, and
// by a sweep that looks through the index of what is due, which makes every retry. Either may come twice, late, or not at all.
//
//   - Each attempt is claimed by one conditional write, which raises the count of attempts and makes the delivery due again when the
//     claim ends. So one attempt is made at a time, and who is killed is followed by the sweep.
//   - The claim is written before SES is called, and what came of it after. Who is killed between may have sent the mail: there is one
//     duplicate at most for each kill, and no mail is lost.
//   - What decides on a mail is read at each attempt: whether the link lets anyone in, whether its sender could still create it,
//     whether the address is suppressed. A mail that is of no use is dropped, and its row says why.
//   - The code of a link is made as the mail is composed, and is nowhere else.
//   - An address gets three invites a day, whoever sends them. The counter is raised in the transaction of the claim; what is beyond stays
//     queued until the next day, and looks to its sender as any mail that waits.
//
// That people ask for access to a group (package accessrequest) is told by a digest, at most once an hour and group: it becomes a notice to each
// who is to be told. The claim of a digest ends what it tells of: whoever asks later is told of by the next one.
//
// Feedback of SES moves the state of a delivery forward only, and ends its retries: a mail that was delivered is known to have been sent,
// even if who sent it was killed before he wrote that down.
//
// The package is pure Go. The table is behind [Store], SES behind [Sender].
package outbox
