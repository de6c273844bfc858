// Package mail is the domain of what is mailed: addresses, deliveries and their states, the limits of a day, suppressed addresses, and
// what each kind of mail says.
//
// A delivery is one mail to one address, a row of the outbox. It is written in the same transaction as what it tells of, and
// sent later by package outbox. What always holds:
//   - No row, stream record or queue holds a link's code, or any other text that lets someone in. Those are made as the mail is composed.
//   - An address has one key, whatever the case of its letters. A delivery's id is made of it, so one link has one delivery to an
//     address.
//   - A state only goes forward (State), so that what is known of a mail may be told late, twice or out of order.
//   - The limits of a day are reserved in the transaction that writes the deliveries: exact, however many send at once.
//
// The package is pure Go and imports package directory only.
package mail
