import { useEffect, useRef, useState } from "preact/hooks";
import { announcement, nextWording } from "./time";

/**
 * Gives how long it is until an instant, in ms, anew whenever that is said in other words; for null Infinity. due is called ten minutes before
 * it, one minute before, and at it; ended a second later, once for each instant and ahead: whether it is over the server decides, which has
 * another clock. That one is ahead of the clock here by so many ms.
 */
export function useLeft(instant: string | null, ahead: number, due: (mark: "ten" | "one" | "end") => void, ended: () => void): number {
  const end = instant === null ? Infinity : Date.parse(instant);
  const leftNow = () => end - (Date.now() + ahead);
  const [left, setLeft] = useState(leftNow);
  const before = useRef(left);
  useEffect(() => {
    const now = leftNow();
    before.current = now;
    setLeft(now);
  }, [end, ahead]);
  useEffect(() => {
    if (end === Infinity) return;
    const mark = announcement(before.current, left);
    before.current = left;
    if (mark) due(mark);
    const timer = setTimeout(left > 0 ? () => setLeft(leftNow()) : ended, left > 0 ? nextWording(left) : 1000);
    return () => clearTimeout(timer);
  }, [left, end, ahead]);
  return left;
}

/** Gives the time, anew each minute. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 60_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
