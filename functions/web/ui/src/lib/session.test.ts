import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { openTab, type FakeTab } from "../../test/tab";
import { mayBeSignedIn, notSignedIn, session, signedIn, signedOut, wasSignedIn } from "./session";

const mira = { token: "header.claims.signature", idToken: "id", label: "mira@example.com" };

let tab: FakeTab;
beforeEach(() => {
  tab = openTab("/");
  signedOut();
});

test("a token is in memory and nowhere else", () => {
  signedIn(mira);
  assert.equal(session(), mira);
  assert.deepEqual(tab.stored(), { "signed-in": "yes" });
});

test("who was signed in before a reload may be asked for silently, who wasn't may not", () => {
  assert.equal(wasSignedIn(), false);
  assert.equal(mayBeSignedIn(), true, "the issuer hasn't been asked");
  signedIn(mira);
  assert.equal(wasSignedIn(), false, "somebody is signed in");
  assert.equal(mayBeSignedIn(), false);
});

test("an issuer that was asked in vain isn't asked again", () => {
  notSignedIn();
  assert.equal(session(), null);
  assert.equal(mayBeSignedIn(), false);
  assert.equal(wasSignedIn(), false);
});

test("signing out leaves nothing", () => {
  signedIn(mira);
  signedOut();
  assert.equal(session(), null);
  assert.deepEqual(tab.stored(), {});
  assert.equal(wasSignedIn(), false);
});
