// What the page behind a link says of invites, in each state that one may have, and of people whom one doesn't let in.

import assert from "node:assert/strict";
import { fill } from "../src/lib/fill";
import { invite as texts } from "../src/texts";
import { codeOf, Group } from "./people";
import { check, newPerson } from "./scene";

check("an invite says who invites to what, and until when; looking changes nothing", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const invite = await group.invite({ expiration: "7d", maxUses: 1 });
  const visitor = await scene.visitor();
  await visitor.open(invite.url!);
  await visitor.sees(fill(texts.invited, { who: group.admin.name, group: group.name }));
  await visitor.reads(fill(texts.groupOf, { org: group.orgName }));
  await visitor.reads(fill(texts.forAnyone, { org: group.orgName }));
  await visitor.reads(new RegExp(`^Expires .*${new Date(invite.expiresAt!).getFullYear()}.*\\(Central European .*Time\\)`));
  await visitor.reads("in 7 days");
  assert.equal(visitor.page.url(), `${visitor.url}/i`, "the address still has the code");
  assert.equal(await visitor.page.title(), "Invitation", "the title says more than it may");
  assert.deepEqual(await group.members(), [group.admin.name]);
  const { uses } = await group.admin.call<{ uses: number }>("GET", `/v1/groups/${group.id}/invites/${invite.id}`);
  assert.equal(uses, 0);
});

check("an invite that never expires says so, and one for members whose it is", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const { url } = await group.invite({ expiration: "never", access: "org" });
  const visitor = await scene.visitor();
  await visitor.open(url!);
  await visitor.reads(texts.never);
  await visitor.reads(fill(texts.forMembers, { org: group.orgName }));
});

check("a newcomer signs in, joins, and goes on to the group", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const { url } = await group.invite();
  const mira = newPerson("Mira");
  const visitor = await scene.visitor();
  await visitor.open(url!);
  await visitor.signsIn(mira);
  await visitor.reads(fill(texts.signedInAs, { person: mira.email }));
  assert.ok(!(await group.members()).includes(mira.name), "signing in alone has let her in");
  await visitor.joins(mira);
  await visitor.sees(fill(texts.welcome, { group: group.name }));
  await visitor.reads(fill(texts.joined, { person: mira.email }));
  assert.ok((await group.members()).includes(mira.name));
  const open = visitor.page.getByRole("link", { name: fill(texts.open, { group: group.name }) });
  assert.equal(await open.getAttribute("href"), `/groups/${group.id}`);
  await open.click();
  await visitor.page.waitForURL(`${visitor.url}/groups/${group.id}`);
});

check("after joining, Back and a reload show that it has happened", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const { url } = await group.invite({ maxUses: 1 });
  const mira = newPerson("Mira");
  const visitor = await scene.visitor();
  await visitor.open(url!);
  await visitor.signsIn(mira);
  await visitor.joins(mira);
  const welcome = fill(texts.welcome, { group: group.name });
  await visitor.sees(welcome);
  await visitor.page.reload();
  await visitor.sees(welcome);
  const asked = visitor.page.waitForResponse((response) => response.url().includes("/v1/") && response.ok());
  await visitor.page.getByRole("link", { name: fill(texts.open, { group: group.name }) }).click();
  await asked; // the way to the provider and back is behind
  assert.equal(visitor.page.url(), `${visitor.url}/groups/${group.id}`);
  await visitor.page.goBack();
  await visitor.sees(welcome);
});

check("a member already learns so, and no use is counted", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const mira = newPerson("Mira");
  await group.join(mira);
  const invite = await group.invite({ maxUses: 1 });
  const visitor = await scene.visitor();
  await visitor.open(invite.url!);
  await visitor.signsIn(mira);
  await visitor.joins(mira);
  await visitor.sees(texts.already);
  await visitor.reads(fill(texts.alreadyIn, { group: group.name }));
  const { uses } = await group.admin.call<{ uses: number }>("GET", `/v1/groups/${group.id}/invites/${invite.id}`);
  assert.equal(uses, 0);
});

