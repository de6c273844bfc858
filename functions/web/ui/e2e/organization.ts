// The screens of an organization and of who is in a group: members, roles, settings, audit, and the ways out.

import assert from "node:assert/strict";
import { fill } from "../src/lib/fill";
import { group as groupTexts, home, name, org as texts, people, roles } from "../src/texts";
import { Group } from "./people";
import { check, newPerson } from "./scene";
import { until } from "./until";
import type { Visitor } from "./visitor";

const inDialog = (visitor: Visitor, button: string) => visitor.page.getByRole("dialog").getByRole("button", { name: button, exact: true });

/** The row of a person in a list. */
const row = (visitor: Visitor, list: string, person: { name: string }) => visitor.page.getByRole("list", { name: list }).locator("> li").filter({ hasText: person.name });

check("an admin adds a member of the organization to a group, and removes him again after a question", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const [mira, theo] = [newPerson("Mira"), newPerson("Theo")];
  await group.join(mira, theo);
  const books = await group.another("Book Circle");
  const visitor = await scene.signedIn(group.admin, books.path());
  await visitor.reads(groupTexts.members.empty);
  await visitor.press(groupTexts.members.add);
  const search = visitor.page.getByRole("dialog").getByRole("searchbox");
  if (await search.count()) await search.fill(mira.email); // only where there are many
  await inDialog(visitor, `${groupTexts.addMembers.add} ${mira.name}`).click();
  await inDialog(visitor, `${groupTexts.addMembers.isIn} ${mira.name}`).waitFor();
  await inDialog(visitor, groupTexts.addMembers.done).click();
  await row(visitor, groupTexts.members.title, mira).waitFor();
  assert.deepEqual(await books.members(), [mira.name]);

  const remove = visitor.button(`${groupTexts.members.remove} ${mira.name}`);
  await remove.click();
  await visitor.page.getByRole("dialog", { name: fill(groupTexts.members.removeAsk, { person: mira.name }) }).waitFor();
  assert.equal(await visitor.page.evaluate(() => document.activeElement?.textContent), "Cancel");
  await visitor.page.keyboard.press("Escape");
  await visitor.page.getByRole("dialog").waitFor({ state: "detached" });
  assert.ok(await remove.evaluate((button) => button === document.activeElement), "the focus isn't back where it was");
  await remove.click();
  await inDialog(visitor, groupTexts.members.remove).click();
  await visitor.reads(fill(groupTexts.members.removed, { person: mira.name }));
  assert.deepEqual(await books.members(), []);
});

check("a manager adds and removes in his groups, a user does neither, and anyone leaves", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const [marco, uma] = [newPerson("Marco"), newPerson("Uma")];
  await group.join(marco, uma);
  await group.setRole(marco, "manager");
  const marcos = await scene.signedIn(marco, group.path());
  await row(marcos, groupTexts.members.title, uma).getByRole("button").waitFor();
  assert.equal(await row(marcos, groupTexts.members.title, group.admin).getByRole("button").count(), 0, "a manager is offered to remove an admin");
  await marcos.button(groupTexts.members.add).waitFor();
  const umas = await scene.signedIn(uma, group.path());
  await row(umas, groupTexts.members.title, uma).getByText(people.you).waitFor();
  assert.equal(await umas.button(groupTexts.members.add).count(), 0);
  assert.equal(await row(umas, groupTexts.members.title, marco).getByRole("button").count(), 0);
  await umas.press(groupTexts.settings.leaveVerb);
  await inDialog(umas, groupTexts.settings.leaveVerb).click();
  await umas.reads(fill(groupTexts.settings.left, { group: group.name }));
  assert.ok(!(await group.members()).includes(uma.name));
  await umas.reads(fill(texts.groups.emptyMine, { org: group.orgName }));
});

