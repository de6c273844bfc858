// Package linkcode makes and verifies the secret part of an invite link, seals the cursors of lists, and signs
// for mail addresses.
//
// # Codes
//
// A code is 33 bytes, written as exactly 44 characters of base64url without padding (RFC 4648, section 5):
//
//	 1 byte   format (high 4 bits, always 1) and key number (low 4 bits)
//	 8 bytes  group id
//	 8 bytes  invite id
//	16 bytes  HMAC-SHA-256 over the 17 bytes before, cut to 16
//
// The MAC key is derived from a key of the [Ring] by HKDF-SHA-256 (RFC 5869) with a label that names the purpose and the
// stack, so that one stack's codes, or a cursor's seal, are never good for anything else.
//
// What always holds:
//   - [Ring.Verify] is the only way to get ids out of a code, and it gives them only when the MAC is right: a forged, malformed,
//     foreign or retired code is refused without any call to the database.
//   - Each pair of ids has exactly one valid spelling a key: 33 bytes fill 44 characters without spare bits, and the decoder takes
//     nothing but the 64 characters of the alphabet.
//   - Nothing stored lets anyone in. A code can be made again at any time from the two ids and the ring.
//
// # Cursors
//
// [Ring.Seal] and [Ring.Open] encrypt a list's position with AES-256-GCM under a key of its own, bound to a context: who
// asked for which list. See seal.go.
//
// # Tokens of addresses
//
// [Ring.SignAddress] and [Ring.VerifyAddress] make and verify what a mail carries so that its recipient can say that he wants no more
// mail, or wants it again. See token.go.
package linkcode
