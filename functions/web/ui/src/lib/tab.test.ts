import assert from "node:assert/strict";
import { test } from "node:test";
import { openTab } from "../../test/tab";
import { forget, recall, remember } from "./tab";

test("what is remembered lasts as long as the tab", () => {
  const tab = openTab("/");
  remember("message", "Hello");
  assert.equal(recall("message"), "Hello");
  assert.deepEqual(tab.stored(), { message: "Hello" });
  forget("message");
  assert.equal(recall("message"), null);
  assert.deepEqual(tab.stored(), {});
});

test("where nothing may be stored, it lasts as long as the page", () => {
  openTab("/").forbidStorage();
  remember("message", "Hello");
  assert.equal(recall("message"), "Hello");
  forget("message");
  assert.equal(recall("message"), null);
});
