// The page of an invite, for those who made it and those who look after the group: its link, what has become of it, and its end.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import jsQR from "jsqr";
import { fill } from "../src/lib/fill";
import { invitePage as texts, invites, link, qr, share, states } from "../src/texts";
import { codeOf, Group, type Invite } from "./people";
import { check, newPerson, type Scene } from "./scene";
import { until } from "./until";
import type { Looks, Visitor } from "./visitor";

/** Opens the page of an invite as the group's admin. */
async function pageOf(scene: Scene, group: Group, invite: Invite, looks?: Looks): Promise<Visitor> {
  const visitor = await scene.signedIn(group.admin, group.path(`/invites/${invite.id}`), looks);
  await visitor.page.getByRole("heading", { name: texts.joins }).waitFor();
  return visitor;
}

check("the link is copied when that is pressed, and said to be", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const invite = await group.invite();
  const visitor = await pageOf(scene, group, invite);
  await visitor.context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: visitor.url });
  await visitor.press(link.copy);
  await visitor.button(link.copied).waitFor();
  assert.equal(await visitor.page.evaluate(() => navigator.clipboard.readText()), invite.url);
  await visitor.button(link.copy).waitFor(); // some seconds later
});

check("where the browser doesn’t let the page copy, the link is selected", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const invite = await group.invite();
  const visitor = await scene.visitor();
  await visitor.context.addInitScript(() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException("Write permission denied.", "NotAllowedError"));
  });
  await visitor.knownTo(group.admin);
  await visitor.open(group.path(`/invites/${invite.id}`));
  await visitor.press(link.copy);
  await visitor.reads(link.notCopied);
  assert.equal(await visitor.page.evaluate(() => String(getSelection())), invite.url);
  assert.equal(await visitor.button(link.copied).count(), 0);
});

check("where there is no share sheet, sharing writes a mail with the link", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const invite = await group.invite();
  const visitor = await pageOf(scene, group, invite);
  const mail = new URL((await visitor.link(share.byMail).getAttribute("href"))!);
  assert.equal(mail.protocol, "mailto:");
  assert.equal(mail.searchParams.get("subject"), fill(share.title, { group: group.name }));
  assert.ok(mail.searchParams.get("body")!.includes(invite.url!));
});

check("where there is a share sheet, it gets the link; closing it is no failure", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const invite = await group.invite();
  const visitor = await scene.visitor({ width: 360 });
  await visitor.context.addInitScript(() => {
    const shared: ShareData[] = [];
    Object.assign(window, { shared });
    navigator.share = async (what) => {
      shared.push(what!);
      if (shared.length === 2) throw new DOMException("Share canceled", "AbortError");
      if (shared.length === 3) throw new DOMException("No", "NotAllowedError");
    };
  });
  await visitor.knownTo(group.admin);
  await visitor.open(group.path(`/invites/${invite.id}`));
  await visitor.press(share.share);
  const [shared] = await visitor.page.evaluate(() => (window as unknown as { shared: ShareData[] }).shared);
  assert.deepEqual(shared, {
    title: fill(share.title, { group: group.name }),
    text: fill(share.text, { group: group.name, org: group.orgName }),
    url: invite.url,
  });
  await visitor.press(share.share);
  assert.equal(await visitor.page.getByText(share.failed).count(), 0);
  await visitor.press(share.share);
  await visitor.reads(share.failed);
});

/** Reads a QR code in a picture as a phone does. The picture's brightness comes from a page without a policy of its own, at a phone's size. */
async function scan(visitor: Visitor, picture: Buffer, type = "image/png"): Promise<string | undefined> {
  const side = 400;
  const blank = await visitor.context.newPage();
  const brightness = await blank.evaluate(
    async ([address, side]) => {
      const image = new Image();
      image.src = address;
      await image.decode();
      const pen = new OffscreenCanvas(side, side).getContext("2d")!;
      pen.drawImage(image, 0, 0, side, side);
      const { data } = pen.getImageData(0, 0, side, side);
      let red = "";
      for (let i = 0; i < data.length; i += 4) red += String.fromCharCode(data[i]!);
      return btoa(red);
    },
    [`data:${type};base64,${picture.toString("base64")}`, side] as const,
  );
  await blank.close();
  const pixels = Buffer.from(brightness, "base64");
  const colours = new Uint8ClampedArray(4 * side * side).map((_, i) => (i % 4 === 3 ? 255 : pixels[i >> 2]!));
  return jsQR(colours, side, side, { inversionAttempts: "dontInvert" })?.data;
}

