import assert from "node:assert/strict";
import { after, test } from "node:test";
import { dateOf, endOf, instantOf, presets, range, wire } from "./expiry";

const zone = process.env["TZ"];
after(() => setZone(zone));

/** Has the machine be in another zone, as a browser is in one. */
function setZone(name: string | undefined): void {
  if (name === undefined) delete process.env["TZ"];
  else process.env["TZ"] = name;
}

const now = new Date("2026-12-01T12:00:00Z");

/** The instant of a day and time in a zone, as the API takes it, with "leapt" behind it; or why there is none. */
function picked(zone: string, date: string, time = "", at = now): string {
  setZone(zone);
  const found = instantOf(date, time, at);
  return found.kind === "instant" ? wire(found.at) + (found.leapt ? " leapt" : "") : found.kind;
}

test("a choice of a few ends so much later, to the second", () => {
  assert.deepEqual(
    presets.map((preset) => wire(endOf(preset, new Date("2026-12-01T12:00:00.987Z")))),
    ["2026-12-01T13:00:00Z", "2026-12-01T18:00:00Z", "2026-12-02T12:00:00Z", "2026-12-08T12:00:00Z"],
  );
});

test("a day without a time is good until its last second, where the reader is", () => {
  assert.equal(picked("Europe/Berlin", "2026-12-24"), "2026-12-24T22:59:59Z");
  assert.equal(picked("Asia/Kolkata", "2026-12-24"), "2026-12-24T18:29:59Z");
  assert.equal(picked("America/Los_Angeles", "2026-12-24"), "2026-12-25T07:59:59Z");
  assert.equal(picked("Pacific/Apia", "2026-12-24"), "2026-12-24T10:59:59Z");
  assert.equal(picked("UTC", "2026-12-31"), "2026-12-31T23:59:59Z");
  assert.equal(picked("UTC", "2028-02-29"), "2028-02-29T23:59:59Z");
});

test("a day with a time is that minute, where the reader is", () => {
  assert.equal(picked("Europe/Berlin", "2026-12-24", "14:30"), "2026-12-24T13:30:00Z");
  assert.equal(picked("Asia/Kathmandu", "2026-12-24", "00:00"), "2026-12-23T18:15:00Z");
  assert.equal(picked("Asia/Kolkata", "2026-12-24", "14:30:59"), "2026-12-24T09:00:00Z");
});

test("a day on which summer time begins or ends has its own length", () => {
  assert.equal(picked("Europe/Berlin", "2027-03-28"), "2027-03-28T21:59:59Z");
  assert.equal(picked("Europe/Berlin", "2027-10-31"), "2027-10-31T22:59:59Z");
  assert.equal(picked("Australia/Lord_Howe", "2027-04-04"), "2027-04-04T13:29:59Z", "it changes by half an hour");
});

test("a time that the clock leaps over is as much later, and that is told", () => {
  assert.equal(picked("Europe/Berlin", "2027-03-28", "01:59"), "2027-03-28T00:59:00Z");
  assert.equal(picked("Europe/Berlin", "2027-03-28", "02:30"), "2027-03-28T01:30:00Z leapt");
  assert.equal(picked("Europe/Berlin", "2027-03-28", "03:00"), "2027-03-28T01:00:00Z");
  assert.equal(picked("America/New_York", "2027-03-14", "02:00"), "2027-03-14T07:00:00Z leapt");
});

test("a time that comes twice is the first of the two", () => {
  assert.equal(picked("Europe/Berlin", "2027-10-31", "02:30"), "2027-10-31T00:30:00Z");
  assert.equal(picked("Europe/Berlin", "2027-10-31", "03:00"), "2027-10-31T02:00:00Z");
  assert.equal(picked("America/New_York", "2027-11-07", "01:15"), "2027-11-07T05:15:00Z");
});

test("a day whose midnight doesn't exist, or comes twice, ends when the next begins", () => {
  assert.equal(picked("Africa/Cairo", "2027-04-29"), "2027-04-29T21:59:59Z", "the next day begins at 01:00");
  assert.equal(picked("Africa/Cairo", "2027-04-30", "00:30"), "2027-04-29T22:30:00Z leapt");
  assert.equal(picked("Africa/Cairo", "2027-10-28"), "2027-10-28T21:59:59Z", "its last hour comes twice");
});

test("what is no day or time, or too near, or too far, is said to be so", () => {
  assert.equal(picked("UTC", ""), "none");
  assert.equal(picked("UTC", "", "14:30"), "none");
  for (const [date, time] of [["2027-02-31", ""], ["2027-13-01", ""], ["2027-00-10", ""], ["tomorrow", ""], ["2027-1-1", ""], ["2027-01-01", "noon"], ["2027-01-01", "7:30"]] as const) {
    assert.equal(picked("UTC", date, time), "bad", `${date} ${time}`);
  }
  assert.equal(picked("UTC", "2026-11-30"), "past");
  assert.equal(picked("UTC", "2026-12-01", "11:59"), "past");
  assert.equal(picked("UTC", "2026-12-01", "12:00"), "past");
  assert.equal(picked("UTC", "2026-12-01", "12:01"), "2026-12-01T12:01:00Z", "a minute ahead is enough");
  assert.equal(picked("UTC", "2026-12-01"), "2026-12-01T23:59:59Z");
  assert.equal(picked("UTC", "2026-12-01", "", new Date("2026-12-01T23:59:30Z")), "past");
  assert.equal(picked("UTC", "2031-12-01", "12:00"), "2031-12-01T12:00:00Z", "five years are not too far");
  assert.equal(picked("UTC", "2031-12-01", "12:01"), "far");
  assert.equal(picked("UTC", "275760-12-01"), "bad");
});

test("the calendar offers today and what can be picked whole", () => {
  setZone("UTC");
  assert.deepEqual(range(now), { first: "2026-12-01", last: "2031-11-30" });
  assert.equal(picked("UTC", range(now).last), "2031-11-30T23:59:59Z");
  setZone("Pacific/Kiritimati"); // the day after
  assert.deepEqual(range(now), { first: "2026-12-02", last: "2031-12-01" });
  setZone("UTC");
  assert.deepEqual(range(new Date("2028-02-29T12:00:00Z")), { first: "2028-02-29", last: "2033-02-28" });
  assert.equal(dateOf(new Date("2026-01-02T03:04:05Z")), "2026-01-02");
});
