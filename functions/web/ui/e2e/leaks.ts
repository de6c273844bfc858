// Finds the code of a link wherever it may not be. It may be in the bodies of the three requests that are about it, and under one key of the tab's
// storage; and where no page can take it away: in the browser's own history, which Chromium also shows as the name of the page's navigation timing.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BrowserContext, CDPSession, Page } from "playwright-core";
import type { Stack } from "./stack";

/** The only requests whose bodies may have a code. */
const aboutTheCode = ["/v1/invites/preview", "/v1/invites/redeem", "/v1/invites/access-requests"];

/** The only place of the tab where a code may wait. */
const storageKey = "invite";

/** The spellings of a code that count: half of it is enough, also encoded again. */
function spellings(code: string): string[] {
  const halves = [code.slice(0, 22), code.slice(22)];
  const encoded = [0, 1, 2].map((shift) => Buffer.from("x".repeat(shift) + code, "utf8").toString("base64").slice(4, -4));
  return [...halves, ...encoded, Buffer.from(code, "utf8").toString("hex"), Buffer.from(code, "base64url").toString("hex")];
}

/** Follows all that a visitor's browser sends and gets, and looks at what its pages keep and show. */
export class LeakSearch {
  readonly #spellings: string[];
  readonly #found = new Set<string>();
  readonly #pending: Promise<unknown>[] = [];

  private constructor(
    readonly stack: Stack,
    readonly context: BrowserContext,
    code: string,
  ) {
    this.#spellings = spellings(code);
  }

  /** Begins to follow a browser window in which nothing has been opened yet. */
  static async begin(stack: Stack, context: BrowserContext, code: string): Promise<LeakSearch> {
    const search = new LeakSearch(stack, context, code);
    context.on("console", (message) => search.#look(`console: ${message.type()}`, message.text()));
    context.on("page", (page) => search.#pending.push(search.#follow(page)));
    for (const page of context.pages()) await search.#follow(page);
    return search;
  }

  #look(where: string, text: string | null | undefined): void {
    if (text && this.#spellings.some((spelling) => text.includes(spelling))) this.#found.add(where);
  }

  /** Follows a page by the debugging protocol, which tells headers as they are on the wire. */
  async #follow(page: Page): Promise<void> {
    const session = await this.context.newCDPSession(page);
    const paths = new Map<string, string>(); // of requests, by their ids
    session.on("Network.requestWillBeSent", ({ requestId, request }) => {
      const { pathname } = new URL(request.url);
      paths.set(requestId, pathname);
      this.#look(`request ${pathname}: address`, request.url);
      this.#look(`request ${pathname}: headers`, JSON.stringify(request.headers));
      if (request.hasPostData) this.#pending.push(this.#lookAtBody(session, requestId, request.method, pathname, request.postData));
    });
    session.on("Network.requestWillBeSentExtraInfo", ({ requestId, headers }) => {
      this.#look(`request ${paths.get(requestId) ?? ""}: headers`, JSON.stringify(headers));
    });
    session.on("Network.responseReceivedExtraInfo", ({ requestId, headers, headersText }) => {
      this.#look(`answer to ${paths.get(requestId) ?? ""}: headers`, JSON.stringify(headers) + (headersText ?? ""));
    });
    session.on("Network.loadingFinished", ({ requestId }) => {
      const read = session.send("Network.getResponseBody", { requestId }).then(
        ({ body, base64Encoded }) => {
          this.#look(`answer to ${paths.get(requestId) ?? ""}: body`, base64Encoded ? Buffer.from(body, "base64").toString("latin1") : body);
        },
        () => {}, // of a page that has been left
      );
      this.#pending.push(read);
    });
    session.on("Network.webSocketFrameSent", ({ response }) => this.#look("web socket", response.payloadData));
    session.on("Network.webSocketCreated", ({ url }) => this.#look("web socket", url));
    await session.send("Network.enable", { maxPostDataSize: 1 << 20 });
  }

  async #lookAtBody(session: CDPSession, requestId: string, method: string, path: string, body: string | undefined): Promise<void> {
    body ??= await session.send("Network.getRequestPostData", { requestId }).then(({ postData }) => postData, () => "");
    if (method === "POST" && aboutTheCode.includes(path)) return;
    this.#look(`request ${path}: body`, body);
  }

  /** Looks at what the page keeps and shows now. */
  async lookAt(page: Page): Promise<void> {
    const shown = await page.evaluate(async () => {
      const databases: string[] = [];
      for (const { name } of await indexedDB.databases()) databases.push(name ?? "");
      const cached: string[] = [];
      for (const name of await caches.keys()) {
        cached.push(name);
        const cache = await caches.open(name);
        for (const request of await cache.keys()) cached.push(request.url, await (await cache.match(request))!.text());
      }
      const fields = [...document.querySelectorAll("input, textarea, select")].map((field) => (field as HTMLInputElement).value);
      return {
        "address": location.href,
        "title": document.title,
        "document": new XMLSerializer().serializeToString(document),
        "fields": fields.join("\n"),
        "history": JSON.stringify(history.state),
        "name of the window": window.name,
        "cookies": document.cookie,
        "databases": databases.join("\n"),
        "caches": cached.join("\n"),
        "service workers": (await navigator.serviceWorker.getRegistrations()).map(({ active }) => active?.scriptURL).join("\n"),
      };
    });
    for (const [where, text] of Object.entries(shown)) this.#look(where, text);
    for (const [key, value] of await page.evaluate(() => Object.entries(sessionStorage))) {
      if (key !== storageKey) this.#look(`sessionStorage: ${key}`, `${key} ${value}`);
    }
    const { cookies, origins } = await this.context.storageState({ indexedDB: true });
    this.#look("cookies", JSON.stringify(cookies));
    for (const { localStorage, ...databases } of origins) {
      this.#look("localStorage", JSON.stringify(localStorage));
      this.#look("databases", JSON.stringify(databases));
    }
  }

  /** Looks at all that the stack has printed and written, its table included, and gives the places where the code was found. */
  async end(): Promise<string[]> {
    await Promise.all(this.#pending);
    this.#look("what the stack printed", this.stack.printed());
    for (const entry of await readdir(this.stack.dataDir, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      const content = await readFile(file).catch(() => null); // it may have been replaced meanwhile
      this.#look(`file ${file.slice(this.stack.dataDir.length + 1)}`, content?.toString("latin1"));
    }
    return [...this.#found].sort();
  }
}
