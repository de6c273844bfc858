// The code of an invite link: read from the address once, taken out of it, and kept in this tab until it has served. It leaves the browser in
// the bodies of the requests that are about the invite, and in no other way.

import { forget, recall, remember } from "./tab";

/** What the tab knows of a code: none, one, or a fragment that can't be one. */
export type Code = { kind: "none" } | { kind: "code"; code: string } | { kind: "malformed" };

// Exactly as the API has it: 44 characters of base64url. What follows from a message that the link was copied out of, such as a full stop or a
// bracket, is not part of it.
const shape = /^([A-Za-z0-9_-]{44})(?![A-Za-z0-9_-])/;

/** Reads what is after the # of an address. */
export function readCode(fragment: string): Code {
  if (fragment === "") return { kind: "none" };
  let text = fragment;
  try {
    text = decodeURIComponent(fragment); // some messages encode what is behind a code
  } catch {
    // A lone % is not in a code either.
  }
  const code = shape.exec(text.trim())?.[1];
  return code ? { kind: "code", code } : { kind: "malformed" };
}

/**
 * Gives the code that the page was opened with, or else the one that this tab keeps, across signing in. The address shows it no longer, and
 * going back doesn't bring it back.
 */
export function takeCode(): Code {
  const read = readCode(location.hash.slice(1));
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  if (read.kind === "code") remember("invite", read.code);
  if (read.kind === "malformed") forget("invite");
  if (read.kind !== "none") return read;
  const kept = recall("invite");
  return kept ? { kind: "code", code: kept } : read;
}

/** Forgets the code: it has served, or never will. */
export function dropCode(): void {
  forget("invite");
}
