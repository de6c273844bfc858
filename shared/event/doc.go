// Package event is the domain of what a host product is told: links that were made or are gone, people who came into an organization or a
// group or are out of it, and requests for access.
//
// What always holds:
//
//   - An event is made of a change of the table alone, as the table's stream tells it: the same change gives the same event, with the same
//     id, however often it comes.
//   - Each is put on the bus at least once. One that the bus doesn't take is kept in the table, and what is kept is brought back by the
//     table's stream until it is taken. So neither an outage of the bus nor a kill loses any, and neither keeps joins from being counted.
//   - Events may come twice and in another order than they happened: readers tell repeats by the id, and order by the instant.
//   - An event holds ids and settings of links. It never holds a code or an address of a link, an e-mail address, a name (of a person, a
//     link, a group or an organization), a message, or the subject of a token.
//
// # Versions
//
// Every detail has a version, which is 1. It stays the same while fields are added: readers leave out what they don't know. A field that
// goes, or means something else, makes version 2, which is put beside version 1, under the same id and another detail type, for as long as
// the changelog says. infra/schemas has a JSON Schema for each type.
package event
