// Signing in on the page behind a link: the code waits in the tab, and nobody is asked more often than need be.

import assert from "node:assert/strict";
import { fill } from "../src/lib/fill";
import { invite as texts, signIn } from "../src/texts";
import { Group } from "./people";
import { check, newPerson } from "./scene";
import { byName } from "./visitor";

check("people sign in by choosing somebody whom the provider offers, and may change their mind there", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const { url } = await group.invite();
  const visitor = await scene.visitor();
  await visitor.open(url!);
  await visitor.press(texts.signIn);
  await visitor.page.getByRole("button", { name: "Cancel" }).click();
  await visitor.sees(fill(texts.invited, { who: group.admin.name, group: group.name }));
  await visitor.reads(signIn.cancelled);
  await visitor.press(texts.signIn);
  await visitor.page.getByRole("button", { name: /Newcomer newcomer@example\.com/ }).click();
  await visitor.button(fill(texts.join, { person: "newcomer@example.com" })).waitFor();
  await visitor.press(texts.otherAccount);
  await visitor.sees("Choose an account");
  await visitor.page.getByRole("button", { name: /Newcomer 2 newcomer2@example\.com/ }).click();
  await visitor.button(fill(texts.join, { person: "newcomer2@example.com" })).waitFor();
});

check("people without an account make one and come back to the invite", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const { url } = await group.invite();
  const mira = newPerson("Mira");
  const visitor = await scene.visitor();
  await visitor.open(url!);
  await visitor.press(texts.signUp);
  await visitor.sees("Create an account");
  await visitor.chooses(mira);
  await visitor.joins(mira);
  await visitor.sees(fill(texts.welcome, { group: group.name }));
});

check("a reload asks the provider without asking the person", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const { url } = await group.invite();
  const mira = newPerson("Mira");
  const visitor = await scene.visitor();
  await visitor.open(url!);
  await visitor.signsIn(mira);
  const join = visitor.button(fill(texts.join, { person: mira.email }));
  await join.waitFor();
  await visitor.page.reload();
  await join.waitFor();
  // Somewhere else the person has signed out: the page says nothing wrong, and offers signing in.
  await visitor.context.clearCookies();
  await visitor.page.reload();
  await visitor.button(texts.signIn).waitFor();
  assert.equal(await visitor.page.getByRole("alert").count(), 0);
  assert.deepEqual(await visitor.page.evaluate(() => Object.keys(sessionStorage).sort()), ["invite", "signed-in"]);
  await visitor.page.reload();
  await visitor.button(texts.signIn).waitFor();
});

check("who isn't signed in yet isn't sent to the provider by opening a link", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const { url } = await group.invite();
  const visitor = await scene.visitor();
  await visitor.knownTo(newPerson("Mira"));
  const visited: string[] = [];
  visitor.page.on("framenavigated", (frame) => visited.push(new URL(frame.url()).pathname));
  await visitor.open(url!);
  await visitor.button(texts.signIn).waitFor();
  assert.deepEqual([...new Set(visited)], ["/i"]);
});

check("a sign-in that is over midway is said to be, and joining goes on after another", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const { url } = await group.invite();
  const mira = newPerson("Mira");
  const visitor = await scene.visitor();
  visitor.expect(401);
  // The gateway refuses the token as it does one whose time is over.
  await visitor.page.route("**/v1/invites/redeem", (route) => {
    const headers = route.request().headers();
    return route.continue({ headers: { ...headers, authorization: `${headers["authorization"]}x` } });
  });
  await visitor.open(url!);
  await visitor.signsIn(mira);
  const answer = await visitor.answerTo("/v1/invites/redeem", () => visitor.joins(mira));
  assert.equal(answer.status(), 401);
  await visitor.reads(signIn.ended);
  await visitor.page.unroute("**/v1/invites/redeem");
  await visitor.press(texts.signIn);
  await visitor.joins(mira);
  await visitor.sees(fill(texts.welcome, { group: group.name }));
});

check("where the browser keeps nothing, the page works until signing in, and then asks for the link again", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const { url } = await group.invite();
  const visitor = await scene.visitor({ noStorage: true });
  await visitor.open(url!);
  await visitor.sees(fill(texts.invited, { who: group.admin.name, group: group.name }));
  await visitor.signsIn(newPerson("Mira"));
  await visitor.sees(texts.lost);
  await visitor.reads(texts.lostWhy);
});

check("a sign-in that ends in a tab where it didn't begin asks for the link again", async (scene) => {
  const visitor = await scene.visitor();
  await visitor.open("/i?state=of-another-tab&code=of-another-tab");
  await visitor.sees(texts.lost);
  assert.equal(visitor.page.url(), `${visitor.url}/i`);
});

check("a sign-in that the provider refuses is told with its word for it", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const { url } = await group.invite();
  const visitor = await scene.visitor();
  await visitor.page.route("**/dev/oidc/authorize**", (route) => {
    const asked = new URL(route.request().url());
    const answer = new URLSearchParams({ error: "temporarily_unavailable", state: asked.searchParams.get("state")!, iss: `${visitor.url}/dev/oidc` });
    return route.fulfill({ status: 303, headers: { Location: `${visitor.url}/i?${answer}` } });
  });
  await visitor.open(url!);
  await visitor.press(texts.signIn);
  await visitor.reads(fill(signIn.failedReason, { reason: "temporarily_unavailable" }));
  await visitor.page.unroute("**/dev/oidc/authorize**");
  await visitor.signsIn(newPerson("Mira"));
  await visitor.button(/^Join as/).waitFor();
});

check("a provider that can't be reached is said to be so, and the button works again", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const { url } = await group.invite();
  const visitor = await scene.visitor();
  visitor.expect(503);
  await visitor.page.route("**/.well-known/openid-configuration", (route) => route.fulfill({ status: 503, body: "" }));
  await visitor.open(url!);
  await visitor.press(texts.signIn);
  await visitor.reads(signIn.unreachable);
  await visitor.page.unroute("**/.well-known/openid-configuration");
  await visitor.signsIn(newPerson("Mira"));
  await visitor.button(/^Join as/).waitFor();
});

check("Back from the provider's page finds the invite as it was", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const { url } = await group.invite();
  const mira = newPerson("Mira");
  const visitor = await scene.visitor();
  await visitor.open(url!);
  await visitor.press(texts.signIn);
  await visitor.page.getByLabel("Someone else").waitFor();
  await visitor.page.goBack();
  await visitor.sees(fill(texts.invited, { who: group.admin.name, group: group.name }));
  await visitor.signsIn(mira);
  await visitor.joins(mira);
  await visitor.sees(fill(texts.welcome, { group: group.name }));
});

check("by its other name, which browsers take for another origin, the page works as well", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const { url } = await group.invite();
  const mira = newPerson("Mira");
  const visitor = await scene.visitor();
  await visitor.open(byName(url!));
  await visitor.signsIn(mira);
  await visitor.joins(mira);
  await visitor.sees(fill(texts.welcome, { group: group.name }));
  assert.equal(visitor.page.url(), `${byName(visitor.url)}/i`);
});
