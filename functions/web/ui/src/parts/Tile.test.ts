import assert from "node:assert/strict";
import { test } from "node:test";
import { hueOf, initials } from "./Tile";

test("a tile has the first letters of two words", () => {
  for (const [name, letters] of [
    ["Backcountry Club", "BC"],
    ["book circle of friends", "BC"],
    ["  Chess  ", "C"],
    ["Émile Zola", "ÉZ"],
    ["東京 クラブ", "東ク"],
    ["👩🏽‍🚀 Rockets", "👩🏽‍🚀R"],
    ["", ""],
  ] as const) {
    assert.equal(initials(name), letters, name);
  }
});

test("a name always has the same colour, and names have all of them", () => {
  const seen = new Set<string>();
  for (let i = 0; i < 200; i++) {
    assert.equal(hueOf(`Group ${i}`), hueOf(`Group ${i}`));
    seen.add(hueOf(`Group ${i}`));
  }
  assert.deepEqual([...seen].sort(), ["hue-0", "hue-1", "hue-2", "hue-3", "hue-4", "hue-5", "hue-6", "hue-7"]);
});
