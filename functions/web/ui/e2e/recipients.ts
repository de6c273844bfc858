// Sending an invite by e-mail from its page: what becomes of each mail, and what can be done about it.

import assert from "node:assert/strict";
import { fill } from "../src/lib/fill";
import { chips, recipients as texts } from "../src/texts";
import { bounce, mailTo } from "./mails";
import { Group } from "./people";
import { check, newPerson } from "./scene";
import type { Visitor } from "./visitor";

/** The row of an address, in the list of those to whom the invite was sent. */
const row = (visitor: Visitor, address: string) => visitor.page.getByRole("list", { name: texts.list }).locator("> li").filter({ has: visitor.page.getByText(address, { exact: true }) });

/** The box for addresses. It is called otherwise once something was sent. */
const box = (visitor: Visitor) => visitor.field(texts.send).or(visitor.field(texts.sendMore));

async function send(visitor: Visitor, ...addresses: string[]): Promise<void> {
  await box(visitor).fill(addresses.join(", "));
  await box(visitor).press("Enter");
  await visitor.press(texts.sendButton);
}

check("an invite is sent from its page, and the page sees by itself that it has arrived", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const invite = await group.invite();
  const mira = newPerson("Mira");
  const visitor = await scene.signedIn(group.admin, group.path(`/invites/${invite.id}`));
  await visitor.press(texts.sendButton);
  await visitor.reads(texts.nobody);
  await send(visitor, mira.email);
  await visitor.reads(fill(texts.sentOne, { address: mira.email }));
  await row(visitor, mira.email).getByText(texts.states.delivered).waitFor();
  assert.ok((await mailTo(mira.email, group.name)).text.includes(invite.url!));
  assert.equal(await box(visitor).inputValue(), "");
  // The same address again is not mailed again.
  await send(visitor, mira.email);
  await visitor.reads(fill(texts.sentBefore, { addresses: mira.email }));
});

check("a mail that comes back says why; the address is corrected, and the invite goes there", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const invite = await group.invite();
  const mira = newPerson("Mira");
  const wrong = mira.email.replace("@", ".typo@");
  await bounce({ bounce: [wrong] });
  const visitor = await scene.signedIn(group.admin, group.path(`/invites/${invite.id}`), { width: 360 });
  await send(visitor, wrong);
  await row(visitor, wrong).getByText(texts.states.bounced).waitFor();
  await row(visitor, wrong).getByText(texts.reasons.permanent).waitFor();
  assert.equal(await visitor.button(fill(texts.againTo, { address: wrong })).count(), 0, "sending again to where no mail arrives is offered");
  await visitor.looksRight("a mail that came back");
  await visitor.press(fill(texts.correctOf, { address: wrong }));
  const address = visitor.field(texts.newAddress);
  await address.fill("mira@nowhere");
  await visitor.press(texts.correctButton);
  await visitor.reads(chips.faults.form);
  await address.fill(wrong.toUpperCase());
  await visitor.press(texts.correctButton);
  await visitor.reads(texts.sameAddress);
  await address.fill(mira.email);
  await visitor.press(texts.correctButton);
  await row(visitor, mira.email).getByText(texts.states.delivered).waitFor();
  await row(visitor, wrong).getByText(texts.corrected).waitFor();
  assert.ok((await mailTo(mira.email, group.name)).text.includes(invite.url!));
});

check("a mail that wasn’t taken this time is sent again, and the end of the link stays", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const invite = await group.invite({ expiration: "1d" });
  const mira = newPerson("Mira");
  await bounce({ softBounce: [mira.email] });
  const visitor = await scene.signedIn(group.admin, group.path(`/invites/${invite.id}`));
  await send(visitor, mira.email);
  await row(visitor, mira.email).getByText(texts.reasons.transient).waitFor();
  await bounce({});
  await visitor.press(fill(texts.againTo, { address: mira.email }));
  await visitor.reads(fill(texts.againDone, { address: mira.email }));
  await row(visitor, mira.email).getByText(texts.states.delivered).waitFor();
  assert.equal((await group.read(invite.id)).expiresAt, invite.expiresAt);
});

check("addresses that the API refuses, or fails to take, stay in the box", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const invite = await group.invite();
  const visitor = await scene.visitor();
  visitor.expect(400, 503);
  const answers = [
    { status: 400, body: { code: "invalid_request", errors: [{ field: "emails[1]", message: "is not an address" }] } },
    { status: 503, body: { code: "unavailable", requestId: "request-of-the-failure" } },
  ];
  await visitor.page.route(`**/v1/groups/${group.id}/invites/${invite.id}/emails`, (route) => {
    const answer = route.request().method() === "POST" ? answers.shift() : undefined;
    return answer
      ? route.fulfill({ status: answer.status, headers: { "Content-Type": "application/problem+json" }, body: JSON.stringify(answer.body) })
      : route.continue();
  });
  await visitor.knownTo(group.admin);
  await visitor.open(group.path(`/invites/${invite.id}`));
  await send(visitor, "mira@example.org", "theo@example.org");
  const inBox = () => visitor.page.getByRole("list", { name: chips.list }).locator("li bdi").allInnerTexts();
  await visitor.reads(chips.faults.refused);
  assert.deepEqual(await inBox(), ["mira@example.org", "theo@example.org"]);
  await visitor.press(fill(chips.remove, { address: "theo@example.org" }));
  await visitor.press(texts.sendButton);
  await visitor.reads("request-of-the-failure");
  assert.deepEqual(await inBox(), ["mira@example.org"]);
  await visitor.page.reload();
  await visitor.page.getByRole("list", { name: chips.list }).waitFor();
  assert.deepEqual(await inBox(), ["mira@example.org"]);
  await visitor.press(texts.sendButton);
  await row(visitor, "mira@example.org").waitFor();
});
