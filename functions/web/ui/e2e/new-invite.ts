// The dialog for a new invite: when it ends, who can join, to whom it is sent; and that nothing is lost or made twice when the API fails.

import assert from "node:assert/strict";
import { fill } from "../src/lib/fill";
import { chips, newInvite as texts, problems, signIn } from "../src/texts";
import { Group, type Invite } from "./people";
import { check, newPerson } from "./scene";
import { until } from "./until";
import type { Visitor } from "./visitor";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Creates the invite of the dialog, and reads it as the API has it. */
async function create(visitor: Visitor, group: Group, button: string = texts.create): Promise<Invite> {
  await visitor.press(button);
  await visitor.page.waitForURL(`**${group.path("/invites/")}*`);
  return group.read(new URL(visitor.page.url()).pathname.split("/").at(-1)!);
}

const radio = (visitor: Visitor, name: string | RegExp) => visitor.page.getByRole("radio", { name, exact: true });

/** The day in the visitor's calendar, as the date field takes it, so many days from now. */
function dayAhead(days: number, zone: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(Date.now() + days * day);
}

for (const [choice, lasts] of [["1h", hour], ["6h", 6 * hour], ["1d", day], ["7d", 7 * day]] as const) {
  check(`an invite for ${choice} ends then, and the dialog says when that is`, async (scene) => {
    const group = await Group.make(newPerson("Asha"));
    const visitor = await scene.signedIn(group.admin, group.path("/invites?new"));
    await radio(visitor, texts.choices[choice]).check();
    await visitor.reads(/^Expires .*\(Central European .*Time\)$/);
    const invite = await create(visitor, group);
    assert.equal(invite.expiration, choice);
    assert.equal(Date.parse(invite.expiresAt!) - Date.parse(invite.createdAt), lasts);
    assert.equal(invite.access, "org");
  });
}

check("without a choice an invite ends after 7 days, by “Never” never", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const visitor = await scene.signedIn(group.admin, group.path("/invites?new"));
  assert.ok(await radio(visitor, texts.choices["7d"]).isChecked());
  assert.equal((await create(visitor, group)).expiration, "7d");
  await visitor.open(group.path("/invites?new"));
  await radio(visitor, texts.choices.never).check();
  await visitor.reads(texts.never);
  assert.equal((await create(visitor, group)).expiresAt, null);
});

check("a picked day is good until its end where the reader is, and with a time until that", async (scene) => {
  const zone = "Asia/Kolkata";
  const group = await Group.make(newPerson("Asha"));
  const visitor = await scene.signedIn(group.admin, group.path("/invites?new"), { timezone: zone });
  const picked = dayAhead(40, zone);
  await radio(visitor, texts.choices.custom).check();
  await visitor.reads(texts.pick);
  await visitor.field(texts.date).fill(picked);
  await visitor.reads(/^Expires .*23:59 \(India Standard Time\)$/);
  const whole = await create(visitor, group);
  assert.equal(whole.expiresAt, `${picked}T18:29:59Z`);
  assert.equal(whole.expiration, "custom");
  await visitor.open(group.path("/invites?new"));
  await radio(visitor, texts.choices.custom).check();
  await visitor.field(texts.date).fill(picked);
  await visitor.field(texts.time).fill("14:30");
  await visitor.reads(/^Expires .*14:30 \(India Standard Time\)$/);
  assert.equal((await create(visitor, group)).expiresAt, `${picked}T09:00:00Z`);
});

check("a time that the clock leaps over is said to be another", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const visitor = await scene.signedIn(group.admin, group.path("/invites?new"), { timezone: "Europe/Berlin" });
  // The last Sunday of the next March: at two the clocks leap to three.
  const year = new Date().getUTCFullYear() + 1;
  const sunday = new Date(Date.UTC(year, 2, 31));
  sunday.setUTCDate(31 - sunday.getUTCDay());
  await radio(visitor, texts.choices.custom).check();
  await visitor.field(texts.date).fill(sunday.toISOString().slice(0, 10));
  await visitor.field(texts.time).fill("02:30");
  await visitor.reads(new RegExp(`^Expires .*03:30 \\(Central European Summer Time\\) ${texts.leaps}$`));
  assert.equal((await create(visitor, group)).expiresAt, `${sunday.toISOString().slice(0, 10)}T01:30:00Z`);
});

