// A browser's tab for tests of what reads its address and keeps texts in it, without a browser.

export interface FakeTab {
  /** The path, query and fragment that the address shows. */
  address(): string;
  /** Goes to another address of the same page. */
  go(to: string): void;
  /** The address of another site that the page has left for. */
  left(): URL | null;
  /** How many addresses going back has. */
  entries(): number;
  /** What sessionStorage has. */
  stored(): Record<string, string>;
  /** From now on touching sessionStorage throws, as in browsers that are told so. */
  forbidStorage(): void;
}

/** Makes the globals of a page those of a new tab at this address. */
export function openTab(at: string): FakeTab {
  const origin = "https://chat.example.com";
  let location = new URL(at, origin);
  let entries = 1;
  let allowed = true;
  const stored = new Map<string, string>();
  const sessionStorage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
  };
  let left: URL | null = null;
  const leave = (to: string | URL) => {
    left = new URL(to, location);
  };
  const globals: Record<string, () => unknown> = {
    location: () => Object.assign(location, { assign: leave, replace: leave }),
    history: () => ({
      state: null,
      pushState: (_state: unknown, _title: string, to: string) => {
        entries++;
        location = new URL(to, location);
      },
      replaceState: (_state: unknown, _title: string, to: string) => {
        location = new URL(to, location);
      },
    }),
    sessionStorage: () => {
      if (!allowed) throw new DOMException("The operation is insecure.", "SecurityError");
      return sessionStorage;
    },
  };
  for (const [name, get] of Object.entries(globals)) Object.defineProperty(globalThis, name, { get, configurable: true });
  return {
    address: () => location.pathname + location.search + location.hash,
    go: (to) => {
      location = new URL(to, location);
    },
    left: () => left,
    entries: () => entries,
    stored: () => Object.fromEntries(stored),
    forbidStorage: () => {
      allowed = false;
    },
  };
}
