// Ends of invites: told as they come near, and what there is to do after them.

import assert from "node:assert/strict";
import { fill } from "../src/lib/fill";
import { invite as texts } from "../src/texts";
import { expired, theSpectator } from "./expiring";
import { Group } from "./people";
import { check, newPerson } from "./scene";

const minute = 60_000;

check("the end that comes near is counted down, and said at ten minutes and at one", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const { url } = await group.invite({ expiration: "1h" });
  const visitor = await scene.visitor();
  await visitor.page.clock.install();
  await visitor.open(url!);
  await visitor.reads("in 59 minutes");
  await visitor.listen();
  // Minute by minute, so that it doesn't matter when the page has begun to count.
  await visitor.page.clock.runFor(minute);
  await visitor.reads("in 58 minutes");
  await visitor.hears(); // what changes each minute isn't read out
  await visitor.page.clock.runFor(49 * minute);
  await visitor.reads("in 9 minutes");
  await visitor.hears(texts.left.ten);
  await visitor.page.clock.runFor(9 * minute);
  await visitor.reads(/^in \d+ seconds?$/);
  await visitor.hears(texts.left.ten, texts.left.one);
});

check("a clock here that is wrong by a year changes nothing", async (scene) => {
  const group = await Group.make(newPerson("Asha"));
  const { url } = await group.invite({ expiration: "6h" });
  const visitor = await scene.visitor();
  await visitor.page.clock.install({ time: Date.now() - 365 * 24 * 60 * minute });
  await visitor.open(url!);
  await visitor.reads("in 6 hours");
  await visitor.sees(fill(texts.invited, { who: group.admin.name, group: group.name }));
});

check("who looks at an invite as it ends sees and hears that it has", async (scene) => {
  const spectator = theSpectator();
  scene.takeOver(spectator);
  const { group } = await expired();
  await spectator.sees(texts.expired);
  await spectator.reads(fill(texts.askCreator, { who: group.admin.name }));
  await spectator.hears(texts.left.one, texts.left.end);
  assert.equal(await spectator.page.evaluate(() => document.activeElement?.tagName), "H1", "the new screen doesn't begin with its heading");
});

check("by an invite that has ended access can be requested, and nothing typed is lost on the way", async (scene) => {
  const { group, url } = await expired();
  const mira = newPerson("Mira");
  const visitor = await scene.visitor();
  await visitor.open(url);
  await visitor.sees(texts.expired);
  await visitor.reads(/^Ended /);
  await visitor.signsIn(mira, texts.signInToRequest);
  const message = visitor.page.getByLabel(texts.message, { exact: true });
  await message.fill("x".repeat(281));
  await visitor.reads(fill(texts.messageLong, { used: "281", most: "280" }));
  await visitor.press(fill(texts.request, { person: mira.email }));
  await message.fill("I’m in the Tuesday team.");
  await visitor.page.reload();
  await visitor.button(fill(texts.request, { person: mira.email })).waitFor();
  assert.equal(await message.inputValue(), "I’m in the Tuesday team.");
  assert.ok(!(await group.members()).includes(mira.name));
});
