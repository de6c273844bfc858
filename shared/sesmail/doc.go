// Package sesmail composes the mails and sends them through SES.
//
// A [Composer] makes a raw message of a [mail.Message]: text and HTML that say the same, from the templates of this folder. A [Sender]
// gives it to SES. What always holds:
//   - Whatever names hold, a mail has the header, the parts and the links that it is to have, and no other: see plain.
//   - It has no image, nothing that tells whether it was read, and no link that leads anywhere but to where it says.
//   - It says the same without CSS, and the text part says the same as the HTML.
package sesmail