check("only a time ahead can be picked, and one within five years", async (scene) => {
  const zone = "Europe/Berlin";
  const group = await Group.make(newPerson("Asha"));
  const visitor = await scene.signedIn(group.admin, group.path("/invites?new"), { timezone: zone });
  await radio(visitor, texts.choices.custom).check();
  const date = visitor.field(texts.date);
  assert.equal(await date.getAttribute("min"), dayAhead(0, zone));
  for (const [picked, says] of [
    ["", texts.pick],
    [dayAhead(-1, zone), texts.past],
    [dayAhead(6 * 366, zone), texts.far],
  ] as const) {
    await date.fill(picked);
    await visitor.press(texts.create);
    await visitor.reads(says);
    assert.equal(await date.getAttribute("aria-invalid"), "true");
    assert.ok(await date.evaluate((field) => field === document.activeElement), "the focus isn't on what is wrong");
  }
  assert.deepEqual(await group.invites(), []);
  await date.fill(dayAhead(0, zone));
  await create(visitor, group);
});

check("who may add new people is offered both accesses, others only their own organization", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const uma = newPerson("Uma");
  await group.join(uma);
  const visitor = await scene.signedIn(uma, group.path("/invites?new"));
  await visitor.reads(fill(texts.orgOnly, { org: group.orgName }));
  assert.equal(await visitor.page.getByText(texts.anyone).count(), 0);
  assert.equal((await create(visitor, group)).access, "org");
  await group.letAddPeople("user");
  await visitor.open(group.path("/invites?new"));
  await radio(visitor, texts.anyone).check();
  assert.equal((await create(visitor, group)).access, "anyone");
});

check("a right that is lost while the dialog is open is said to be, and the rest can be created", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const uma = newPerson("Uma");
  await group.join(uma);
  await group.letAddPeople("user");
  const visitor = await scene.signedIn(uma, group.path("/invites?new"));
  visitor.expect(403);
  await radio(visitor, texts.anyone).check();
  await group.letAddPeople();
  await visitor.press(texts.create);
  await visitor.reads(fill(texts.mayNot, { org: group.orgName }));
  await radio(visitor, fill(texts.org, { org: group.orgName })).check();
  assert.equal((await create(visitor, group)).access, "org");
});

check("places and a name can be given, and are checked", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const visitor = await scene.signedIn(group.admin, group.path("/invites?new"));
  await visitor.page.getByText(texts.more, { exact: true }).click();
  await visitor.field(texts.places).fill("100001");
  await visitor.field(texts.name).fill("x".repeat(65));
  await visitor.press(texts.create);
  await visitor.reads(texts.placesBad);
  await visitor.reads(texts.nameBad);
  await visitor.field(texts.places).fill("12");
  await visitor.field(texts.name).fill("Spring fair ☀");
  assert.equal(await visitor.page.getByText(texts.placesBad).count(), 0, "what was put right is still said to be wrong");
  const { maxUses, name } = await create(visitor, group);
  assert.deepEqual([maxUses, name], [12, "Spring fair ☀"]);
  await visitor.page.getByRole("heading", { name: "Spring fair ☀" }).waitFor();
});

check("addresses become chips, each checked, none twice, and none is mailed before it is right", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const visitor = await scene.signedIn(group.admin, group.path("/invites?new"));
  const box = visitor.field(texts.emails);
  const list = visitor.page.getByRole("list", { name: chips.list });
  const shown = () => list.locator("li bdi").allInnerTexts();
  await box.pressSequentially("mira@example.org,");
  await box.pressSequentially("theo@example.org ");
  await box.fill("zoe@example.org, Max Ray <max@example.org>; "); // dropped into it, or dictated
  await visitor.press(fill(chips.remove, { address: "zoe@example.org" }));
  await visitor.press(fill(chips.remove, { address: "max@example.org" }));
  await box.fill("MIRA@example.org");
  await box.press("Enter");
  assert.deepEqual(await shown(), ["mira@example.org", "theo@example.org"]);
  // What people paste: a list, with names, lines, and something that is no address.
  await box.evaluate((field, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text", text);
    field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, '"Reyes, Uma" <uma@example.org>; Asha <asha@exam ple.org>\nleo@example.org');
  assert.deepEqual(await shown(), ["mira@example.org", "theo@example.org", "uma@example.org", "asha@exam ple.org", "leo@example.org"]);
  await visitor.page.getByText(chips.faults.form).waitFor();
  await visitor.press(fill(texts.createAndSend, { count: "5" }));
  await visitor.reads(chips.oneBad);
  assert.deepEqual(await group.invites(), []);
  await visitor.press(fill(chips.correct, { address: "asha@exam ple.org" }));
  await until("the address is in the box", async () => (await box.inputValue()) === "asha@exam ple.org");
  await box.fill("asha@example.org");
  await box.press("Enter");
  await visitor.press(fill(chips.remove, { address: "leo@example.org" }));
  const invite = await create(visitor, group, fill(texts.createAndSend, { count: "4" }));
  const { items } = await group.admin.call<{ items: { email: string }[] }>("GET", `/v1/groups/${group.id}/invites/${invite.id}/emails`);
  assert.deepEqual(items.map(({ email }) => email).sort(), ["asha@example.org", "mira@example.org", "theo@example.org", "uma@example.org"]);
});

