// Package mirror is the domain of what a host product's own directory says: which organizations and groups there are, and who is in
// them. A host whose workspaces, rooms and people exist already loads them in bulk, and then tells of each change.
//
// The host names things by its own ids:
//
//   - An organization or group has an external id, and a row that says which id of ours that stands for. The row counts only while what it
//     names is there: so whoever deletes the thing, by whatever way, ends the external id too, and the next put makes a new thing, with
//     a new id, that has nothing of the old one.
//   - A person is named by his subject at the deployment's issuer. His id is made of that ([directory.NewUserID]), so that he is a member
//     before he signs in for the first time, and is the same person when he does. The subject is neither stored nor answered.
//
// What holds of what the host says:
//
//   - Everything may be said again. What is so already costs no write; a delete of what isn't there is done.
//   - The host's word is final. A put lifts a removal, whoever removed; a removal sticks as an admin's does, and is remembered even of a
//     person who was never a member, so that a link from before lets him in nowhere.
//   - An organization of the host's may be without admins: at first, and after the host has removed the last one. People are still kept
//     from removing the last themselves.
//   - Groups in a put of a member are added to, never taken from: who has just joined by a link, which the host hears of later, stays.
//   - Organizations that people made have no external id. The host neither sees nor changes them.
//
// Operations of one request come out as if they had been made one after the other, in the order of the list; those that don't depend on
// each other run at the same time (order.go). Each has an answer of its own. One that could not be decided leaves those after it that depend on
// it undecided too, so that sending the undecided ones again, in their order, comes to the same.
//
// The package is pure Go. Clock and randomness are passed in; the table is behind [Store].
package mirror
