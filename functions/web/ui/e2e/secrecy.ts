// The code of a link stays where it may be: in the tab, and in the bodies of the requests that are about it. And that the search for it finds what it
// is to find: each leak that is planted.

import assert from "node:assert/strict";
import { fill } from "../src/lib/fill";
import { invite as texts, invites, link, qr } from "../src/texts";
import { expired } from "./expiring";
import { LeakSearch } from "./leaks";
import { codeOf, Group } from "./people";
import { check, newPerson, openVisitor, theStack } from "./scene";
import { until } from "./until";

check("the code is nowhere but in the tab and in what is asked about it, all the way to having joined", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const url = (await group.invite()).url!;
  const [mira, theo] = [newPerson("Mira"), newPerson("Theo")];
  const visitor = await scene.visitor();
  const { page } = visitor;
  const search = await LeakSearch.begin(theStack(), visitor.context, codeOf(url));
  let bodies = 0;
  page.on("request", (request) => (bodies += request.postData()?.includes(codeOf(url)) ? 1 : 0));
  const kept = () => page.evaluate(() => Object.entries(sessionStorage).filter(([, value]) => value.length > 40).map(([key]) => key));

  await visitor.open(url);
  await visitor.button(texts.signIn).waitFor();
  await search.lookAt(page);
  assert.ok((await kept()).includes("invite"), "the code doesn't wait in the tab");
  await visitor.press(texts.signIn);
  await visitor.page.getByLabel("Someone else").waitFor();
  await search.lookAt(page);
  await visitor.chooses(theo);
  await visitor.button(fill(texts.join, { person: theo.email })).waitFor();
  await search.lookAt(page);
  await page.reload();
  await visitor.signsIn(mira, texts.otherAccount);
  await visitor.button(fill(texts.join, { person: mira.email })).waitFor();
  await visitor.joins(mira);
  await visitor.sees(fill(texts.welcome, { group: group.name }));
  await search.lookAt(page);
  assert.ok(!(await kept()).includes("invite"), "the code that has served is still in the tab");
  const asked = page.waitForResponse((response) => response.url().includes("/v1/") && response.ok());
  await page.getByRole("link", { name: fill(texts.open, { group: group.name }) }).click();
  await asked;
  await search.lookAt(page);

  assert.deepEqual(await search.end(), []);
  assert.ok(bodies >= 4, `only ${bodies} requests were about the code: the search has seen nothing`);
});

check("the code of a link that lets nobody in is nowhere either", async (scene) => {
  const { url } = await expired();
  const mira = newPerson("Mira");
  const visitor = await scene.visitor();
  const search = await LeakSearch.begin(theStack(), visitor.context, codeOf(url));
  await visitor.open(url);
  await visitor.sees(texts.expired);
  await search.lookAt(visitor.page);
  await visitor.signsIn(mira, texts.signInToRequest);
  await visitor.button(fill(texts.request, { person: mira.email })).waitFor();
  await search.lookAt(visitor.page);
  assert.deepEqual(await search.end(), []);
});

check("the code of a link that is shown to those who made it is on their screens, and nowhere else", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const invite = await group.invite();
  const visitor = await scene.visitor();
  const { page } = visitor;
  const search = await LeakSearch.begin(theStack(), visitor.context, codeOf(invite.url!));
  await visitor.knownTo(group.admin);
  await visitor.open(group.path("/invites"));
  await page.getByRole("list", { name: invites.list }).getByRole("link").click();
  await page.locator("code").waitFor();
  await search.lookAt(page);
  await visitor.press(link.copy);
  await visitor.press(qr.button);
  await page.getByRole("img", { name: qr.picture }).waitFor();
  await search.lookAt(page);
  await page.reload();
  await page.locator("code").waitFor();
  await search.lookAt(page);
  const path = `/v1/groups/${group.id}/invites`;
  assert.deepEqual(await search.end(), [`answer to ${path}/${invite.id}: body`, `answer to ${path}: body`, "document"]);
});

/** Leaks, each by a script that runs before the page's own and is given the code, and the place where it has to be found. */
const plants: [where: RegExp, leak: (code: string) => unknown][] = [
  [/^request \/docs: address$/, (code) => fetch(`/docs?from=${code}`)],
  [/^request \/docs\/.*: address$/, (code) => fetch(`/docs/${code}`)],
  // The stack's log leaves out what is as long as a code.
  [/^what the stack printed$/, (code) => fetch(`/docs/${code.slice(0, 22)}/${code.slice(22)}`)],
  [/^request \/docs: headers$/, (code) => fetch("/docs", { headers: { "X-Invite": code } })],
  [/^request \/docs: headers$/, (code) => fetch("/docs", { headers: { "X-Invite": code.slice(22) } })],
  [/^request \/docs: body$/, (code) => fetch("/docs", { method: "POST", body: JSON.stringify({ code }) })],
  [/^request \/docs: body$/, (code) => navigator.sendBeacon("/docs", new Blob([code]))],
  [/^request \/docs: body$/, (code) => fetch("/docs", { method: "POST", body: btoa(`{"code":"${code}"}`) })],
  [/^request \/v1\/invites\/preview: address$/, (code) => fetch(`/v1/invites/preview?code=${code}`, { method: "POST", body: "{}" })],
  [/^web socket$/, (code) => new WebSocket(`ws://${location.host}/docs?code=${code}`)],
  [/^console: debug$/, (code) => console.debug("opened with", code)],
  [/^title$/, (code) => addEventListener("load", () => (document.title = code))],
  [/^document$/, (code) => addEventListener("load", () => document.body.setAttribute("data-code", code))],
  [/^fields$/, (code) => addEventListener("load", () => (document.body.appendChild(document.createElement("input")).value = code))],
  [/^address$/, (code) => setTimeout(() => history.replaceState(null, "", `/i?code=${code}`), 1000)],
  [/^history$/, (code) => setTimeout(() => history.replaceState({ code }, ""), 1000)],
  [/^name of the window$/, (code) => (window.name = code)],
  [/^cookies$/, (code) => (document.cookie = `last=${code}; path=/dev`)],
  [/^localStorage$/, (code) => localStorage.setItem("last", code)],
  [/^sessionStorage: last$/, (code) => sessionStorage.setItem("last", code)],
  [/^caches$/, (code) => caches.open("last").then((cache) => cache.put("/last", new Response(code)))],
  [
    /^databases$/,
    (code) => {
      const opening = indexedDB.open("last");
      opening.onupgradeneeded = () => opening.result.createObjectStore("codes").put(code, "last");
    },
  ],
];

check("each leak that is planted is found where it is", async () => {
  const group = await Group.make(newPerson("Asha"));
  for (const [where, leak] of plants) {
    const url = (await group.invite()).url!;
    const visitor = await openVisitor(); // of this test's own: what goes wrong on these pages is meant to
    try {
      await visitor.context.addInitScript({ content: `if (location.hash !== "") (${leak})(location.hash.slice(1));` });
      const search = await LeakSearch.begin(theStack(), visitor.context, codeOf(url));
      await visitor.open(url);
      await visitor.button(texts.signIn).waitFor();
      await until(`${leak} is found as ${where}`, async () => {
        await search.lookAt(visitor.page);
        return (await search.end()).some((place) => where.test(place));
      });
    } finally {
      await visitor.close();
    }
  }
});
