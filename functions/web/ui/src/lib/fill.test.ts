import assert from "node:assert/strict";
import { test } from "node:test";
import { fill, fillWith } from "./fill";

test("values stand where their names are, as often as they are", () => {
  assert.equal(fill("{who} invited you to {group}", { who: "Asha", group: "Book Circle" }), "Asha invited you to Book Circle");
  assert.equal(fill("{a}{b}{a}", { a: "1", b: "2" }), "121");
  assert.equal(fill("No names", {}), "No names");
});

test("a value that looks like a name or a pattern is only a value", () => {
  assert.equal(fill("{who} · {group}", { who: "{group}", group: "$& $1 <b>" }), "{group} · $& $1 <b>");
});

test("what is shown keeps its place among the words", () => {
  const shown = { bold: true } as unknown as string;
  assert.deepEqual(fillWith("Join as {person}.", { person: shown }), ["Join as ", shown, "."]);
});
