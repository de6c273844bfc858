import type { Failure, Joined, Preview } from "../lib/api";
import type { Wish } from "../lib/signin";

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

/** The views that need no code any more are kept with the page's place in the browser's history: for coming back, and for loading it anew. */
export function keep(view: View): void {
  const kept = view.at === "joined" || view.at === "requested" || view.at === "dead" || (view.at === "invite" && view.preview.state === "used_up");
  if (kept) history.replaceState({ view }, "", location.pathname);
}

/** Gives what was kept, or null. */
export function kept(): View | null {
  const state: unknown = history.state;
  return typeof state === "object" && state !== null && "view" in state ? (state.view as View) : null;
}