check("an address that is typed and not finished is sent to as well, and chips are removed without losing the focus", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const visitor = await scene.signedIn(group.admin, group.path("/invites?new"));
  const { keyboard } = visitor.page;
  const box = visitor.field(texts.emails);
  await box.fill("mira@example.org, theo@example.org, uma@example.org");
  await radio(visitor, texts.choices.never).check(); // leaving the box adds the last one
  await visitor.button(fill(texts.createAndSend, { count: "3" })).waitFor();
  await visitor.button(fill(chips.remove, { address: "theo@example.org" })).focus();
  await keyboard.press("Enter");
  assert.ok(await visitor.button(fill(chips.remove, { address: "uma@example.org" })).evaluate((button) => button === document.activeElement));
  await keyboard.press("Enter");
  await keyboard.press("Enter");
  assert.ok(await box.evaluate((input) => input === document.activeElement), "the focus is lost");
  await keyboard.type("leo@example.org");
  const invite = await create(visitor, group);
  const { items } = await group.admin.call<{ items: { email: string }[] }>("GET", `/v1/groups/${group.id}/invites/${invite.id}/emails`);
  assert.deepEqual(items.map(({ email }) => email), ["leo@example.org"]);
});

check("fifty addresses can be pasted, and not one more sent", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const visitor = await scene.signedIn(group.admin, group.path("/invites?new"));
  const addresses = Array.from({ length: 51 }, (_, i) => `member-${i + 1}@example.org`);
  await visitor.field(texts.emails).fill(addresses.join(", "));
  await visitor.field(texts.emails).press("Enter");
  await visitor.press(fill(texts.createAndSend, { count: "51" }));
  await visitor.reads(fill(chips.tooMany, { count: "51", most: "50" }));
  await visitor.press(fill(chips.remove, { address: addresses[50]! }));
  await visitor.button(fill(texts.createAndSend, { count: "50" })).waitFor();
});

/** Fills the dialog with something of everything. */
async function fillIn(visitor: Visitor): Promise<void> {
  await radio(visitor, texts.choices.custom).check();
  await visitor.field(texts.date).fill(dayAhead(40, "Europe/Berlin"));
  await visitor.field(texts.time).fill("14:30");
  await radio(visitor, texts.anyone).check();
  await visitor.field(texts.emails).fill("mira@example.org, theo@example.org");
  await visitor.field(texts.emails).press("Enter");
  await visitor.page.getByText(texts.more, { exact: true }).click();
  await visitor.field(texts.places).fill("12");
  await visitor.field(texts.name).fill("Spring fair");
}

/** Fails if anything of that isn't there. It looks again if signing in leads away from the page just then. */
async function stillHas(visitor: Visitor): Promise<void> {
  try {
    await hasAll(visitor);
  } catch (fault) {
    if (!String(fault).includes("Execution context was destroyed")) throw fault;
    await hasAll(visitor);
  }
}

