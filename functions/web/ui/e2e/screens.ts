// What all screens of those who are signed in have: the way in and out, addresses, and what they say when something goes wrong.

import assert from "node:assert/strict";
import { fill } from "../src/lib/fill";
import { group as texts, home, invites, nowhere, org, problem, problems, shell, signIn } from "../src/texts";
import { Group } from "./people";
import { check, newPerson } from "./scene";
import { until } from "./until";
import type { Visitor } from "./visitor";

const account = (visitor: Visitor) => visitor.page.locator("summary");

check("an address that one was sent leads there after signing in, and a reload stays", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const visitor = await scene.visitor();
  await visitor.open(group.path("/invites?new"));
  await visitor.sees(home.title);
  await visitor.entersAs(group.admin);
  await visitor.titled(fill(texts.title, { group: group.name, here: texts.tabs.invites }));
  assert.equal(visitor.page.url(), visitor.url + group.path("/invites?new"));
  await visitor.page.getByRole("dialog").waitFor();
  await visitor.page.reload();
  await visitor.page.getByRole("dialog").waitFor();
  assert.equal(visitor.page.url(), visitor.url + group.path("/invites?new"));
});

check("screens are gone to and back, with their titles and with the focus on their headings", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const visitor = await scene.signedIn(group.admin, "/");
  await visitor.sees(home.title);
  const onHeading = () => visitor.page.evaluate(() => document.activeElement?.tagName === "H1");
  const arrives = async (title: string) => {
    await visitor.titled(title);
    await until(`the focus is on the heading of ${title}`, onHeading);
  };
  await visitor.link(group.name).click();
  await arrives(fill(texts.title, { group: group.name, here: texts.tabs.members }));
  await visitor.link(texts.tabs.invites).click();
  await arrives(fill(texts.title, { group: group.name, here: texts.tabs.invites }));
  await visitor.link(group.orgName).click();
  await arrives(fill(org.title, { org: group.orgName, here: org.tabs.groups }));
  await visitor.page.goBack();
  await arrives(fill(texts.title, { group: group.name, here: texts.tabs.invites }));
  await visitor.page.goBack();
  await visitor.page.goBack();
  await arrives(home.title);
  await visitor.page.goForward();
  await arrives(fill(texts.title, { group: group.name, here: texts.tabs.members }));
});

check("signing out ends it here and at the provider; another account is a click away", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const mira = newPerson("Mira");
  const visitor = await scene.signedIn(group.admin, "/");
  await account(visitor).click();
  await visitor.reads(group.admin.email);
  await visitor.press(shell.otherAccount);
  await visitor.sees("Choose an account");
  await visitor.chooses(mira);
  await visitor.sees(home.welcome);
  await account(visitor).click();
  await visitor.press(shell.signOut);
  await visitor.button(home.signIn).waitFor();
  assert.deepEqual(await visitor.context.cookies(`${visitor.url}/dev/oidc/authorize`), [], "the provider still knows who it was");
  await visitor.page.reload();
  await visitor.button(home.signIn).waitFor();
  await visitor.press(home.signIn);
  await visitor.sees("Sign in");
});

check("what isn’t there, or not for the reader, says so", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const visitor = await scene.visitor();
  visitor.expect(404);
  await visitor.knownTo(newPerson("Mira"));
  await visitor.open(group.path());
  await visitor.sees(nowhere.title);
  await visitor.reads(texts.gone);
  await visitor.open(`/orgs/${group.orgId}/settings`);
  await visitor.reads(org.gone);
  await visitor.link(nowhere.home).click();
  await visitor.sees(home.welcome);
});

check("a screen that can’t be read says why, with the request’s id, and reads it when asked again", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const visitor = await scene.visitor();
  visitor.expect(503, 500);
  let status: number | null = 503;
  await visitor.page.route(`**/v1/groups/${group.id}**`, (route) =>
    status === null
      ? route.continue()
      : route.fulfill({
          status,
          headers: { "Content-Type": "application/problem+json" },
          body: JSON.stringify({ code: status === 503 ? "unavailable" : "internal_error", requestId: "request-of-the-failure" }),
        }),
  );
  await visitor.knownTo(group.admin);
  await visitor.open(group.path());
  await visitor.sees(problem.title);
  await visitor.reads(problems["unavailable"]!);
  await visitor.reads("request-of-the-failure");
  status = 500;
  await visitor.press("Try again");
  await visitor.reads(problems["internal_error"]!);
  status = null;
  await visitor.press("Try again");
  await visitor.titled(fill(texts.title, { group: group.name, here: texts.tabs.members }));
});

check("a list that can’t be read leaves the rest of the screen, and comes when the network does", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const visitor = await scene.signedIn(group.admin, group.path());
  visitor.expect("offline");
  await visitor.titled(fill(texts.title, { group: group.name, here: texts.tabs.members }));
  await visitor.link(texts.tabs.invites).click();
  await visitor.reads(invites.none);
  await visitor.context.setOffline(true);
  await visitor.link(texts.tabs.members).click();
  await visitor.reads(problems["offline"]!);
  await visitor.link(texts.tabs.invites).waitFor();
  await visitor.context.setOffline(false);
  await visitor.page.getByRole("list", { name: texts.members.title }).getByText(group.admin.name).first().waitFor();
});

check("a sign-in that is over while a screen is open leads back to that screen", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const visitor = await scene.visitor();
  visitor.expect(401);
  let over = false;
  await visitor.page.route("**/v1/**", (route) => {
    const headers = route.request().headers();
    return over ? route.continue({ headers: { ...headers, authorization: `${headers["authorization"]}x` } }) : route.continue();
  });
  await visitor.knownTo(group.admin);
  await visitor.open(group.path("/invites"));
  await visitor.reads(invites.none);
  over = true;
  await visitor.link(texts.tabs.members).click();
  await visitor.reads(signIn.ended);
  over = false;
  await visitor.press(signIn.again);
  await visitor.page.getByRole("list", { name: texts.members.title }).getByText(group.admin.name).first().waitFor();
  assert.equal(visitor.page.url(), visitor.url + group.path());
});