check("a stranger learns whose invite it is and as whom he is signed in, and may change that", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const [mira, theo] = [newPerson("Mira"), newPerson("Theo")];
  await group.join(theo);
  const other = await group.another("Book Circle");
  const { url } = await other.invite({ access: "org" });
  const visitor = await scene.visitor();
  visitor.expect(403);
  await visitor.open(url!);
  await visitor.signsIn(mira);
  await visitor.joins(mira);
  await visitor.sees(fill(texts.membersOnly, { org: group.orgName }));
  await visitor.reads(fill(texts.membersOnlyWhy, { person: mira.email, who: group.admin.name }));
  assert.equal(await visitor.page.getByText(/expired/i).count(), 0, "an account's problem is called that of the invite");
  await visitor.signsIn(theo, texts.otherAccount);
  await visitor.joins(theo);
  await visitor.sees(fill(texts.welcome, { group: other.name }));
});

check("someone removed isn't let back in by an earlier invite", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const mira = newPerson("Mira");
  await group.join(mira);
  const { url } = await group.invite();
  await group.remove(mira);
  const visitor = await scene.visitor();
  visitor.expect(403);
  await visitor.open(url!);
  await visitor.signsIn(mira);
  await visitor.joins(mira);
  await visitor.sees(texts.removed);
  await visitor.reads(fill(texts.removedWhy, { person: mira.email, org: group.orgName }));
  assert.equal(await visitor.page.getByText(/expired/i).count(), 0);
});

check("an invite is on hold while its creator may not invite, and works again when he may", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const marco = newPerson("Marco");
  await group.join(marco);
  await group.setRole(marco, "manager");
  await group.letAddPeople("manager");
  const { url } = await group.invite({}, marco);
  await group.letAddPeople();
  const visitor = await scene.visitor();
  await visitor.open(url!);
  await visitor.sees(texts.suspended);
  await visitor.reads(fill(texts.suspendedWhy, { who: marco.name, org: group.orgName }));
  assert.equal(await visitor.button(texts.signIn).count(), 0);
  await visitor.press(texts.retry);
  await visitor.sees(texts.suspended);
  await group.letAddPeople("manager");
  await visitor.press(texts.retry);
  await visitor.sees(fill(texts.invited, { who: marco.name, group: group.name }));
});

check("an invite that is put on hold or taken while someone looks at it says so when he presses Join", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const [marco, mira, theo] = [newPerson("Marco"), newPerson("Mira"), newPerson("Theo")];
  await group.join(marco);
  await group.setRole(marco, "manager");
  await group.letAddPeople("manager");
  const { url } = await group.invite({ maxUses: 1 }, marco);
  const visitor = await scene.visitor();
  visitor.expect(410);
  await visitor.knownTo(mira);
  await visitor.open(url!);
  await visitor.press(texts.signIn);
  await visitor.button(fill(texts.join, { person: mira.email })).waitFor();
  await group.letAddPeople();
  await visitor.joins(mira);
  await visitor.sees(texts.suspended);
  await group.letAddPeople("manager");
  await visitor.press(texts.retry);
  await theo.call("POST", "/v1/invites/redeem", { code: codeOf(url!) });
  await visitor.joins(mira);
  await visitor.sees(texts.usedUp);
});

check("an invite whose places are taken says whom to ask, again after a reload", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const { url } = await group.invite({ maxUses: 1 });
  await newPerson("Theo").call("POST", "/v1/invites/redeem", { code: codeOf(url!) });
  const visitor = await scene.visitor();
  await visitor.open(url!);
  await visitor.sees(texts.usedUp);
  await visitor.reads(fill(texts.askCreator, { who: group.admin.name }));
  await visitor.page.reload();
  await visitor.sees(texts.usedUp);
});

