import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { LoadedList } from "../lib/load";
import { list as texts } from "../texts";
import { Button } from "./Button";
import { Skeleton } from "./Skeleton";
import { Trouble } from "./Trouble";

interface Props<T> {
  of: LoadedList<T>;
  /** What it lists, for those who don't see it. */
  label: string;
  keyOf: (item: T) => string;
  /** What an entry says. */
  children: (item: T) => ComponentChildren;
  /** What to say where there is nothing. */
  empty: ComponentChildren;
  /** Which of those that are here to show. */
  filter?: (item: T) => boolean;
  /** What to say where none of them is to be shown. */
  noneShown?: ComponentChildren;
}

/** A list that comes in pages, in each of its states. */
export function List<T>({ of, label, keyOf, children, empty, filter, noneShown }: Props<T>) {
  const element = useRef<HTMLUListElement>(null);
  const focusAt = useRef<number | null>(null); // where those begin that were asked for
  const { state } = of;
  const items = state.at === "ready" ? (filter ? state.data.filter(filter) : state.data) : [];
  useEffect(() => {
    if (focusAt.current === null || of.next === "loading") return;
    if (of.next === null) (element.current?.children[focusAt.current] as HTMLElement | undefined)?.focus();
    focusAt.current = null;
  }, [of.next]);

  if (state.at === "loading") return <Skeleton lines={3} />;
  if (state.at === "failed") return <Trouble failure={state.failure} retry={of.retry} />;
  return (
    <>
      {items.length > 0 ? (
        <ul class="list" ref={element} aria-label={label}>
          {items.map((item) => (
            <li key={keyOf(item)} tabIndex={-1}>
              {children(item)}
            </li>
          ))}
        </ul>
      ) : state.data.length === 0 && !of.more ? (
        <div class="empty">{empty}</div>
      ) : (
        <div class="empty">{noneShown}</div>
      )}
      {of.next !== null && of.next !== "loading" ? <Trouble failure={of.next} /> : null}
      {of.more ? (
        <div class="more">
          <Button
            busy={of.next === "loading"}
            onClick={() => {
              focusAt.current = items.length;
              of.loadMore();
            }}
          >
            {of.next === "loading" ? texts.loading : texts.more}
          </Button>
        </div>
      ) : null}
    </>
  );
}
