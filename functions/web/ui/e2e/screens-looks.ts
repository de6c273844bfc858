// Every screen of those who are signed in, light and dark, narrow and wide: nothing that axe finds, and nothing that has to be scrolled
// sideways.

import { fill } from "../src/lib/fill";
import { group as texts, home, invitePage, invites, link, name, newInvite, nowhere, org, recipients, requests, shell } from "../src/texts";
import { expired } from "./expiring";
import { bounce } from "./mails";
import { codeOf, Group } from "./people";
import { check, newPerson, type Scene } from "./scene";
import type { Looks, Visitor } from "./visitor";

/** A long name, in which no line can be broken. */
const longName = "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstelle";

async function everyScreen(scene: Scene, looks: Looks): Promise<void> {
  const group = await Group.make(newPerson("Asha"), longName, longName);
  const [marco, mira, late] = [newPerson("Marco"), newPerson("Mira"), newPerson("Late")];
  await group.join(marco, mira);
  await group.setRole(marco, "manager");
  await group.letAddPeople("manager");
  const full = await group.invite({ maxUses: 1, name: longName.slice(0, 64) });
  await newPerson("Theo").call("POST", "/v1/invites/redeem", { code: codeOf(full.url!) });
  const held = await group.invite({}, marco);
  await group.letAddPeople();
  const open = await group.invite({ maxUses: 3, name: "Spring fair" });
  const empty = await group.another("Book Circle");
  const badAddress = `a.very.long.address.that.comes.back.${late.word}@mail.example.org`;
  await bounce({ bounce: [badAddress] });

  const visitor = await scene.visitor(looks);
  visitor.expect(404);
  await visitor.open("/");
  await visitor.button(home.signIn).waitFor();
  await visitor.looksRightAtEachWidth("signed out");
  await visitor.entersAs(late);
  await visitor.sees(home.welcome);
  await visitor.looksRightAtEachWidth("the first use");

  await visitor.knownTo(group.admin);
  const show = async (path: string, ready: (visitor: Visitor) => Promise<unknown>, what = path) => {
    await visitor.open(path);
    await ready(visitor);
    await visitor.looksRightAtEachWidth(what);
  };
  await show("/", () => visitor.link(longName).first().waitFor());
  await visitor.page.locator("summary").click();
  await visitor.button(shell.signOut).waitFor();
  await visitor.looksRightAtEachWidth("the account");

  await show(`/orgs/${group.orgId}`, () => visitor.page.getByRole("list", { name: org.groups.title }).waitFor());
  await show(`/orgs/${group.orgId}/members`, () => visitor.button(`${org.members.manage} ${marco.name}`).waitFor());
  await visitor.press(`${org.members.manage} ${marco.name}`);
  await visitor.looksRightAtEachWidth("the dialog about a member");
  await show(`/orgs/${group.orgId}/settings`, () => visitor.page.getByRole("checkbox", { name: org.settings.users }).check());
  await visitor.press(org.settings.deleteVerb);
  await visitor.looksRightAtEachWidth("the question before an organization is deleted");
  await show(`/orgs/${group.orgId}/audit`, () => visitor.page.getByRole("list", { name: org.audit.title }).waitFor());

  await show(group.path(), () => visitor.button(`${texts.members.remove} ${marco.name}`).waitFor());
  await visitor.press(texts.members.add);
  await visitor.button(texts.addMembers.done).waitFor();
  await visitor.looksRightAtEachWidth("the dialog that adds members");
  await show(empty.path(), () => visitor.reads(texts.members.empty));
  await visitor.press(texts.settings.rename);
  await visitor.field(name.label).waitFor();
  await visitor.looksRightAtEachWidth("the dialog that renames a group");

  await show(empty.path("/invites"), () => visitor.reads(invites.none));
  await show(group.path("/invites"), () => visitor.link("Spring fair").waitFor());
  await show(group.path("/invites?new"), () => visitor.page.getByRole("radio", { name: newInvite.choices.custom }).check());
  await visitor.field(newInvite.emails).fill(`mira@example.org, no address, ${badAddress}, `);
  await visitor.page.getByText(newInvite.more, { exact: true }).click();
  await visitor.field(newInvite.places).fill("0");
  await visitor.press(fill(newInvite.createAndSend, { count: "3" }));
  await visitor.reads(newInvite.placesBad);
  await visitor.looksRightAtEachWidth("a new invite that isn’t right");

  await show(group.path(`/invites/${full.id}`), () => visitor.reads(invitePage.why.used_up));
  await show(group.path(`/invites/${held.id}`), () => visitor.reads(invitePage.joins));
  await visitor.open(group.path(`/invites/${open.id}`));
  await visitor.button(link.copy).waitFor();
  await visitor.field(recipients.send).fill(`${mira.email}, ${badAddress}`);
  await visitor.field(recipients.send).press("Enter");
  await visitor.press(recipients.sendButton);
  await visitor.reads(recipients.reasons.permanent);
  await visitor.reads(recipients.states.delivered);
  await visitor.press(fill(recipients.correctOf, { address: badAddress }));
  await visitor.field(recipients.newAddress).waitFor();
  await visitor.looksRightAtEachWidth("an invite");

  await show(group.path("/requests"), () => visitor.reads(requests.none));
  await show("/groups/0000000000000000", () => visitor.sees(nowhere.title));
  const over = await expired();
  await late.call("POST", "/v1/invites/access-requests", { code: codeOf(over.url), message: "A message\nof two lines, and a word that is long: " + longName });
  await visitor.knownTo(over.group.admin);
  await show(over.group.path("/requests"), () => visitor.button(fill(requests.approveWho, { who: late.name })).waitFor());
  await show(over.group.path(`/invites/${over.invite.id}`), () => visitor.reads(invitePage.why.expired));
}

for (const theme of ["light", "dark"] as const) {
  check(`every screen of those who are signed in can be used by everyone, ${theme}`, (scene) => everyScreen(scene, { theme }));
}
