import assert from "node:assert/strict";
import { test } from "node:test";
import { routeOf, to } from "./route";

test("each screen has the address that leads to it", () => {
  assert.deepEqual(routeOf(to.home), { at: "home" });
  for (const tab of ["groups", "members", "settings", "audit"] as const) {
    assert.deepEqual(routeOf(to.org("d6625d0280", tab)), { at: "org", orgId: "d6625d0280", tab });
  }
  const group = { at: "group", groupId: "d6625d02804133cd", inviteId: null, creating: false };
  for (const tab of ["members", "invites", "requests"] as const) {
    assert.deepEqual(routeOf(to.group("d6625d02804133cd", tab)), { ...group, tab });
    assert.deepEqual(routeOf(to.newInvite("d6625d02804133cd", tab)), { ...group, tab, creating: true });
  }
  assert.deepEqual(routeOf(to.invite("d6625d02804133cd", "68827bfddea0068e")), { ...group, tab: "invites", inviteId: "68827bfddea0068e" });
});

test("other addresses lead nowhere", () => {
  for (const address of ["/orgs", "/orgs/", "/orgs/1/nothing", "/orgs/1/members/2", "/groups", "/groups/1/settings", "/groups/1/invites/", "/groups/1/invites/2/3", "/groups/1/members/2", "/docs", "/i", "//", "/people/1"]) {
    assert.deepEqual(routeOf(address), { at: "nowhere" }, address);
  }
});
