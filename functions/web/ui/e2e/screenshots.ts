// Takes the pictures that the README shows, of a stack of its own with a few people in it: npm run screenshots.

import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fill } from "../src/lib/fill";
import { invite as texts, invitePage, newInvite, recipients } from "../src/texts";
import { startBrowser } from "./browser";
import { codeOf, Group, Person } from "./people";
import { root, startStack } from "./stack";
import { Visitor, type Looks } from "./visitor";

/** Where the pictures go. */
const folder = join(root, "infra", "screenshots");

/** The most that one may weigh, in bytes. */
const most = 120_000;

const desk: Looks = { width: 1100, height: 760 };
const phone: Looks = { width: 390, height: 760 };

const browser = await startBrowser();
const stack = await startStack();
try {
  await mkdir(folder, { recursive: true });
  const person = (name: string) => new Person(stack.url, name.toLowerCase().replaceAll(" ", "-"), name);
  const [asha, mira, theo] = [person("Asha Rao"), person("Mira"), person("Theo Nakamura")];
  const group = await Group.make(asha, "Northwind Trails", "Backcountry Club");
  await group.join(person("Ines Moreau"), person("Jonas Weber"));
  const fair = await group.invite({ name: "Spring fair", maxUses: 25, expiration: "7d" });
  await group.invite({ name: "Board members", access: "org", expiration: "never" });
  const trial = await group.invite({ name: "Trial evening", maxUses: 2 });
  for (const joiner of [theo, person("Olu Adeyemi")]) await joiner.call("POST", "/v1/invites/redeem", { code: codeOf(trial.url!) });
  for (const joiner of [person("Sam Okoro"), person("Lena Fischer"), person("Yuki Tanaka")]) await joiner.call("POST", "/v1/invites/redeem", { code: codeOf(fair.url!) });
  await group.admin.call("POST", `/v1/groups/${group.id}/invites/${fair.id}/emails`, { emails: ["mira@example.com", "bounce@simulator.amazonses.com", "theo@example.com"] });

  /** Takes a picture of what somebody sees once it is ready. */
  const take = async (name: string, looks: Looks, who: Person | null, address: string, ready: (visitor: Visitor) => Promise<unknown>) => {
    const visitor = await Visitor.open(browser, stack.url, looks);
    if (who) await visitor.knownTo(who);
    await visitor.open(address);
    await ready(visitor);
    await visitor.page.waitForTimeout(300); // for what moves into its place
    const path = join(folder, `${name}.png`);
    await visitor.page.screenshot({ path, animations: "disabled", caret: "hide" });
    const { size } = await stat(path);
    console.log(`${name}.png  ${(size / 1000).toFixed(0)} kB`);
    if (size > most) throw new Error(`${path} weighs ${size} bytes, and may weigh ${most}`);
    await visitor.close();
  };

  const isSignedIn = async (visitor: Visitor) => {
    await visitor.press(texts.signIn);
    await visitor.button(fill(texts.join, { person: mira.email })).waitFor();
  };
  await take("join", phone, mira, fair.url!, isSignedIn);
  await take("join-dark", { ...phone, theme: "dark" }, mira, fair.url!, isSignedIn);
  await take("new-invite", desk, asha, group.path("/invites?new"), async (visitor) => {
    await visitor.page.getByRole("radio", { name: newInvite.choices["1d"], exact: true }).check();
    await visitor.page.getByRole("radio", { name: newInvite.anyone, exact: true }).check();
    await visitor.field(newInvite.emails).pressSequentially("mira@example.com,theo@example.com,");
    await visitor.page.getByRole("dialog").evaluate((dialog) => dialog.scrollTo(0, 0));
  });
  await take("invite", { ...desk, height: 960 }, asha, group.path(`/invites/${fair.id}`), async (visitor) => {
    await visitor.reads(recipients.states.delivered);
    await visitor.reads(recipients.states.bounced);
    await visitor.page.getByRole("list", { name: invitePage.joinsList }).getByText("Yuki Tanaka").waitFor();
  });
  await take("invites", desk, asha, group.path("/invites"), (visitor) => visitor.link("Spring fair").waitFor());
  await take("members", desk, asha, group.path(), (visitor) => visitor.reads("Olu Adeyemi"));
} finally {
  await browser.close();
  await stack.stop();
}