check("a deleted invite names nobody, before and after it is looked at", async (scene) => {
  const group = await Group.make(newPerson("Asha"), "Hidden Org", "Hidden Group");
  const invite = await group.invite();
  const visitor = await scene.visitor();
  visitor.expect(410);
  await visitor.knownTo(newPerson("Mira"));
  await visitor.open(invite.url!);
  await visitor.press(texts.signIn);
  const join = visitor.button(/^Join as/);
  await join.waitFor();
  await group.delete(invite);
  await join.click();
  await visitor.sees(texts.deleted);
  const other = await scene.visitor();
  await other.open(invite.url!);
  await other.sees(texts.deleted);
  await other.reads(texts.askSender);
  assert.doesNotMatch(await other.page.locator("body").innerText(), /Hidden|Asha/);
});

check("a link that was cut off or forged doesn't work, and says what to do", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const code = codeOf((await group.invite()).url!);
  const forged = code.slice(0, -6) + (code.endsWith("AAAAAA") ? "BBBBBA" : "AAAAAA");
  const visitor = await scene.visitor();
  visitor.expect(404);
  for (const fragment of [code.slice(0, 20), forged, `${code}x`, "%F0%9F", "…"]) {
    await visitor.page.goto("about:blank"); // so that the next isn't a second link in one tab
    await visitor.open(`/i#${fragment}`);
    await visitor.sees(texts.unknown);
    await visitor.reads(texts.unknownWhy);
    assert.equal(visitor.page.url(), `${visitor.url}/i`);
  }
  await visitor.page.reload();
  await visitor.sees(texts.unknown);
});

check("the page without a link says how to come by one", async (scene) => {
  const visitor = await scene.visitor();
  await visitor.open("/i");
  await visitor.sees(texts.noCode);
  await visitor.page.getByRole("link", { name: texts.toGroups }).waitFor();
});

check("a second link opened in the same tab takes the place of the first", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const other = await group.another("Book Circle");
  const [first, second] = [(await group.invite()).url!, (await other.invite()).url!];
  const visitor = await scene.visitor();
  await visitor.open(first);
  await visitor.sees(fill(texts.invited, { who: group.admin.name, group: group.name }));
  await visitor.open(second); // another fragment of the same page: nothing is loaded
  await visitor.sees(fill(texts.invited, { who: group.admin.name, group: other.name }));
  const mira = newPerson("Mira");
  await visitor.signsIn(mira);
  await visitor.joins(mira);
  await visitor.sees(fill(texts.welcome, { group: other.name }));
  assert.ok(!(await group.members()).includes(mira.name));
  await visitor.open(first);
  await visitor.sees(fill(texts.invited, { who: group.admin.name, group: group.name }));
  await visitor.joins(mira);
  await visitor.sees(fill(texts.welcome, { group: group.name }));
});

check("names are shown as they are, whatever they look like", async (scene) => {
  const name = "<img src=x onerror=alert(1)> & {who} مجموعة";
  const group = await Group.make(newPerson("Asha"), "\"Org\" <b>&amp;", name);
  const { url } = await group.invite();
  const visitor = await scene.visitor({ width: 320 });
  await visitor.open(url!);
  await visitor.sees(fill(texts.invited, { who: group.admin.name, group: name }));
  await visitor.reads(fill(texts.groupOf, { org: group.orgName }));
  await visitor.looksRight("odd names");
});

check("Back from what has happened leads through the provider to what has happened", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const { url } = await group.invite();
  const mira = newPerson("Mira");
  const visitor = await scene.visitor();
  await visitor.open(url!);
  await visitor.signsIn(mira);
  await visitor.joins(mira);
  const welcome = fill(texts.welcome, { group: group.name });
  await visitor.sees(welcome);
  for (let back = 0; back < 2; back++) {
    await visitor.page.goBack(); // to the provider, which knows who it is, and leads to the page again
    await visitor.page.waitForURL(`${visitor.url}/i`);
    await visitor.sees(welcome);
  }
});