check("roles are given and taken, but never that of the last admin", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const marco = newPerson("Marco");
  await group.join(marco);
  const visitor = await scene.signedIn(group.admin, `/orgs/${group.orgId}/members`);
  visitor.expect(409);
  const choose = async (person: { name: string }, role: string) => {
    await visitor.press(`${texts.members.manage} ${person.name}`);
    await visitor.page.getByRole("radio", { name: role, exact: true }).check();
    await inDialog(visitor, texts.members.saveRole).click();
  };
  await choose(group.admin, roles.user);
  await visitor.reads(texts.members.lastAdmin);
  await visitor.page.keyboard.press("Escape");
  await choose(marco, roles.admin);
  await visitor.reads(fill(texts.members.roleSaved, { person: marco.name, role: roles.admin }));
  await choose(group.admin, roles.user);
  await visitor.reads(fill(texts.members.roleSaved, { person: group.admin.name, role: roles.user }));
  await until("the tabs are those of a user", async () => (await visitor.link(texts.tabs.audit).count()) === 0);
});

check("who is removed from the organization is out at once, and can be added again", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const mira = newPerson("Mira");
  await group.join(mira);
  const visitor = await scene.signedIn(group.admin, `/orgs/${group.orgId}/members`);
  await visitor.press(`${texts.members.manage} ${mira.name}`);
  await inDialog(visitor, texts.members.remove).click();
  await visitor.page.getByText(fill(texts.members.removeAskWhy, { person: mira.name, org: group.orgName })).waitFor();
  await inDialog(visitor, texts.members.remove).click();
  await visitor.reads(fill(texts.members.removed, { person: mira.name }));
  assert.ok(!(await group.members()).includes(mira.name));
  await visitor.press(`${texts.members.addAgain} ${mira.name}`);
  await visitor.reads(fill(texts.members.addedAgain, { person: mira.name }));
  await visitor.button(`${texts.members.manage} ${mira.name}`).waitFor();
});

check("narrowing who may add people says which links that suspends, and does", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const uma = newPerson("Uma");
  await group.join(uma);
  const visitor = await scene.signedIn(group.admin, `/orgs/${group.orgId}/settings`);
  const users = visitor.page.getByRole("checkbox", { name: texts.settings.users });
  const save = visitor.page.locator("form").filter({ hasText: texts.settings.addPeople }).getByRole("button", { name: name.save });
  await users.check();
  await save.click();
  await visitor.reads(texts.settings.saved);
  const invite = await group.invite({}, uma);
  await users.uncheck();
  await visitor.reads(fill(texts.settings.narrowing, { who: texts.settings.narrowed.user }));
  await save.click();
  await until("the link is on hold", async () => (await group.read(invite.id)).state === "suspended");
});

check("a change that meets another one isn’t lost, and doesn’t overwrite it unseen", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const visitor = await scene.signedIn(group.admin, `/orgs/${group.orgId}/settings`);
  visitor.expect(412);
  const field = visitor.field(name.label);
  await field.fill("Northwind Walks");
  await group.admin.call("PATCH", `/v1/orgs/${group.orgId}`, { name: "Southwind Trails" });
  const save = visitor.page.locator("form").filter({ has: field }).getByRole("button", { name: name.save });
  await save.click();
  await visitor.reads(fill(texts.changedMeanwhile, { name: "Southwind Trails" }));
  assert.equal(await field.inputValue(), "Northwind Walks");
  await save.click();
  await visitor.titled(fill(texts.title, { org: "Northwind Walks", here: texts.tabs.settings }));
});

check("a name that can’t be is said to be so, and stays to be put right", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const visitor = await scene.signedIn(group.admin, `/orgs/${group.orgId}`);
  visitor.expect(400);
  await visitor.press(texts.groups.new);
  const field = visitor.page.getByRole("dialog").getByLabel(name.label);
  for (const [typed, says] of [["  ", name.empty], ["x".repeat(81), name.long], ["zero\u200bwidth\u202e", name.invalid]] as const) {
    await field.fill(typed);
    await inDialog(visitor, name.create).click();
    await visitor.reads(says);
    assert.equal(await field.inputValue(), typed);
    assert.ok(await field.evaluate((input) => input === document.activeElement), "the focus isn't on what is wrong");
  }
  await field.fill("👍🏽".repeat(40));
  await inDialog(visitor, name.create).click();
  await visitor.titled(fill(groupTexts.title, { group: "👍🏽".repeat(40), here: groupTexts.tabs.members }));
});

