// The whole story with several people, each in front of a browser of his own.

import assert from "node:assert/strict";
import { fill } from "../src/lib/fill";
import { group, home, invite as texts, invitePage, invites, name, newInvite, org, recipients, roles } from "../src/texts";
import { check, newPerson } from "./scene";

check("an organization begins, a manager invites by e-mail, a newcomer joins, an admin sees it and ends it", async (scene) => {
  const [ada, marco, mira, theo] = [newPerson("Ada"), newPerson("Marco"), newPerson("Mira"), newPerson("Theo")];
  const [orgName, groupName] = ["Northwind Trails", "Backcountry Club"];

  // Ada begins: an organization and a group.
  const adas = await scene.visitor();
  await adas.open("/");
  await adas.entersAs(ada);
  await adas.sees(home.welcome);
  await adas.field(name.label).fill(orgName);
  await adas.press(name.create);
  await adas.reads(org.groups.empty);
  await adas.press(org.groups.new);
  await adas.page.getByRole("dialog").getByLabel(name.label).fill(groupName);
  await adas.page.getByRole("dialog").getByRole("button", { name: name.create }).click();
  await adas.titled(fill(group.title, { group: groupName, here: group.tabs.members }));
  const groupPath = new URL(adas.page.url()).pathname;
  await adas.press(group.members.addYourself);
  await adas.page.getByText(ada.name, { exact: true }).waitFor();

  // She invites Marco with a link, and makes him a manager who may bring in new people.
  await adas.link(group.members.inviteByLink).click();
  await adas.page.getByRole("radio", { name: newInvite.anyone }).check();
  await adas.press(newInvite.create);
  const firstLink = await adas.page.locator("code").innerText();
  const marcos = await scene.visitor({ width: 390, height: 844 });
  await marcos.open(firstLink);
  await marcos.press(texts.signUp);
  await marcos.chooses(marco);
  await marcos.joins(marco);
  await marcos.sees(fill(texts.welcome, { group: groupName }));
  await adas.link(orgName).click();
  await adas.link(org.tabs.members).click();
  await adas.press(`${org.members.manage} ${marco.name}`);
  await adas.page.getByRole("radio", { name: roles.manager }).check();
  await adas.press(org.members.saveRole);
  await adas.reads(fill(org.members.roleSaved, { person: marco.name, role: roles.manager }));
  await adas.link(org.tabs.settings).click();
  await adas.page.getByRole("checkbox", { name: org.settings.managers }).check();
  await adas.page.locator("form").filter({ hasText: org.settings.addPeople }).getByRole("button", { name: name.save }).click();
  await adas.reads(org.settings.saved);

  // Marco invites Mira by e-mail.
  await marcos.link(fill(texts.open, { group: groupName })).click();
  await marcos.link(group.tabs.invites).click();
  await marcos.link(newInvite.button).click();
  await marcos.page.getByRole("radio", { name: newInvite.choices["1d"], exact: true }).check();
  await marcos.page.getByRole("radio", { name: newInvite.anyone }).check();
  await marcos.field(newInvite.emails).fill(mira.email);
  await marcos.field(newInvite.emails).press("Enter");
  await marcos.press(newInvite.createAndSendOne);
  await marcos.reads(newInvite.createdAndSent);
  const secondLink = await marcos.page.locator("code").innerText();
  await marcos.reads(recipients.states.delivered);

  // Mira opens the mail, makes an account, and joins.
  const miras = await scene.visitor({ width: 390, height: 844 });
  await miras.open("/dev/inbox");
  await miras.page.locator("#list").getByText(mira.email).click();
  const mail = miras.page.frameLocator("iframe");
  await mail.getByText(marco.name).first().waitFor();
  await miras.toNewTab(() => mail.getByRole("link").first().click());
  await miras.sees(fill(texts.invited, { who: marco.name, group: groupName }));
  await miras.press(texts.signUp);
  await miras.chooses(mira);
  await miras.joins(mira);
  await miras.sees(fill(texts.welcome, { group: groupName }));
  await miras.link(fill(texts.open, { group: groupName })).click();
  await miras.titled(fill(group.title, { group: groupName, here: group.tabs.members }));
  await miras.page.getByText(mira.name, { exact: true }).waitFor();

  // Ada sees who joined, and deletes the link.
  await adas.open(groupPath);
  await adas.link(group.tabs.invites).click();
  const list = adas.page.getByRole("list", { name: invites.list });
  const ofMarco = list.locator("> li").filter({ hasText: marco.name });
  await ofMarco.getByRole("link").click();
  await adas.page.getByRole("list", { name: invitePage.joinsList }).getByText(mira.name).waitFor();
  await adas.press(invitePage.remove);
  const dialog = adas.page.getByRole("dialog", { name: invitePage.removeTitle });
  await dialog.getByText(invitePage.removeWhat).waitFor();
  await dialog.getByRole("button", { name: invitePage.remove }).click();
  await adas.reads(invitePage.removed);
  await list.waitFor();
  assert.equal(await ofMarco.count(), 0);

  // The link says so to whoever comes later; Mira stays.
  const theos = await scene.visitor();
  await theos.open(secondLink);
  await theos.sees(texts.deleted);
  await theos.open(firstLink);
  await theos.signsIn(theo);
  await theos.joins(theo);
  await theos.sees(fill(texts.welcome, { group: groupName }));
  await adas.link(group.tabs.members).click();
  for (const person of [ada, marco, mira, theo]) await adas.page.locator("bdi", { hasText: person.name }).first().waitFor();
});
