// When a link is to end, as it is chosen: a choice of a few, or a day of the calendar in the zone of whoever picks it.

export const presets = ["1h", "6h", "1d", "7d"] as const;

export type Preset = (typeof presets)[number];

export type Choice = Preset | "never" | "custom";

/** What holds when nothing is chosen. */
export const usualChoice: Choice = "7d";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const lasting: Record<Preset, number> = { "1h": hour, "6h": 6 * hour, "1d": day, "7d": 7 * day };

/** How far ahead a day of the calendar may lie: as the API has it. */
const leastAhead = minute;
const mostYears = 5;

/** When a link made now ends by a choice of a few. */
export function endOf(preset: Preset, now: Date): Date {
  return new Date(now.getTime() + lasting[preset]);
}

/** What was picked, in words: an instant, or why there is none. */
export type Picked =
  | { kind: "instant"; at: Date; /** The clock of that day leaps over the time that was picked, and shows another then. */ leapt: boolean }
  | { kind: "none" } // no day yet
  | { kind: "bad" } // something that is no day, or no time
  | { kind: "past" } // or less than a minute ahead
  | { kind: "far" };

/**
 * Gives the instant of a picked day ("2026-12-01") and time ("14:30"), in the zone that the browser is set to. Without a time it is the last
 * second of the day. A time that the clock leaps over when summer time begins is as much later as the clock leaps; one that
 * comes twice as it ends is the first of the two.
 */
export function instantOf(date: string, time: string, now: Date): Picked {
  if (date === "") return { kind: "none" };
  const [year, month, dayOfMonth] = numbers(/^(\d{4,6})-(\d{2})-(\d{2})$/, date);
  if (year === undefined || month === undefined || dayOfMonth === undefined) return { kind: "bad" };
  const day = new Date(year, month - 1, dayOfMonth);
  if (day.getMonth() !== month - 1 || day.getDate() !== dayOfMonth) return { kind: "bad" }; // 31 February
  let at: Date;
  let leapt = false;
  if (time === "") {
    at = new Date(new Date(year, month - 1, dayOfMonth + 1).getTime() - 1000);
  } else {
    const [hours, minutes] = numbers(/^(\d{2}):(\d{2})/, time);
    if (hours === undefined || minutes === undefined) return { kind: "bad" };
    at = new Date(year, month - 1, dayOfMonth, hours, minutes);
    leapt = at.getHours() !== hours || at.getMinutes() !== minutes;
  }
  if (Number.isNaN(at.getTime())) return { kind: "bad" };
  if (at.getTime() < now.getTime() + leastAhead) return { kind: "past" };
  if (at > yearsLater(now, mostYears)) return { kind: "far" };
  return { kind: "instant", at, leapt };
}

function numbers(shape: RegExp, text: string): number[] {
  return shape.exec(text)?.slice(1).map(Number) ?? [];
}

/** The first and the last day that can be picked, as "2026-12-01". */
export function range(now: Date): { first: string; last: string } {
  // The end of today is ahead until its last minute; the end of the day that is five years ahead is too far.
  const last = yearsLater(now, mostYears);
  last.setDate(last.getDate() - 1);
  return { first: dateOf(now), last: dateOf(last) };
}

/** The day of an instant in the zone of the browser, as "2026-12-01". */
export function dateOf(at: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** The API adds years to the UTC date: 29 February becomes 1 March. */
function yearsLater(now: Date, years: number): Date {
  const later = new Date(now);
  later.setUTCFullYear(now.getUTCFullYear() + years);
  return later;
}

/** An instant as the API takes it: UTC, to the second. */
export function wire(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/, "Z");
}
