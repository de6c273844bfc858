import type { Failure, Joined, Preview } from "../lib/api";
import type { Wish } from "../lib/signin";
import { forget, recall, remember } from "../lib/tab";

/** What the page shows. */
export type View =
  | { at: "reading" }
  | { at: "no-code"; lost: boolean }
  | { at: "failed"; failure: Failure }
  | { at: "dead"; why: "unknown" | "deleted" }
  | { at: "invite"; preview: Preview; /** ms that the server's clock is ahead of this one */ ahead: number }
  | { at: "refused"; why: "members-only" | "removed"; preview: Preview }
  | { at: "requested"; preview: Preview }
  | { at: "joined"; joined: Joined };

/** What is on its way, if anything is. */
export type Busy = "leaving" | "joining" | "requesting" | null;

/** What a person can do. */
export interface Acts {
  signIn(wish: Wish): void;
  join(): void;
  request(message: string): void;
  retry(): void;
  /** The time of the invite is over, by the clock here: to be asked about. */
  ended(): void;
  /** Says something to those who don't see the page. */
  say(text: string): void;
}

/**
 * Keeps a view that needs no code any more in the tab: for loading it anew, and for coming back to it, also by way of the issuer, which sends people
 * to this page again.
 */
export function keep(view: View): void {
  const over = view.at === "joined" || view.at === "requested" || view.at === "dead" || (view.at === "invite" && view.preview.state === "used_up");
  if (over) remember("outcome", JSON.stringify(view));
  else forget("outcome");
}

/** Gives what was kept, or null. */
export function kept(): View | null {
  const text = recall("outcome");
  return text === null ? null : (JSON.parse(text) as View);
}
