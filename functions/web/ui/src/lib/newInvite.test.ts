import assert from "node:assert/strict";
import { test } from "node:test";
import { merge } from "./addresses";
import { asking, emptyForm, nameFits, placesFit, requestOf } from "./newInvite";

const now = new Date("2026-12-01T12:00:00Z");

test("a form that nobody has touched asks for what is usual", () => {
  assert.deepEqual(requestOf(emptyForm, now), { access: "org", expiration: "7d" });
});

test("a form asks for what is in it, and leaves out what isn't", () => {
  const form = {
    ...emptyForm,
    choice: "custom" as const,
    date: "2026-12-24",
    time: "14:30",
    access: "anyone" as const,
    places: " 12 ",
    name: " For Mira ",
    to: { entries: merge([], ["mira@example.com"]), typed: "theo@example.com" },
  };
  const { expiresAt, ...rest } = requestOf(form, now);
  assert.equal(new Date(expiresAt!).getTime(), new Date(2026, 11, 24, 14, 30).getTime());
  assert.deepEqual(rest, { access: "anyone", maxUses: 12, name: "For Mira", emails: ["mira@example.com", "theo@example.com"] });
});

test("asking for the same again has the same key, for something else another", () => {
  const first = asking(emptyForm, requestOf(emptyForm, now));
  assert.match(first.asked.key, /^[!-~]{1,128}$/);
  assert.equal(asking(first, requestOf(first, now)).asked.key, first.asked.key);
  const other = { ...first, name: "Another" };
  assert.notEqual(asking(other, requestOf(other, now)).asked.key, first.asked.key);
});

test("places are a whole number from 1 to 100,000, or none", () => {
  for (const fits of ["", " ", "1", "1000", "100000", " 7 "]) assert.equal(placesFit(fits), true, fits);
  for (const not of ["0", "100001", "1000000", "-1", "1.5", "1e2", "0x10", "ten", "1 000", "١"]) assert.equal(placesFit(not), false, not);
});

test("a name has at most 64 characters as readers count them, and 256 bytes", () => {
  for (const fits of ["", "x".repeat(64), "é".repeat(64), "e\u0301".repeat(64), "👍".repeat(64)]) assert.equal(nameFits(fits), true, fits);
  for (const not of ["x".repeat(65), "👩🏽‍🚀".repeat(20), "👍".repeat(65)]) assert.equal(nameFits(not), false, not);
});
