// Times in words. Which state an invite is in, the server decides; the clock here only words it.

import { language } from "../texts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** The reader's own spelling of dates, within the language of the texts. */
const spoken = globalThis.navigator?.languages ?? [];
const locale = spoken.find((tag) => tag === language || tag.startsWith(`${language}-`)) ?? `${language}-GB`;

/** An instant as the reader says it: "Tuesday 1 December 2026", "14:30", "India Standard Time". */
export interface Words {
  date: string;
  time: string;
  zone: string;
}

/** Words an instant in a zone; without one in the reader's. */
export function words(instant: Date, timeZone?: string, spelling = locale): Words {
  const zoned = timeZone === undefined ? {} : { timeZone };
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(spelling, { ...zoned, ...options });
  const clock = new Intl.DateTimeFormat(spelling, { hour: "numeric" }).resolvedOptions().hour12 ? "numeric" : "2-digit"; // 2:30 pm, 02:30
  const zone = format({ timeZoneName: "long" }).formatToParts(instant).find((part) => part.type === "timeZoneName");
  return {
    date: format({ weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(instant),
    time: format({ hour: clock, minute: "2-digit" }).format(instant),
    zone: zone?.value ?? "",
  };
}

/** A day as lists say it: "1 Dec 2026". */
export function dayOf(instant: Date, spelling = locale): string {
  return new Intl.DateTimeFormat(spelling, { dateStyle: "medium" }).format(instant);
}

/** An instant as lists say it: "1 Dec 2026, 14:30". */
export function momentOf(instant: Date, spelling = locale): string {
  return new Intl.DateTimeFormat(spelling, { dateStyle: "medium", timeStyle: "short" }).format(instant);
}

/** What is left of a time, in ms, as "in 7 days". Seconds and minutes that have begun don't count; hours and days are rounded. */
export function remaining(left: number, spelling = locale): string {
  const format = new Intl.RelativeTimeFormat(spelling, { numeric: "always" });
  if (left < minute) return format.format(Math.max(0, Math.floor(left / second)), "second");
  if (left < 90 * minute) return format.format(Math.floor(left / minute), "minute");
  if (left < 36 * hour) return format.format(Math.round(left / hour), "hour");
  return format.format(Math.round(left / day), "day");
}

/** How long ago something was, in ms, as "2 hours ago". */
export function ago(passed: number, spelling = locale): string {
  const format = new Intl.RelativeTimeFormat(spelling, { numeric: "auto" });
  if (passed < minute) return format.format(0, "second");
  if (passed < 90 * minute) return format.format(-Math.floor(passed / minute), "minute");
  if (passed < 36 * hour) return format.format(-Math.round(passed / hour), "hour");
  return format.format(-Math.round(passed / day), "day");
}

/** After how many ms what is left is said in other words: each second of the last minute, otherwise each minute. */
export function nextWording(left: number): number {
  const step = left <= minute ? second : minute;
  return (left % step) + 1;
}

/** The last announcement that is due when so much is left, in ms, and before was left: "ten", "one", "end", or none. */
export function announcement(before: number, left: number): "ten" | "one" | "end" | null {
  const crossed = (mark: number) => before > mark && left <= mark;
  return crossed(0) ? "end" : crossed(minute) ? "one" : crossed(10 * minute) ? "ten" : null;
}
