import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { openTab, type FakeTab } from "../../test/tab";
import { dropCode, readCode, takeCode } from "./code";

const code = "AJmPvdQ0bU3-x_aa0123456789ABCDEFGHIJKLMNOPQR";

let tab: FakeTab;
beforeEach(() => {
  tab = openTab(`/i#${code}`);
  dropCode();
});

test("a code is read out of what messages make of a link", () => {
  assert.equal(code.length, 44);
  for (const fragment of [code, ` ${code}\n`, `${code}.`, `${code}).`, `${code}%20`, encodeURIComponent(`${code}, see you!`), `${code}>`, `${code}%`, `${code}#top`, `${code}?utm=1`]) {
    assert.deepEqual(readCode(fragment), { kind: "code", code }, fragment);
  }
});

test("what can't be a code is malformed, and nothing is none", () => {
  assert.deepEqual(readCode(""), { kind: "none" });
  for (const fragment of [code.slice(1), `${code}A`, `${code}_`, `x${code}`, `/${code}`, "%", "%20", " ", "…", `${code.slice(0, 22)} ${code.slice(22)}`, `${code.slice(0, -1)}=`]) {
    assert.deepEqual(readCode(fragment), { kind: "malformed" }, fragment);
  }
});

test("a code is taken out of the address and kept in the tab", () => {
  assert.deepEqual(takeCode(), { kind: "code", code });
  assert.equal(tab.address(), "/i");
  assert.deepEqual(tab.stored(), { invite: code });
  assert.equal(tab.entries(), 1, "going back must not bring it back");
});

test("the query stays where it is", () => {
  tab.go(`/i?state=a&code=b#${code}`);
  takeCode();
  assert.equal(tab.address(), "/i?state=a&code=b");
});

test("a tab that comes back without a fragment has its code still", () => {
  takeCode();
  tab.go("/i?state=a&code=b");
  assert.deepEqual(takeCode(), { kind: "code", code });
  tab.go("/i#");
  assert.deepEqual(takeCode(), { kind: "code", code });
});

test("a second link takes the place of the first", () => {
  takeCode();
  const second = code.replace("A", "B");
  tab.go(`/i#${second}`);
  assert.deepEqual(takeCode(), { kind: "code", code: second });
  assert.deepEqual(tab.stored(), { invite: second });
});

test("a second link that is broken leaves nothing of the first", () => {
  takeCode();
  tab.go("/i#broken");
  assert.deepEqual(takeCode(), { kind: "malformed" });
  tab.go("/i");
  assert.deepEqual(takeCode(), { kind: "none" });
  assert.deepEqual(tab.stored(), {});
});

test("a code that has served is gone", () => {
  takeCode();
  dropCode();
  assert.deepEqual(tab.stored(), {});
  assert.deepEqual(takeCode(), { kind: "none" });
});

test("where nothing may be stored, the page itself knows the code as long as it lasts", () => {
  tab.forbidStorage();
  assert.deepEqual(takeCode(), { kind: "code", code });
  tab.go("/i");
  assert.deepEqual(takeCode(), { kind: "code", code });
  dropCode();
  assert.deepEqual(takeCode(), { kind: "none" });
});
