// Who is signed in. The token is in this variable and nowhere else: closing or reloading the page ends it.

import { forget, recall, remember } from "./tab";

export interface Session {
  token: string;
  /** For signing out. */
  idToken: string;
  /** What to call the person: the address, or else the name. */
  label: string;
}

let current: Session | null = null;

export function session(): Session | null {
  return current;
}

export function signedIn(next: Session): void {
  current = next;
  remember("signed-in", "yes");
}

/** The token is no longer good, or nobody wants it any more. */
export function signedOut(): void {
  current = null;
  forget("signed-in");
}

/** Whether someone was signed in here before the page was loaded anew, and may be again without being asked. */
export function wasSignedIn(): boolean {
  return current === null && recall("signed-in") === "yes";
}

/** Whether the issuer may know who it is: it hasn't been asked in vain in this tab. */
export function mayBeSignedIn(): boolean {
  return current === null && recall("signed-in") !== "no";
}

/** Notes that asking the issuer silently was in vain, so that nobody is sent to and fro. */
export function notSignedIn(): void {
  current = null;
  remember("signed-in", "no");
}
