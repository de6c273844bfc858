import { useEffect, useRef } from "preact/hooks";

/** After how many ms something that is on its way is looked at, and again. Then it may take long, and nobody waits for it. */
const looks = [1_500, 2_500, 4_000, 8_000, 15_000, 30_000, 60_000];

/** Calls look again and again while something is on its way, ever more seldom. A new turn begins anew. */
export function useWatch(onItsWay: boolean, turn: unknown, look: () => void): void {
  const latest = useRef(look);
  latest.current = look;
  useEffect(() => {
    if (!onItsWay) return;
    let timer: ReturnType<typeof setTimeout>;
    const wait = (i: number) => {
      if (i === looks.length) return;
      timer = setTimeout(() => {
        latest.current();
        wait(i + 1);
      }, looks[i]);
    };
    wait(0);
    return () => clearTimeout(timer);
  }, [onItsWay, turn]);
}

/** Calls look when the page is seen again. */
export function useReturn(look: () => void): void {
  const latest = useRef(look);
  latest.current = look;
  useEffect(() => {
    const see = () => {
      if (document.visibilityState === "visible") latest.current();
    };
    document.addEventListener("visibilitychange", see);
    return () => document.removeEventListener("visibilitychange", see);
  }, []);
}
