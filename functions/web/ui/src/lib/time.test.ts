import assert from "node:assert/strict";
import { test } from "node:test";
import { announcement, nextWording, remaining, words } from "./time";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Words as one text, alike with all versions of the data on languages: some put a comma after the weekday, some a narrow space before "PM". */
function inWords(instant: string, zone: string, spelling = "en-GB"): string {
  const { date, time, zone: named } = words(new Date(instant), zone, spelling);
  return `${date.replaceAll(",", "")}, ${time.replaceAll("\u202f", " ")} (${named})`;
}

test("an instant in words has the day, the time and the zone of the reader", () => {
  assert.equal(inWords("2026-12-01T09:00:00Z", "Asia/Kolkata"), "Tuesday 1 December 2026, 14:30 (India Standard Time)");
  assert.equal(inWords("2026-12-01T12:00:00Z", "America/St_Johns"), "Tuesday 1 December 2026, 08:30 (Newfoundland Standard Time)");
  assert.equal(inWords("2026-12-31T12:00:00Z", "Pacific/Apia"), "Friday 1 January 2027, 01:00 (Samoa Standard Time)");
  assert.equal(inWords("2028-02-29T23:59:59Z", "UTC"), "Tuesday 29 February 2028, 23:59 (Coordinated Universal Time)");
});

test("readers see the spelling that they have chosen", () => {
  assert.equal(inWords("2026-12-01T14:30:00Z", "UTC", "en-US"), "Tuesday December 1 2026, 2:30 PM (Coordinated Universal Time)");
  assert.equal(inWords("2026-12-01T02:30:00Z", "UTC", "en-IN"), "Tuesday 1 December 2026, 2:30 am (Coordinated Universal Time)");
  assert.equal(inWords("2026-12-01T00:05:00Z", "UTC", "en-GB"), "Tuesday 1 December 2026, 00:05 (Coordinated Universal Time)");
});

test("the zone's name tells apart what summer time gives the same time", () => {
  const zone = "Europe/Berlin";
  assert.equal(inWords("2027-10-31T00:30:00Z", zone), "Sunday 31 October 2027, 02:30 (Central European Summer Time)");
  assert.equal(inWords("2027-10-31T01:30:00Z", zone), "Sunday 31 October 2027, 02:30 (Central European Standard Time)");
});

test("a second before summer time begins and the next are an hour apart in words", () => {
  const zone = "Europe/Berlin";
  assert.equal(inWords("2027-03-28T00:59:59Z", zone), "Sunday 28 March 2027, 01:59 (Central European Standard Time)");
  assert.equal(inWords("2027-03-28T01:00:00Z", zone), "Sunday 28 March 2027, 03:00 (Central European Summer Time)");
});

test("what is left is said in units that one thinks in", () => {
  for (const [left, said] of [
    [7 * day, "in 7 days"],
    [7 * day - minute, "in 7 days"],
    [36 * hour, "in 2 days"],
    [36 * hour - 1, "in 36 hours"],
    [6 * hour - second, "in 6 hours"],
    [90 * minute, "in 2 hours"],
    [90 * minute - 1, "in 89 minutes"],
    [hour, "in 60 minutes"],
    [2 * minute - 1, "in 1 minute"],
    [minute, "in 1 minute"],
    [minute - 1, "in 59 seconds"],
    [second, "in 1 second"],
    [second - 1, "in 0 seconds"],
    [0, "in 0 seconds"],
    [-day, "in 0 seconds"],
    [5 * 365 * day, "in 1,825 days"],
  ] as const) {
    assert.equal(remaining(left, "en-GB"), said, `${left} ms`);
  }
});

test("words are renewed when they are no longer right, each minute and at last each second", () => {
  for (const left of [minute, 90 * second, 10 * minute + 1, 89 * minute + 59_999, second, 59_999, 30_500]) {
    const wait = nextWording(left);
    assert.ok(wait > 0 && wait <= minute + 1, `${left} ms: after ${wait} ms`);
    assert.notEqual(remaining(left - wait, "en-GB"), remaining(left, "en-GB"), `${left} ms: after ${wait} ms`);
    assert.equal(remaining(left - wait + 1, "en-GB"), remaining(left, "en-GB"), `${left} ms: they are renewed ${wait} ms later, and that is late`);
  }
});

test("the end is announced at ten minutes, one minute, and when it comes", () => {
  const said: [number, string][] = [];
  let before = 12 * minute;
  for (let left = before; left > -3 * second; left -= second) {
    const due = announcement(before, left);
    if (due) said.push([left, due]);
    before = left;
  }
  assert.deepEqual(said, [[10 * minute, "ten"], [minute, "one"], [0, "end"]]);
});

test("of several announcements that are due the last is made, and nothing is announced to who comes later", () => {
  assert.equal(announcement(hour, 30 * second), "one", "a machine that slept");
  assert.equal(announcement(hour, -second), "end");
  assert.equal(announcement(5 * minute, 5 * minute), null);
  assert.equal(announcement(5 * minute, 4 * minute), null);
  assert.equal(announcement(-second, -2 * second), null);
  assert.equal(announcement(30 * second, hour), null, "the clock was set back");
});
