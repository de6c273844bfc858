// Every screen of the page behind a link, light and dark, narrow and wide: nothing that axe finds, and nothing that has to be scrolled
// sideways. And the way through it without a mouse.

import assert from "node:assert/strict";
import { fill } from "../src/lib/fill";
import { invite as texts, problem } from "../src/texts";
import { expired } from "./expiring";
import { codeOf, Group, type Person } from "./people";
import { check, newPerson, type Scene } from "./scene";
import type { Looks, Visitor } from "./visitor";

/** A long name, in which no line can be broken, too. */
const longName = `Donaudampfschifffahrtsgesellschaftskapitänsverein ${"ü".repeat(40)}`.slice(0, 78);

/** Looks at the screen at each width. 320 px are what a window of 1280 has at four times its size. */
async function atEachWidth(visitor: Visitor, what: string): Promise<void> {
  for (const width of [1280, 360, 320]) {
    await visitor.page.setViewportSize({ width, height: 800 });
    if (width === 320) await visitor.fits(`${what} at ${width}`);
    else await visitor.looksRight(`${what} at ${width}`);
  }
}

/** Goes through all screens. */
async function everyScreen(scene: Scene, looks: Looks): Promise<void> {
  const group = await Group.make(newPerson("Asha"), longName, longName);
  const [marco, mira, theo] = [newPerson("Marco"), newPerson("Mira"), newPerson("Theo")];
  await group.join(marco, mira);
  await group.setRole(marco, "manager");
  await group.letAddPeople("manager");
  const [open, held, full, gone, forMembers] = await Promise.all([
    group.invite(),
    group.invite({}, marco),
    group.invite({ maxUses: 1 }),
    group.invite(),
    group.invite({ access: "org", expiration: "never" }),
  ]);
  await newPerson("Uma").call("POST", "/v1/invites/redeem", { code: codeOf(full.url!) });
  await group.letAddPeople();
  await group.delete(gone);
  await group.remove(mira);

  const visitor = await scene.visitor(looks);
  visitor.expect(403, 404, "offline");
  const show = async (url: string, heading: string) => {
    await visitor.page.goto("about:blank");
    await visitor.open(url);
    await visitor.sees(heading);
    await atEachWidth(visitor, heading);
  };
  await show("/i", texts.noCode);
  await show("/i#cut-off", texts.unknown);
  await show(gone.url!, texts.deleted);
  await show(full.url!, texts.usedUp);
  await show(held.url!, texts.suspended);
  const invited = fill(texts.invited, { who: group.admin.name, group: group.name });
  await show(forMembers.url!, invited);

  await visitor.press(texts.signIn);
  await visitor.sees("Sign in");
  await atEachWidth(visitor, "the provider’s page");
  await visitor.chooses(theo);
  const join = async (person: Person, heading: string) => {
    await visitor.button(fill(texts.join, { person: person.email })).waitFor();
    await atEachWidth(visitor, `${invited}, signed in`);
    await visitor.joins(person);
    await visitor.sees(heading);
    await atEachWidth(visitor, heading);
  };
  await join(theo, fill(texts.membersOnly, { org: group.orgName }));
  await visitor.signsIn(mira, texts.otherAccount);
  await join(mira, texts.removed);
  await show(open.url!, invited);
  await visitor.signsIn(theo, texts.otherAccount);
  await join(theo, fill(texts.welcome, { group: group.name }));
  await visitor.open(open.url!);
  await visitor.joins(theo);
  await visitor.sees(texts.already);
  await atEachWidth(visitor, texts.already);

  const over = await expired();
  await show(over.url, texts.expired);
  await visitor.button(fill(texts.request, { person: theo.email })).waitFor();
  await visitor.context.clearCookies();
  await visitor.page.reload();
  await visitor.button(texts.signInToRequest).waitFor();
  await atEachWidth(visitor, `${texts.expired}, signed out`);

  await visitor.page.route("**/v1/invites/preview", (route) => route.abort("internetdisconnected"));
  await show(open.url!, problem.offline);
}

for (const theme of ["light", "dark"] as const) {
  check(`every screen can be used by everyone, ${theme}`, (scene) => everyScreen(scene, { theme }));
}

check("the whole way goes by keyboard alone", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const { url } = await group.invite();
  const mira = newPerson("Mira");
  const visitor = await scene.visitor({ width: 360, height: 640 });
  const { keyboard } = visitor.page;
  await visitor.open(url!);
  await visitor.tabTo(visitor.button(texts.signIn));
  await keyboard.press("Enter");
  await visitor.tabTo(visitor.page.getByLabel("Someone else"));
  await keyboard.type(mira.name);
  await keyboard.press("Enter");
  await visitor.tabTo(visitor.button(texts.otherAccount));
  await keyboard.press("Shift+Tab");
  assert.equal(await visitor.page.evaluate(() => document.activeElement?.textContent), fill(texts.join, { person: mira.email }));
  await keyboard.press("Space");
  await visitor.sees(fill(texts.welcome, { group: group.name }));
  assert.equal(await visitor.page.evaluate(() => document.activeElement?.tagName), "H1", "the new screen doesn't begin with its heading");
  await visitor.tabTo(visitor.page.getByRole("link", { name: fill(texts.open, { group: group.name }) }));
  await keyboard.press("Enter");
  await visitor.page.waitForURL(`${visitor.url}/groups/${group.id}`);
});
