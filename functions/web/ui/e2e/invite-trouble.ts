// An API that fails, and a network that does. Everything can be tried again, and what was said before holds.

import assert from "node:assert/strict";
import { fill } from "../src/lib/fill";
import { invite as texts, problem, problems } from "../src/texts";
import { Group } from "./people";
import { check, newPerson } from "./scene";
import type { Visitor } from "./visitor";

/** Has the API answer with a problem as it does when its table is out of reach or something in it is wrong. */
async function fails(visitor: Visitor, path: string, status: 500 | 503): Promise<void> {
  const code = status === 503 ? "unavailable" : "internal_error";
  await visitor.page.route(`**${path}`, (route) =>
    route.fulfill({
      status,
      headers: { "Content-Type": "application/problem+json", ...(status === 503 ? { "Retry-After": "1" } : {}) },
      body: JSON.stringify({ type: "about:blank", title: code, status, code, requestId: "request-of-the-failure" }),
    }),
  );
}

for (const status of [503, 500] as const) {
  check(`an API that answers ${status} says so in words with the request's id, and can be asked again`, async (scene) => {
    const group = await Group.make(newPerson("Asha"));
    const { url } = await group.invite();
    const visitor = await scene.visitor();
    visitor.expect(status);
    await fails(visitor, "/v1/invites/preview", status);
    await visitor.open(url!);
    await visitor.sees(problem.title);
    await visitor.reads(problems[status === 503 ? "unavailable" : "internal_error"]!);
    await visitor.reads("request-of-the-failure");
    await visitor.answerTo("/v1/invites/preview", () => visitor.press(texts.retry));
    await visitor.sees(problem.title);
    await visitor.page.unroute("**/v1/invites/preview");
    await visitor.press(texts.retry);
    await visitor.sees(fill(texts.invited, { who: group.admin.name, group: group.name }));
  });

  check(`joining that is answered ${status} leaves the invite where it is, and can be repeated`, async (scene) => {
    const group = await Group.make(newPerson("Asha"));
    const { url } = await group.invite({ maxUses: 1 });
    const mira = newPerson("Mira");
    const visitor = await scene.visitor();
    visitor.expect(status);
    await fails(visitor, "/v1/invites/redeem", status);
    await visitor.open(url!);
    await visitor.signsIn(mira);
    await visitor.joins(mira);
    const alert = visitor.page.getByRole("alert");
    await alert.waitFor();
    assert.match(await alert.innerText(), new RegExp(`${problems[status === 503 ? "unavailable" : "internal_error"]}[^]*request-of-the-failure`));
    await visitor.page.unroute("**/v1/invites/redeem");
    await visitor.joins(mira);
    await visitor.sees(fill(texts.welcome, { group: group.name }));
  });
}

check("joining whose answer is lost has happened: repeated, it says so", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const { url } = await group.invite({ maxUses: 1 });
  const mira = newPerson("Mira");
  const visitor = await scene.visitor();
  visitor.expect("offline");
  await visitor.page.route("**/v1/invites/redeem", async (route) => {
    await route.fetch();
    await route.abort("connectionreset");
  });
  await visitor.open(url!);
  await visitor.signsIn(mira);
  await visitor.joins(mira);
  await visitor.reads(problems["offline"]!);
  await visitor.page.unroute("**/v1/invites/redeem");
  await visitor.joins(mira);
  await visitor.sees(texts.already);
});

check("someone offline is told so, and the invite comes by itself when the network does", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const [first, second] = [(await group.invite()).url!, (await group.invite({ expiration: "never" })).url!];
  const visitor = await scene.visitor();
  visitor.expect("offline");
  await visitor.open(first);
  await visitor.sees(fill(texts.invited, { who: group.admin.name, group: group.name }));
  await visitor.context.setOffline(true);
  await visitor.open(second);
  await visitor.sees(problem.offline);
  await visitor.press(texts.retry);
  await visitor.sees(problem.offline);
  await visitor.context.setOffline(false);
  await visitor.sees(fill(texts.invited, { who: group.admin.name, group: group.name }));
  await visitor.reads(texts.never);
});

check("a slow answer shows that something is on its way, and a second press sends nothing twice", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const { url } = await group.invite();
  const mira = newPerson("Mira");
  const visitor = await scene.visitor();
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  let sent = 0;
  await visitor.page.route("**/v1/invites/preview", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await route.continue();
  });
  await visitor.page.route("**/v1/invites/redeem", async (route) => {
    sent++;
    await held;
    await route.continue();
  });
  await visitor.open(url!);
  await visitor.page.getByText(texts.reading).waitFor({ state: "visible" });
  await visitor.signsIn(mira);
  await visitor.joins(mira);
  const joining = visitor.button(texts.joining);
  await joining.waitFor();
  assert.equal(await joining.getAttribute("aria-disabled"), "true");
  assert.equal(await joining.evaluate((button) => button === document.activeElement), true, "the focus is lost");
  await joining.click({ force: true });
  await visitor.page.keyboard.press("Enter");
  release();
  await visitor.sees(fill(texts.welcome, { group: group.name }));
  assert.equal(sent, 1);
});

check("without what the deployment says of itself an invite can still be read", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const { url } = await group.invite();
  const visitor = await scene.visitor();
  visitor.expect(503);
  await visitor.page.route("**/config.json", (route) => route.fulfill({ status: 503, body: "" }));
  await visitor.open(url!);
  await visitor.sees(fill(texts.invited, { who: group.admin.name, group: group.name }));
});
