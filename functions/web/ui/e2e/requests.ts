// Asking for access by a link whose time is over, and deciding on it.

import assert from "node:assert/strict";
import { fill } from "../src/lib/fill";
import { group as groupTexts, invite, problems, requests as texts } from "../src/texts";
import { expired } from "./expiring";
import { mailTo } from "./mails";
import { type Group, type Person } from "./people";
import { check, newPerson, type Scene } from "./scene";
import type { Visitor } from "./visitor";

/** Opens the link as someone signed in who comes too late. */
async function comesLate(scene: Scene, person: Person, url: string): Promise<Visitor> {
  const visitor = await scene.visitor({ width: 390, height: 844 });
  await visitor.knownTo(person);
  await visitor.open(url);
  await visitor.press(invite.signInToRequest);
  return visitor;
}

const ask = (person: Person) => fill(invite.request, { person: person.email });

/** Opens the requests of the group as its admin. */
const requestsOf = (scene: Scene, group: Group) => scene.signedIn(group.admin, group.path("/requests"));

const row = (visitor: Visitor, person: Person) => visitor.page.getByRole("list", { name: texts.list }).locator("> li").filter({ hasText: person.email });

check("who comes too late asks, an admin approves, and a mail says that he is in", async (scene) => {
  const { group, url } = await expired();
  const mira = newPerson("Mira");
  const visitor = await comesLate(scene, mira, url);
  await visitor.field(invite.message).fill("I’m in the <b>Tuesday</b> team.");
  await visitor.press(ask(mira));
  await visitor.sees(invite.requested);
  await visitor.reads(fill(invite.requestedWhy, { group: group.name }));
  await visitor.looksRight("a request on its way");
  await visitor.page.reload();
  await visitor.sees(invite.requested);

  const admins = await requestsOf(scene, group);
  const request = row(admins, mira);
  await request.getByText("I’m in the <b>Tuesday</b> team.").waitFor();
  await request.getByText(fill(texts.newToOrg, { org: group.orgName })).waitFor();
  await admins.press(fill(texts.approveWho, { who: mira.name }));
  await admins.reads(fill(texts.approved, { who: mira.name, group: group.name }));
  assert.equal(await request.count(), 0);
  assert.ok((await group.members()).includes(mira.name));
  await mailTo(mira.email, "was approved");
  await admins.link(groupTexts.tabs.members).click();
  await admins.reads(mira.name);
});

check("a request that is declined is told so by mail, and lets nobody in", async (scene) => {
  const { group, url } = await expired();
  const theo = newPerson("Theo");
  const visitor = await comesLate(scene, theo, url);
  await visitor.press(ask(theo));
  await visitor.sees(invite.requested);

  const admins = await requestsOf(scene, group);
  await admins.press(fill(texts.declineWho, { who: theo.name }));
  const dialog = admins.page.getByRole("dialog", { name: fill(texts.declineTitle, { who: theo.name }) });
  await dialog.getByText(fill(texts.declineWhat, { who: theo.name, group: group.name })).waitFor();
  assert.equal(await admins.page.evaluate(() => document.activeElement?.textContent), "Cancel");
  await dialog.getByRole("button", { name: texts.decline, exact: true }).click();
  await admins.reads(fill(texts.declined, { who: theo.name }));
  assert.equal(await row(admins, theo).count(), 0);
  await mailTo(theo.email, "wasn't approved");
  assert.ok(!(await group.members()).includes(theo.name));
});

check("a request that somebody else has decided on is said to be gone", async (scene) => {
  const { group, url } = await expired();
  const leo = newPerson("Leo");
  const visitor = await comesLate(scene, leo, url);
  await visitor.press(ask(leo));
  await visitor.sees(invite.requested);
  const admins = await requestsOf(scene, group);
  admins.expect(404);
  await row(admins, leo).waitFor();
  await group.admin.call("POST", `/v1/groups/${group.id}/access-requests/${await leo.id()}/decline`);
  await admins.press(fill(texts.approveWho, { who: leo.name }));
  await admins.reads(fill(texts.gone, { who: leo.name }));
  assert.equal(await row(admins, leo).count(), 0);
});

check("a request that the API fails to take keeps its message", async (scene) => {
  const { url } = await expired();
  const ida = newPerson("Ida");
  const visitor = await scene.visitor();
  visitor.expect(503);
  let failing = true;
  await visitor.page.route("**/v1/invites/access-requests", (route) =>
    failing ? route.fulfill({ status: 503, headers: { "Content-Type": "application/problem+json" }, body: JSON.stringify({ code: "unavailable" }) }) : route.continue(),
  );
  await visitor.knownTo(ida);
  await visitor.open(url);
  await visitor.press(invite.signInToRequest);
  await visitor.field(invite.message).fill("We met on Sunday.");
  await visitor.press(ask(ida));
  await visitor.reads(problems["unavailable"]!);
  assert.equal(await visitor.field(invite.message).inputValue(), "We met on Sunday.");
  failing = false;
  await visitor.press(ask(ida));
  await visitor.sees(invite.requested);
});
