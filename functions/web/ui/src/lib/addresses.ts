// Mail addresses as people type and paste them. The API checks them again, by the same rules.

/** The most addresses of one request. */
export const mostAddresses = 50;

/** What is wrong with a text that is to be an address; "refused" if the API found it. */
export type Fault = "form" | "local-letters" | "long" | "refused";

export interface Entry {
  /** The address, its domain in lower case and in ASCII; or what was typed, where that is none. */
  text: string;
  /** The same for all spellings of an address. */
  key: string;
  fault: Fault | null;
}

/**
 * Takes addresses out of a text: typed ones, a list with commas, semicolons or lines, names with addresses in angle brackets, rows of a
 * spreadsheet. What isn't an address but stands where one is to be expected is given too, so that nothing is lost unseen.
 */
export function split(text: string): string[] {
  const found: string[] = [];
  for (const row of text.replaceAll(/"[^"\n]*"(?=\s*<)/g, " ").split(/[;\r\n]+/)) {
    // In a row with angle brackets, what comes before an address is a name and may have a comma in it: Lee, Mira <mira@example.com>.
    let rest = row;
    for (let at; (at = /<([^<>]*@[^<>]*)>/.exec(rest)); rest = rest.slice(at.index + at[0].length)) {
      for (const piece of rest.slice(0, at.index).split(",")) found.push(...words(piece).filter(hasAt));
      found.push(at[1]!);
    }
    for (const piece of rest.split(",")) {
      const all = words(piece);
      const addresses = all.filter(hasAt); // beside them are names: Mira Lee mira@example.com
      found.push(...(addresses.length > 0 ? addresses : all.length > 0 ? [all.join(" ")] : []));
    }
  }
  return found.map(bare).filter((address) => address !== "");
}

const hasAt = (word: string) => word.includes("@");

const words = (text: string) => text.split(/\s+/).filter((word) => word !== "");

/** Takes off what surrounds an address in a sentence or a link. */
function bare(word: string): string {
  return word.trim().replace(/^mailto:/i, "").replace(/^[\s"'“”‘’()[\]<>]+|[\s"'“”‘’()[\]<>.]+$/g, "");
}

// As RFC 5321 has them, in bytes; all is ASCII by then.
const mostLocal = 64;
const mostLabel = 63;
const mostAddress = 254;

/** Reads an address: one mailbox, of a domain with at least two labels. A domain of other letters than ASCII's becomes its xn-- form. */
export function read(typed: string): Entry {
  const text = typed.normalize("NFKC").trim();
  const at = text.lastIndexOf("@");
  const local = text.slice(0, Math.max(at, 0));
  const domain = ascii(text.slice(at + 1));
  const refused = (fault: Fault): Entry => ({ text: typed, key: typed.toLowerCase(), fault });
  if (at < 1 || domain === null) return refused("form");
  if (/[^\x00-\x7f]/.test(local)) return refused("local-letters");
  if (!/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/.test(local)) return refused("form");
  const address = `${local}@${domain}`;
  if (local.length > mostLocal || address.length > mostAddress) return refused("long");
  return { text: address, key: address.toLowerCase(), fault: null };
}

/** Gives a domain in ASCII, or null if it is none that mail goes to. */
function ascii(domain: string): string | null {
  let name = domain.toLowerCase();
  if (/[^\x00-\x7f]/.test(name)) {
    if (/[\s/?#@:[\]\\%]/.test(name)) return null; // a URL would take these as something else
    try {
      name = new URL(`http://${name}`).hostname;
    } catch {
      return null;
    }
  }
  const labels = name.split(".");
  const fine = labels.every((label) => label.length <= mostLabel && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(label));
  return fine && labels.length > 1 && !/^\d+$/.test(labels.at(-1)!) ? name : null;
}

/** Adds to entries what isn't among them, whatever the case of its letters. Those that were there stay as they are. */
export function merge(entries: Entry[], typed: string[]): Entry[] {
  const all = [...entries];
  for (const entry of typed.map(read)) {
    if (!all.some(({ key }) => key === entry.key)) all.push(entry);
  }
  return all;
}

/** Addresses as they are being put together: those that are in, and what is being typed. */
export interface Addresses {
  entries: Entry[];
  typed: string;
}

/** The same when all that is typed is in. */
export function settled({ entries, typed }: Addresses): Addresses {
  return { entries: merge(entries, split(typed)), typed: "" };
}

/** Marks the entries that the API refused, by the places that it names: `emails[3]`. */
export function markRefused(entries: Entry[], fields: { field: string }[]): Entry[] {
  const places = new Set(fields.map(({ field }) => /^emails\[(\d+)\]$/.exec(field)?.[1]));
  return entries.map((entry, place) => (places.has(String(place)) ? { ...entry, fault: "refused" } : entry));
}

/** The same in addresses to which others may have come since some of them were sent. */
export function markRefusedIn(now: Addresses, sent: Entry[], fields: { field: string }[]): Addresses {
  const marked = new Map(markRefused(sent, fields).map((entry) => [entry.key, entry]));
  return { ...now, entries: now.entries.map((entry) => marked.get(entry.key) ?? entry) };
}
