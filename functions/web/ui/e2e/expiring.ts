// Invites that end while the tests run. None may end sooner than a minute after it was made, so they are made beforehand, for tests that come last.

import { fill } from "../src/lib/fill";
import { invite as texts } from "../src/texts";
import { Group, type Invite } from "./people";
import { beforehand, newPerson, openVisitor } from "./scene";
import type { Visitor } from "./visitor";

/** How long after they are made the invites end, in ms: the shortest time with some to spare for a busy machine. */
const lifetime = 75_000;

let group: Group;
let invite: Invite;
let spectator: Visitor;

beforehand(async () => {
  group = await Group.make(newPerson("Asha"), "Northwind Trails", "Night Hikes");
  invite = await group.invite({ expiresAt: new Date(Date.now() + lifetime).toISOString() });
  spectator = await openVisitor();
  await spectator.open(invite.url!);
  await spectator.sees(fill(texts.invited, { who: group.admin.name, group: group.name }));
  await spectator.listen();
});

/** An invite that has ended, and the group that it led to. */
export async function expired(): Promise<{ group: Group; invite: Invite; url: string }> {
  const left = Date.parse(invite.expiresAt!) - Date.now();
  if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
  return { group, invite, url: invite.url! };
}

/** Somebody who has looked at that invite since it was made. */
export function theSpectator(): Visitor {
  return spectator;
}
