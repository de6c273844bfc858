// Somebody in front of the browser, with cookies and storage of his own. What goes wrong on his pages is noted: errors in the console, scripts
// that fail, what the pages' policy forbids, and requests to anybody but the stack.

import assert from "node:assert/strict";
import axe from "axe-core";
import type { Browser, BrowserContext, Locator, Page, Request, Response } from "playwright-core";
import { fill } from "../src/lib/fill";
import { home, invite as texts } from "../src/texts";
import type { Person } from "./people";
import { until } from "./until";

export interface Looks {
  width?: number;
  height?: number;
  theme?: "light" | "dark";
  timezone?: string;
  /** The browser allows no storage to pages. */
  noStorage?: boolean;
}

/** The stack's other name: people may open it by either. */
export const byName = (url: string) => url.replace("127.0.0.1", "localhost");

/** What the browser itself says of an answer that isn't a success, or of none. */
const failedToLoad = /^Failed to load resource: (?:the server responded with a status of (\d+)|net::(\w+))/;

export class Visitor {
  /** Everything that was said in the console, in words. */
  readonly console: string[] = [];
  readonly #faults: string[] = [];
  readonly #expected = new Set<number | "offline">();

  private constructor(
    readonly url: string,
    readonly context: BrowserContext,
    /** The tab that the visitor looks at. */
    public page: Page,
  ) {}

