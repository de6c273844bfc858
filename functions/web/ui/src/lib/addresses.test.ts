import assert from "node:assert/strict";
import { test } from "node:test";
import { markRefused, merge, read, settled, split } from "./addresses";

test("addresses are found in what people paste", () => {
  const three = ["mira@example.com", "theo@example.com", "uma@example.com"];
  for (const text of [
    "mira@example.com, theo@example.com, uma@example.com",
    "mira@example.com;theo@example.com;uma@example.com",
    "mira@example.com\ntheo@example.com\r\n\r\numa@example.com\n",
    "mira@example.com theo@example.com\tuma@example.com",
    "Mira Lee <mira@example.com>, Theo <theo@example.com>, <uma@example.com>",
    '"Lee, Mira" <mira@example.com>; "Ng, Theo" <theo@example.com>; Uma <uma@example.com>',
    "Lee, Mira <mira@example.com>\nNg, Theo <theo@example.com>\nReyes, Uma <uma@example.com>",
    "Mira\tLee\tmira@example.com\nTheo\tNg\ttheo@example.com\nUma\tReyes\tuma@example.com",
    "mailto:mira@example.com, (theo@example.com), “uma@example.com”.",
  ]) {
    assert.deepEqual(split(text), three, text);
  }
});

test("what stands where an address is to be expected is not lost", () => {
  assert.deepEqual(split("mira@example.com, theo, uma@example.com"), ["mira@example.com", "theo", "uma@example.com"]);
  assert.deepEqual(split("Mira Lee"), ["Mira Lee"]);
  assert.deepEqual(split("  ,;\n "), []);
});

test("an address is read as the API reads it", () => {
  for (const [typed, text] of [
    ["mira@example.com", "mira@example.com"],
    [" Mira.Lee+club@Example.COM ", "Mira.Lee+club@example.com"],
    ["o'neil@mail.example.co.uk", "o'neil@mail.example.co.uk"],
    ["info@bücher.example", "info@xn--bcher-kva.example"],
    ["info@例え.テスト", "info@xn--r8jz45g.xn--zckzah"],
    ["ｍｉｒａ@example.com", "mira@example.com"],
    [`${"l".repeat(64)}@example.com`, `${"l".repeat(64)}@example.com`],
  ] as const) {
    const { text: as, key, fault } = read(typed);
    assert.deepEqual({ as, key, fault }, { as: text, key: text.toLowerCase(), fault: null }, typed);
  }
});

test("what is no address says why, and stays as it was typed", () => {
  for (const [typed, fault] of [
    ["mira", "form"],
    ["@example.com", "form"],
    ["mira@", "form"],
    ["mira@localhost", "form"],
    ["mira@example..com", "form"],
    ["mira@-example.com", "form"],
    ["mira@127.0.0.1", "form"],
    ["mira@exa mple.com", "form"],
    ["mira@example.com/path", "form"],
    ["mira@bücher.example/path", "form"],
    [".mira@example.com", "form"],
    ["mi..ra@example.com", "form"],
    ["mira@theo@example.com", "form"],
    ['"mira lee"@example.com', "form"],
    ["müller@example.com", "local-letters"],
    [`${"l".repeat(65)}@example.com`, "long"],
    [`mira@${`${"d".repeat(60)}.`.repeat(5)}com`, "long"],
    [`mira@${"d".repeat(64)}.com`, "form"],
  ] as const) {
    const entry = read(typed);
    assert.deepEqual({ text: entry.text, fault: entry.fault }, { text: typed, fault }, typed);
  }
});

test("an address is in once, whatever its letters' case, and keeps its place", () => {
  const entries = merge([], ["mira@example.com", "theo@example.com"]);
  assert.deepEqual(
    merge(entries, ["MIRA@example.com", "uma@example.com", "Theo@EXAMPLE.com"]).map(({ text }) => text),
    ["mira@example.com", "theo@example.com", "uma@example.com"],
  );
});

test("what is being typed is in when it is settled", () => {
  const { entries, typed } = settled({ entries: merge([], ["mira@example.com"]), typed: "theo@example.com uma" });
  assert.deepEqual([entries.map(({ text }) => text), typed], [["mira@example.com", "theo@example.com"], ""]);
});

test("the addresses that the API names by their places are marked", () => {
  const entries = merge([], ["mira@example.com", "theo@example.com", "uma@example.com"]);
  const marked = markRefused(entries, [{ field: "emails[1]" }, { field: "name" }, { field: "emails" }, { field: "emails[12]" }]);
  assert.deepEqual(marked.map(({ fault }) => fault), [null, "refused", null]);
});
