// What is asked of the API for a screen: on its way, here, or refused.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Answer, Failure } from "./api";

export type Load<T> = { at: "loading" } | { at: "ready"; data: T } | { at: "failed"; failure: Failure };

/** Sorts by name what came as one page, so that lists that are whole are easy to read. Longer ones stay in the order they come in. */
export function sortedIfWhole<T extends { name: string }>(answer: Answer<Page<T>>, cursor: string | null): Answer<Page<T>> {
  if (!answer.ok || cursor !== null || answer.data.nextCursor !== null) return answer;
  return { ok: true, data: { ...answer.data, items: answer.data.items.toSorted((a, b) => collator.compare(a.name, b.name)) } };
}

const collator = new Intl.Collator(undefined, { numeric: true });

/** What two requests make together. */
export function both<A, B>(a: Load<A>, b: Load<B>): Load<[A, B]> {
  if (a.at === "failed") return a;
  if (b.at === "failed") return b;
  return a.at === "ready" && b.at === "ready" ? { at: "ready", data: [a.data, b.data] } : { at: "loading" };
}

export interface Loaded<T> {
  state: Load<T>;
  /** Asks again, from the start. */
  retry: () => void;
  /** Asks again while what is known stays on the screen. A failure changes nothing. */
  refresh: () => void;
  /** Puts in its place what is known otherwise, such as the answer to a change. */
  set: (data: T) => void;
}

/** Asks when the screen opens, and when one of what it depends on changes. Without a connection it asks again when there is one. */
export function useLoad<T>(ask: () => Promise<Answer<T>>, dependsOn: unknown[]): Loaded<T> {
  const [state, setState] = useState<Load<T>>({ at: "loading" });
  const turn = useRef(0); // what an earlier turn still waits for is of no interest
  const latest = useRef(ask);
  latest.current = ask;

  const load = async (quiet: boolean) => {
    const mine = ++turn.current;
    if (!quiet) setState({ at: "loading" });
    const answer = await latest.current();
    if (mine !== turn.current) return;
    if (answer.ok) setState({ at: "ready", data: answer.data });
    else if (!quiet) setState({ at: "failed", failure: answer.failure });
  };

  useEffect(() => {
    void load(false);
    return () => {
      turn.current++;
    };
  }, dependsOn);
  useWhenOnline(state.at === "failed" && state.failure.code === "offline", () => void load(false));

  return {
    state,
    retry: () => void load(false),
    refresh: () => void load(state.at === "ready"),
    set: (data) => {
      turn.current++;
      setState({ at: "ready", data });
    },
  };
}

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export interface LoadedList<T> {
  state: Load<T[]>;
  /** Asks again, from the start. */
  retry: () => void;
  /** Changes what is here by what is known otherwise, such as the answer to a change. */
  change: (to: (items: T[]) => T[]) => void;
  /** Whether there are more on the server than here. */
  more: boolean;
  /** Where those to come next are: on their way, or refused. Null while nobody asks. */
  next: "loading" | Failure | null;
  loadMore: () => void;
}

/** The same for a list that comes in pages. */
export function useList<T>(ask: (cursor: string | null) => Promise<Answer<Page<T>>>, dependsOn: unknown[]): LoadedList<T> {
  const first = useLoad(() => ask(null), dependsOn);
  const [next, setNext] = useState<"loading" | Failure | null>(null);
  const shown = useRef(first.state);
  shown.current = first.state;
  const state = first.state;
  const page = state.at === "ready" ? state.data : null;

  const loadMore = async () => {
    if (page === null || page.nextCursor === null || next === "loading") return;
    setNext("loading");
    const cursor = page.nextCursor;
    const answer = await ask(cursor);
    const now = shown.current;
    if (now.at !== "ready" || now.data.nextCursor !== cursor) return setNext(null); // it was asked anew meanwhile
    if (!answer.ok) return setNext(answer.failure);
    setNext(null);
    first.set({ items: [...now.data.items, ...answer.data.items], nextCursor: answer.data.nextCursor });
  };

  return {
    state: state.at === "ready" ? { at: "ready", data: state.data.items } : state,
    retry: first.retry,
    change: (to) => {
      const now = shown.current;
      if (now.at === "ready") first.set({ ...now.data, items: to(now.data.items) });
    },
    more: page !== null && page.nextCursor !== null,
    next,
    loadMore: () => void loadMore(),
  };
}

function useWhenOnline(waiting: boolean, act: () => void): void {
  useEffect(() => {
    if (!waiting) return;
    addEventListener("online", act);
    return () => removeEventListener("online", act);
  }, [waiting]);
}