for (const theme of ["light", "dark"] as const) {
  check(`the QR code leads to the link, on the screen and saved, ${theme}`, async (scene) => {
    const group = await Group.make(newPerson("Asha"), "Northwind Trails", "Ski & Snow: “Club”");
    const invite = await group.invite();
    const visitor = await pageOf(scene, group, invite, { theme, width: 360 });
    await visitor.press(qr.button);
    const picture = visitor.page.getByRole("img", { name: qr.picture });
    await picture.waitFor();
    await visitor.looksRight("the dialog with the QR code");
    assert.equal(await scan(visitor, await picture.screenshot()), invite.url);
    for (const [button, type] of [[qr.png, "image/png"], [qr.svg, "image/svg+xml"]] as const) {
      const [download] = await Promise.all([visitor.page.waitForEvent("download"), visitor.press(button)]);
      assert.match(download.suggestedFilename(), /^Invite to Ski Snow Club\.(png|svg)$/);
      assert.equal(await scan(visitor, await readFile(await download.path()), type), invite.url);
    }
    await visitor.page.keyboard.press("Escape");
    await picture.waitFor({ state: "detached" });
    assert.ok(await visitor.button(qr.button).evaluate((button) => button === document.activeElement), "the focus isn't back where it was");
  });
}

check("an invite shows how it is set, who joined, and what is left, by itself", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const mira = newPerson("Mira");
  const invite = await group.invite({ maxUses: 3, name: "Spring fair", expiration: "1d" });
  const visitor = await pageOf(scene, group, invite);
  await visitor.page.getByRole("heading", { name: "Spring fair" }).waitFor();
  await visitor.reads(states.active);
  await visitor.reads(fill(texts.taken, { uses: "0", all: "3", left: "3" }));
  await visitor.reads(fill(texts.you, { who: group.admin.name }));
  await visitor.reads("in 24 hours");
  await visitor.reads(texts.noJoins);
  assert.equal(await visitor.page.locator("code").innerText(), invite.url);
  await mira.call("POST", "/v1/invites/redeem", { code: codeOf(invite.url!) });
  await until("who joined is on record", async () => {
    await visitor.page.reload();
    return visitor.page
      .getByRole("list", { name: texts.joinsList })
      .getByText(mira.name)
      .waitFor({ timeout: 2000 })
      .then(
        () => true,
        () => false,
      );
  });
  await visitor.reads(fill(texts.taken, { uses: "1", all: "3", left: "2" }));
});

check("an invite on hold says why, and what would revive it", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const marco = newPerson("Marco");
  await group.join(marco);
  await group.setRole(marco, "manager");
  await group.letAddPeople("manager");
  const invite = await group.invite({}, marco);
  await group.letAddPeople();
  const visitor = await pageOf(scene, group, invite);
  await visitor.reads(states.suspended);
  await visitor.reads(fill(texts.why.suspendedAnyone, { who: marco.name, org: group.orgName, group: group.name }));
  const marcos = await scene.signedIn(marco, group.path(`/invites/${invite.id}`));
  await marcos.reads(fill(texts.why.hidden, { org: group.orgName }));
  assert.equal(await marcos.page.locator("code").count(), 0, "the link is shown to one who couldn't make it");
});

check("the time that is left to an invite is counted down", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const invite = await group.invite({ expiration: "1h" });
  const visitor = await scene.visitor();
  await visitor.page.clock.install();
  await visitor.knownTo(group.admin);
  await visitor.open(group.path(`/invites/${invite.id}`));
  await visitor.reads("in 59 minutes");
  await visitor.page.clock.runFor(50 * 60_000);
  await visitor.reads("in 9 minutes");
});

check("deleting says what stops working, starts on Cancel, and ends the link", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const invite = await group.invite();
  const visitor = await pageOf(scene, group, invite);
  const { keyboard } = visitor.page;
  const dialog = visitor.page.getByRole("dialog", { name: texts.removeTitle });
  await visitor.press(texts.remove);
  await dialog.getByText(texts.removeWhat).waitFor();
  assert.equal(await visitor.page.evaluate(() => document.activeElement?.textContent), "Cancel");
  await visitor.looksRight("the question before deleting");
  await keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  assert.ok(await visitor.button(texts.remove).evaluate((button) => button === document.activeElement), "the focus isn't back where it was");
  assert.equal((await group.invites()).length, 1);
  await visitor.press(texts.remove);
  await dialog.getByRole("button", { name: texts.remove }).click();
  await visitor.reads(texts.removed);
  await visitor.reads(invites.none);
  assert.deepEqual(await group.invites(), []);
  assert.equal(await visitor.page.evaluate(() => document.activeElement?.tagName), "H1", "the next screen doesn't begin with its heading");
});

