// Package optout is the domain of addresses that want no mail, and of those that want it again.
//
// Each mail carries a token that says of its address that it wants no more; who holds the mail holds the token, and needs to sign in
// nowhere. It is good for as long as its key is. Taking that back takes more, because mails are passed on: the address must be typed
// in, and then a mail goes to it with another token, good for a day. So whoever has a forwarded mail can stop its first recipient's
// mails, and no one else's; only the recipient can have them sent again.
//
// What always holds:
//   - Looking changes nothing: mail scanners open links.
//   - What is answered doesn't depend on which address was typed in, nor on whether it wants mail.
//   - Bounces and complaints are not taken back: an address that has either gets no mail, whatever it says here.
package optout
