// Package export reads everything that the table holds of one organization, so that it can be taken elsewhere.
//
// The walk goes list by list, a page at a time, in constant memory, and keeps nothing: who is interrupted begins anew. What it gives:
//   - Every row once, as it is when its page is read. Rows are read strongly consistently, by key or by their partition; a row that can't be
//     read is given with its key and what is wrong with it, never left out.
//   - Groups and members are found by the index, which may be a second old. Members who are in and who are out are walked together, by
//     id, so that who leaves or comes back during the walk is still met once. At the end these lists are counted
//     again: a count that differs says that the organization changed meanwhile, and by how many rows.
//   - What is created while the walk is under way may be in it or not, and rows of different pages are of different moments.
//
// Left out is what isn't the organization's or tells nothing more: counters of limits, idempotency rows, registers that repeat other rows,
// rows that say what is being cleared away, and which addresses want no mail. No row holds a code or a URL, so none can be exported.
//
// The package is pure Go and imports domain packages only.
package export