check("deleting that fails leaves the question open; what somebody else has deleted is gone all the same", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const invite = await group.invite();
  const visitor = await scene.visitor();
  visitor.expect(503, 404);
  let failing = true;
  await visitor.page.route(`**/v1/groups/${group.id}/invites/${invite.id}`, (route) =>
    failing && route.request().method() === "DELETE"
      ? route.fulfill({ status: 503, headers: { "Content-Type": "application/problem+json" }, body: JSON.stringify({ code: "unavailable" }) })
      : route.continue(),
  );
  await visitor.knownTo(group.admin);
  await visitor.open(group.path(`/invites/${invite.id}`));
  await visitor.press(texts.remove);
  const confirm = visitor.page.getByRole("dialog").getByRole("button", { name: texts.remove });
  await confirm.click();
  await visitor.page.getByRole("dialog").getByRole("alert").waitFor();
  failing = false;
  await group.delete(invite);
  await confirm.click();
  await visitor.reads(invites.none);
});

check("an invite that is gone, or isn’t the reader’s to see, says so", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const uma = newPerson("Uma");
  await group.join(uma);
  const invite = await group.invite();
  const visitor = await scene.visitor();
  visitor.expect(404);
  await visitor.knownTo(uma);
  await visitor.open(group.path(`/invites/${invite.id}`));
  await visitor.reads(texts.gone);
});

check("the list has the newest first, each with its state, and is searched and filtered", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const marco = newPerson("Marco");
  await group.join(marco);
  await group.setRole(marco, "manager");
  await group.letAddPeople("manager");
  const full = await group.invite({ maxUses: 1, name: "Full one" });
  await newPerson("Theo").call("POST", "/v1/invites/redeem", { code: codeOf(full.url!) });
  await group.invite({ name: "Held one" }, marco);
  await group.letAddPeople();
  await group.invite({ name: "Newest one", expiration: "never", maxUses: 5 });
  const visitor = await scene.signedIn(group.admin, group.path("/invites"));
  const rows = visitor.page.getByRole("list", { name: invites.list }).locator("> li");
  await rows.first().waitFor();
  const shown = async () => (await rows.allInnerTexts()).map((row) => row.split("\n")[0]);
  const unnamed = (await shown())[3]!; // the one that Marco came by
  assert.deepEqual(await shown(), ["Newest one", "Held one", "Full one", unnamed]);
  const [newest, held, fullRow] = await rows.allInnerTexts();
  assert.match(newest!, new RegExp(`${states.active}[^]*${invites.never}[^]*5 of 5 places left[^]*${invites.forAnyone}[^]*${invites.byYou}`));
  assert.match(held!, new RegExp(`${states.suspended}[^]*${fill(invites.by, { who: marco.name })}`));
  assert.match(fullRow!, new RegExp(`${states.used_up}[^]*0 of 1 places left`));
  await visitor.field(invites.state).selectOption({ label: states.suspended });
  assert.deepEqual(await shown(), ["Held one"]);
  await visitor.reads(fill(invites.shown, { shown: "1", count: "4" }));
  await visitor.field(invites.state).selectOption({ label: invites.all });
  await visitor.field(invites.search).fill("marco");
  assert.deepEqual(await shown(), ["Held one"]);
  await visitor.field(invites.search).fill("nothing like it");
  await visitor.reads(invites.noneShown);
  // A manager who may not make such links sees them; a user sees none but his own.
  const umas = newPerson("Uma");
  await group.join(umas);
  const other = await scene.signedIn(umas, group.path("/invites"));
  await other.reads(invites.none);
  await other.reads(invites.noneOwn);
});

check("more than fifty invites come as they are asked for", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  for (let made = 0; made < 53; made += 9) await Promise.all(Array.from({ length: Math.min(9, 53 - made) }, () => group.invite({ access: "org" })));
  const visitor = await scene.signedIn(group.admin, group.path("/invites"));
  const rows = visitor.page.getByRole("list", { name: invites.list }).locator("> li");
  await rows.first().waitFor();
  assert.equal(await rows.count(), 50);
  await visitor.press("Show more");
  await rows.nth(52).waitFor();
  assert.equal(await rows.count(), 53);
  assert.ok(await rows.nth(50).evaluate((row) => row === document.activeElement), "the focus isn't on the first of those that came");
  assert.equal(await visitor.button("Show more").count(), 0);
});
