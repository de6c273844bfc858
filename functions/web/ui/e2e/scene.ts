// What every test has: the stack, the browser, people and visitors. A test that fails leaves pictures of its pages and their consoles behind,
// in .local/e2e/failures.

import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { startBrowser } from "./browser";
import { Person } from "./people";
import { left, startStack, type Stack } from "./stack";
import { Visitor, type Looks } from "./visitor";

const failures = join(left, "failures");

let stack: Stack;
let browser: Browser;
let count = 0;

/** What begins with the stack, before the first test. */
const openings: (() => Promise<void>)[] = [];

before(async () => {
  await rm(failures, { recursive: true, force: true });
  browser = await startBrowser();
  stack = await startStack();
  for (const opening of openings) await opening();
});

after(async () => {
  await browser?.close();
  try {
    await stack?.check();
  } finally {
    await stack?.stop();
  }
});

/** Has something done as soon as the stack serves: what takes time by itself is ready when its tests come. */
export function beforehand(opening: () => Promise<void>): void {
  openings.push(opening);
}

/** Opens a browser window whose visitor a test takes over later. */
export function openVisitor(looks?: Looks): Promise<Visitor> {
  return Visitor.open(browser, stack.url, looks);
}

/** The running stack. */
export function theStack(): Stack {
  return stack;
}

/** Somebody new, whom no other test knows. */
export function newPerson(firstName: string): Person {
  const number = ++count;
  return new Person(stack.url, `${firstName.toLowerCase()}-${number}`, `${firstName} ${number}`);
}

export interface Scene {
  /** Opens a browser window for somebody new. */
  visitor(looks?: Looks): Promise<Visitor>;
  /** Opens one whom the provider knows already, at a path of the app. */
  signedIn(person: Person, path: string, looks?: Looks): Promise<Visitor>;
  /** Makes a visitor who was there before one of this test. */
  takeOver(visitor: Visitor): void;
}

/** A test. Whatever goes wrong on a visitor's pages fails it, unless the visitor was to expect it. */
export function check(name: string, body: (scene: Scene) => Promise<void>): void {
  test(name, { timeout: 120_000 }, async () => {
    const visitors: Visitor[] = [];
    const visitor = async (looks?: Looks) => {
      const opened = await openVisitor(looks);
      visitors.push(opened);
      return opened;
    };
    const signedIn = async (person: Person, path: string, looks?: Looks) => {
      const opened = await visitor(looks);
      await opened.knownTo(person);
      await opened.open(path);
      return opened;
    };
    try {
      await body({ visitor, signedIn, takeOver: (taken) => visitors.push(taken) });
      const faults = visitors.flatMap((visitor) => visitor.faults());
      if (faults.length > 0) throw new Error(`on the pages:\n${faults.join("\n")}`);
    } catch (error) {
      await leaveBehind(name, visitors);
      throw error;
    } finally {
      for (const visitor of visitors) await visitor.close();
    }
  });
}

async function leaveBehind(name: string, visitors: Visitor[]): Promise<void> {
  const folder = join(failures, name.replaceAll(/[^\p{L}\p{N}]+/gu, "-").slice(0, 80));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "stack.log"), stack.printed());
  for (const [i, visitor] of visitors.entries()) {
    await writeFile(join(folder, `console-${i + 1}.log`), visitor.console.join("\n") + "\n");
    for (const [j, page] of visitor.context.pages().entries()) {
      await page.screenshot({ path: join(folder, `page-${i + 1}-${j + 1}.png`), fullPage: true, timeout: 5000 }).catch(() => {}); // it may be gone
    }
  }
  console.log(`pictures and consoles are in ${folder}`);
}