async function hasAll(visitor: Visitor): Promise<void> {
  await visitor.button(fill(texts.createAndSend, { count: "2" })).waitFor();
  assert.ok(await radio(visitor, texts.choices.custom).isChecked());
  assert.equal(await visitor.field(texts.date).inputValue(), dayAhead(40, "Europe/Berlin"));
  assert.equal(await visitor.field(texts.time).inputValue(), "14:30");
  assert.ok(await radio(visitor, texts.anyone).isChecked());
  assert.deepEqual(await visitor.page.getByRole("list", { name: chips.list }).locator("li bdi").allInnerTexts(), ["mira@example.org", "theo@example.org"]);
  assert.equal(await visitor.field(texts.places).inputValue(), "12");
  assert.equal(await visitor.field(texts.name).inputValue(), "Spring fair");
}

check("an API that fails takes nothing from the dialog, and a lost answer makes no second invite", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const visitor = await scene.visitor();
  visitor.expect(503, 500, "offline");
  const path = `/v1/groups/${group.id}/invites`;
  const failures: (503 | 500 | "lost")[] = [503, 500, "lost"];
  await visitor.page.route(`**${path}`, async (route) => {
    const failure = route.request().method() === "POST" ? failures.shift() : undefined;
    if (failure === undefined) return route.continue();
    if (failure === "lost") {
      await route.fetch();
      return route.abort("connectionreset");
    }
    const code = failure === 503 ? "unavailable" : "internal_error";
    return route.fulfill({ status: failure, headers: { "Content-Type": "application/problem+json" }, body: JSON.stringify({ code, requestId: `failure-${failure}` }) });
  });
  await visitor.knownTo(group.admin);
  await visitor.open(group.path("/invites?new"));
  await fillIn(visitor);
  const send = fill(texts.createAndSend, { count: "2" });
  for (const says of [texts.unsure, problems["internal_error"]!, texts.unsure]) {
    await visitor.answerOrNone(path, () => visitor.press(send));
    await visitor.reads(says);
    await stillHas(visitor);
  }
  const invite = await create(visitor, group, send);
  assert.deepEqual((await group.invites()).map(({ id }) => id), [invite.id]);
});

check("a reload, closing by mistake, and a sign-in that is over take nothing from the dialog", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const visitor = await scene.visitor();
  visitor.expect(401);
  let over = true;
  await visitor.page.route(`**/v1/groups/${group.id}/invites`, (route) => {
    const headers = route.request().headers();
    if (route.request().method() !== "POST" || !over) return route.continue();
    return route.continue({ headers: { ...headers, authorization: `${headers["authorization"]}x` } });
  });
  await visitor.knownTo(group.admin);
  await visitor.open(group.path("/invites?new"));
  await fillIn(visitor);
  await visitor.page.reload();
  await stillHas(visitor);
  await visitor.page.keyboard.press("Escape");
  await visitor.page.getByRole("dialog").waitFor({ state: "detached" });
  await visitor.link(texts.button).first().click();
  await stillHas(visitor);
  const send = fill(texts.createAndSend, { count: "2" });
  await visitor.press(send);
  await visitor.reads(signIn.ended);
  over = false;
  await visitor.press(signIn.again);
  await stillHas(visitor);
  await create(visitor, group, send);
  await visitor.open(group.path("/invites?new"));
  assert.ok(await radio(visitor, texts.choices["7d"]).isChecked(), "what was created is still in the dialog");
});

check("the dialog goes by keyboard alone, and gives the focus back", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  await group.invite();
  const visitor = await scene.signedIn(group.admin, group.path("/invites"));
  const { keyboard } = visitor.page;
  await visitor.tabTo(visitor.link(texts.button));
  await keyboard.press("Enter");
  const dialog = visitor.page.getByRole("dialog", { name: fill(texts.title, { group: group.name }) });
  await dialog.waitFor();
  assert.ok(await dialog.evaluate((element) => element.contains(document.activeElement)), "the focus isn't in the dialog");
  await keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.ok(await visitor.link(texts.button).evaluate((element) => element === document.activeElement), "the focus isn't back where it was");
  await keyboard.press("Enter");
  await visitor.tabTo(radio(visitor, texts.choices["7d"]));
  await keyboard.press("ArrowRight");
  assert.ok(await radio(visitor, texts.choices.never).isChecked());
  await visitor.tabTo(visitor.field(texts.emails));
  await keyboard.type("mira@example.org,theo@example.org,");
  await visitor.tabTo(visitor.button(fill(texts.createAndSend, { count: "2" })));
  await keyboard.press("Enter");
  await visitor.reads(texts.createdAndSent);
});
