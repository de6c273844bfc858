// What this tab keeps across the way to the issuer and back: a few short texts in sessionStorage, which ends with the tab. Where the browser
// allows no storage, they last as long as the page.

type Key =
  | "invite" // the code of the link
  | "outcome" // what became of the last link, which needs no code any more
  | "sign-in" // a sign-in on its way
  | "signed-in" // whether someone was signed in here: "yes", or "no" after an attempt in vain
  | "return" // the screen to come back to after signing in
  | "message" // typed, and not sent yet
  | `draft ${string}`; // the same, on one of the screens

const page = new Map<Key, string>();

export function remember(key: Key, value: string): void {
  page.set(key, value);
  try {
    sessionStorage.setItem(key, value);
  } catch {
    // It lasts as long as the page.
  }
}

export function recall(key: Key): string | null {
  try {
    return sessionStorage.getItem(key) ?? page.get(key) ?? null;
  } catch {
    return page.get(key) ?? null;
  }
}

export function forget(key: Key): void {
  page.delete(key);
  try {
    sessionStorage.removeItem(key);
  } catch {
    // It was never there.
  }
}

/** Forgets what was typed: someone else may come. */
export function forgetDrafts(): void {
  const isDraft = (key: string) => key === "message" || key.startsWith("draft ");
  for (const key of page.keys()) if (isDraft(key)) page.delete(key);
  try {
    for (const key of Object.keys(sessionStorage)) if (isDraft(key)) sessionStorage.removeItem(key);
  } catch {
    // There are none.
  }
}