check("a group is renamed and deleted, an organization deleted by typing its name", async (scene) => {
  const group = await Group.make(newPerson("Asha"), "Northwind Trails", "Backcountry Club");
  const visitor = await scene.signedIn(group.admin, group.path());
  await visitor.press(groupTexts.settings.rename);
  await visitor.page.getByRole("dialog").getByLabel(name.label).fill("Forest Club");
  await inDialog(visitor, name.save).click();
  await visitor.reads(fill(groupTexts.settings.renamed, { group: "Forest Club" }));
  await visitor.press(groupTexts.settings.deleteVerb);
  await inDialog(visitor, groupTexts.settings.deleteVerb).click();
  await visitor.reads(fill(groupTexts.settings.deleted, { group: "Forest Club" }));
  await visitor.reads(texts.groups.empty);
  await visitor.link(texts.tabs.settings).click();
  await visitor.press(texts.settings.deleteVerb);
  const typed = visitor.page.getByRole("dialog").getByRole("textbox");
  await typed.fill("northwind trails");
  await inDialog(visitor, texts.settings.deleteVerb).click();
  await visitor.reads(texts.settings.deleteMismatch);
  await typed.fill("Northwind Trails");
  await inDialog(visitor, texts.settings.deleteVerb).click();
  await visitor.sees(home.welcome);
  await visitor.reads(fill(texts.settings.deleted, { org: "Northwind Trails" }));
});

check("the only admin can’t leave an organization, others can", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const mira = newPerson("Mira");
  await group.join(mira);
  const visitor = await scene.signedIn(group.admin, `/orgs/${group.orgId}/settings`);
  visitor.expect(409);
  await visitor.press(texts.settings.leaveVerb);
  await inDialog(visitor, texts.settings.leaveVerb).click();
  await visitor.reads(texts.settings.lastAdmin);
  const miras = await scene.signedIn(mira, `/orgs/${group.orgId}/settings`);
  await miras.press(texts.settings.leaveVerb);
  await inDialog(miras, texts.settings.leaveVerb).click();
  await miras.sees(home.welcome);
  await miras.reads(fill(texts.settings.left, { org: group.orgName }));
});

check("the audit tells an admin who did what, and others that it is not theirs", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const marco = newPerson("Marco");
  await group.join(marco);
  await group.setRole(marco, "manager");
  await group.delete(await group.invite());
  await group.remove(marco);
  const visitor = await scene.signedIn(group.admin, `/orgs/${group.orgId}/audit`);
  const { acts, asRole } = texts.audit;
  const names = { who: group.admin.name, person: marco.name, group: group.name };
  const list = visitor.page.getByRole("list", { name: texts.audit.title });
  await list.waitFor();
  for (const sentence of [
    fill(acts["member.role_changed"], { ...names, role: asRole.manager }),
    fill(acts["invite.deleted"], names),
    fill(acts["group_member.removed"], names),
    fill(acts["org.created"], names),
  ]) {
    await until(`the audit says: ${sentence}`, async () => {
      const told = await list.locator("> li p").allInnerTexts();
      if (told.includes(sentence)) return true;
      await visitor.page.reload(); // some acts show up a moment later
      await list.waitFor();
      return false;
    });
  }
  const marcos = await scene.visitor();
  marcos.expect(403);
  await marcos.knownTo(marco);
  await marcos.open(`/orgs/${group.orgId}/audit`);
  await marcos.reads(texts.audit.forbidden);
});