  static async open(browser: Browser, url: string, looks: Looks = {}): Promise<Visitor> {
    const context = await browser.newContext({
      viewport: { width: looks.width ?? 1280, height: looks.height ?? 800 },
      colorScheme: looks.theme ?? "light",
      locale: "en-GB",
      timezoneId: looks.timezone ?? "Europe/Berlin",
      reducedMotion: "reduce",
    });
    context.setDefaultTimeout(20_000);
    await context.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) => {
        console.error(`policy: ${event.effectiveDirective} forbids ${event.blockedURI || event.sample}`);
      });
    });
    if (looks.noStorage) {
      await context.addInitScript(() => {
        Object.defineProperty(window, "sessionStorage", {
          get: () => {
            throw new DOMException("The operation is insecure.", "SecurityError");
          },
        });
      });
    }
    const visitor = new Visitor(url, context, await context.newPage());
    visitor.#watch();
    return visitor;
  }

  #watch(): void {
    this.context.on("console", (message) => {
      this.console.push(`${message.type()}: ${message.text()} (${message.location().url})`);
      if (message.type() !== "error" && message.type() !== "warning") return;
      const [, status, network] = failedToLoad.exec(message.text()) ?? [];
      if (status !== undefined && this.#expected.has(Number(status))) return;
      if (network !== undefined && this.#expected.has("offline")) return;
      this.#faults.push(`console: ${message.text()} (${message.location().url})`);
    });
    this.context.on("weberror", (error) => {
      this.console.push(`exception: ${error.error().stack ?? error.error().message}`);
      this.#faults.push(`exception: ${error.error().message}`);
    });
    this.context.on("request", (request) => {
      const { origin } = new URL(request.url());
      if (origin !== this.url && origin !== byName(this.url)) this.#faults.push(`a request to a third party: ${request.url()}`);
    });
  }

  /** Has answers of this status, or none at all, count as what the test is about. */
  expect(...statuses: (number | "offline")[]): void {
    for (const status of statuses) this.#expected.add(status);
  }

  /** What went wrong on the pages and was not expected. */
  faults(): string[] {
    return this.#faults;
  }

  close(): Promise<void> {
    return this.context.close();
  }

  /** Lets the provider know who it is, as if the person had signed in there for something else. */
  async knownTo(person: Person): Promise<void> {
    const { port } = new URL(this.url);
    await this.context.addCookies([{ name: `dev_session_${port}`, value: person.word, domain: "127.0.0.1", path: "/dev/oidc", httpOnly: true, sameSite: "Lax" }]);
  }

  /** Opens a link, or a path of the app. */
  async open(address: string): Promise<void> {
    await this.page.goto(address.startsWith("/") ? this.url + address : address);
  }

  /** Does something that opens a tab, and looks at that from now on. */
  async toNewTab(act: () => Promise<unknown>): Promise<void> {
    [this.page] = await Promise.all([this.context.waitForEvent("page"), act()]);
  }

  /** Waits for the screen with this heading. */
  async sees(heading: string | RegExp): Promise<void> {
    await this.page.getByRole("heading", { level: 1, name: heading, exact: true }).waitFor();
  }

  /** Waits for the screen of this title, which the browser's tab shows. */
  async titled(title: string): Promise<void> {
    await until(`the title is ${title}`, async () => (await this.page.title()) === title, { patience: 20_000 });
  }

  /** Waits for words anywhere on the page. */
  async reads(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  link(name: string | RegExp): Locator {
    return this.page.getByRole("link", { name, exact: true });
  }

  field(label: string): Locator {
    return this.page.getByLabel(label, { exact: true });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  async press(name: string | RegExp): Promise<void> {
    await this.button(name).click();
  }

  /** Signs in on the page behind a link, as someone whom the provider's page offers, or else as one whose name is typed there. */
  async signsIn(person: Person, by: string = texts.signIn): Promise<void> {
    await this.press(by);
    await this.chooses(person);
  }

  /** Signs in on the screens of those who are signed in: in a new window nobody is, and the provider was asked in vain. */
  async entersAs(person: Person): Promise<void> {
    await this.press(home.signIn);
    await this.chooses(person);
  }

  /** Chooses a person on the provider's page. */
  async chooses(person: Person): Promise<void> {
    await this.page.getByLabel("Someone else").fill(person.name);
    await this.page.getByRole("button", { name: "Go on" }).click();
  }

  async joins(person: Person): Promise<void> {
    await this.press(fill(texts.join, { person: person.email }));
  }

  /** Waits for the answer to a request to a path of the API, which act causes. */
  async answerTo(path: string, act: () => Promise<unknown>): Promise<Response> {
    const [response] = await Promise.all([this.page.waitForResponse((r) => new URL(r.url()).pathname === path), act()]);
    return response;
  }

  /** The same where perhaps no answer comes. */
  async answerOrNone(path: string, act: () => Promise<unknown>): Promise<void> {
    const mine = (request: Request) => new URL(request.url()).pathname === path && request.method() !== "GET";
    const answered = this.page.waitForEvent("requestfinished", mine);
    const failed = this.page.waitForEvent("requestfailed", mine);
    for (const end of [answered, failed]) end.catch(() => {}); // only one of them comes
    await act();
    await Promise.race([answered, failed]);
  }

  /** Presses Tab until this has the focus, as people do who use no mouse. */
  async tabTo(target: Locator): Promise<void> {
    await target.waitFor();
    for (let pressed = 0; pressed < 60; pressed++) {
      await this.page.keyboard.press("Tab");
      if (await target.evaluate((element) => element === document.activeElement)) {
        const seen = await target.evaluate((element) => {
          // Around it, or around what it is a part of, such as a choice with its words.
          const widths = [element, element.parentElement, element.parentElement?.parentElement].map((around) => {
            const { outlineStyle, outlineWidth } = getComputedStyle(around ?? element);
            return outlineStyle === "none" ? 0 : parseFloat(outlineWidth);
          });
          const { top, bottom } = element.getBoundingClientRect();
          return { outline: Math.max(...widths), above: Math.round(-top), below: Math.round(bottom - innerHeight) };
        });
        assert.ok(seen.outline >= 2 && seen.above <= 0 && seen.below <= 0, `it can't be seen that ${target} has the focus: ${JSON.stringify(seen)}`);
        return;
      }
    }
    assert.fail(`Tab doesn't lead to ${target}`);
  }

  /** From now on notes what is said to those who don't see the page. */
  async listen(): Promise<void> {
    await this.page.evaluate(() => {
      const said: string[] = [];
      Object.assign(window, { said });
      const note = () => {
        const text = document.querySelector("[role=status]")?.textContent ?? "";
        if (text !== "" && text !== said.at(-1)) said.push(text);
      };
      new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true });
    });
  }

  /** Waits until this, and nothing else, was said since listening began. */
  async hears(...wanted: string[]): Promise<void> {
    const said = () => this.page.evaluate(() => (window as unknown as { said: string[] }).said);
    await until(`it says ${wanted.join(" ")}`, async () => (await said()).length >= wanted.length, { patience: 10_000 });
    assert.deepEqual(await said(), wanted);
  }

  /** Fails if axe finds anything that keeps someone from using the page, or if the page has to be scrolled sideways. */
  async looksRight(what: string): Promise<void> {
    if (!(await this.page.evaluate(() => "axe" in window))) await this.page.evaluate(axe.source);
    const violations = await this.page.evaluate(async () => {
      const run = (window as unknown as { axe: typeof axe }).axe;
      // All but contrast is the same in the dark.
      const dark = matchMedia("(prefers-color-scheme: dark)").matches;
      const all = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
      const { violations } = await run.run(document, { runOnly: dark ? ["color-contrast"] : all, resultTypes: ["violations"] });
      return violations.map((v) => `${v.id}: ${v.help}\n${v.nodes.map((node) => `  ${node.html}\n  ${node.failureSummary}`).join("\n")}`);
    });
    assert.deepEqual(violations, [], what);
    await this.fits(what);
  }

  /** The same on a desk and on a phone. At 320 px, which a window of 1280 has at four times its size, nothing is scrolled sideways either. */
  async looksRightAtEachWidth(what: string): Promise<void> {
    for (const width of [1280, 360, 320]) {
      await this.page.setViewportSize({ width, height: 800 });
      if (width === 320) await this.fits(`${what} at ${width}`);
      else await this.looksRight(`${what} at ${width}`);
    }
  }

  /** Fails if the page is wider than the window. */
  async fits(what: string): Promise<void> {
    const [wide, window] = await this.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(wide! <= window!, `${what}: the page is ${wide} px wide in a window of ${window}`);
  }
}
