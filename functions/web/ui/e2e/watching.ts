// What goes wrong on a page, whatever the test is about, is seen when it happens: otherwise that nothing was seen would mean nothing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { invite as texts } from "../src/texts";
import { openVisitor } from "./scene";
import { until } from "./until";

const faults: [expected: RegExp, plant: () => unknown][] = [
  [/^console: something is wrong/, () => console.error("something is wrong")],
  [/^console: something may be wrong/, () => console.warn("something may be wrong")],
  [/^exception: .*is not valid JSON/, () => setTimeout(() => JSON.parse("nobody has caught this"))],
  [/^exception: nobody has caught this either/, () => void Promise.reject(new Error("nobody has caught this either"))],
  [/^console: policy: style-src-attr/, () => document.body.setAttribute("style", "color: red")],
  [/^console: policy: require-trusted-types-for/, () => (document.body.innerHTML = "<p>")],
  [/^console: policy: connect-src/, () => void fetch("http://127.0.0.2/").catch(() => {})],
  [/^console: policy: img-src/, () => (new Image().src = "http://127.0.0.2/pixel.png")],
  [/^console: Failed to load resource: the server responded with a status of 404/, () => fetch("/nothing/here")],
];

test("what goes wrong on a page fails its test", async () => {
  const visitor = await openVisitor();
  try {
    await visitor.open("/i");
    await visitor.sees(texts.noCode);
    assert.deepEqual(visitor.faults(), []);
    for (const [expected, plant] of faults) {
      await visitor.page.evaluate(plant).catch(() => {}); // some throw
      await until(`${plant} is seen as ${expected}`, async () => visitor.faults().some((fault) => expected.test(fault)), { patience: 10_000 });
    }
  } finally {
    await visitor.close();
  }
});

test("a page that asks anybody else is seen", async () => {
  const visitor = await openVisitor();
  try {
    await visitor.page.route("http://127.0.0.2/**", (route) => route.fulfill({ body: "" }));
    await visitor.page.goto("http://127.0.0.2/").catch(() => {});
    assert.deepEqual(visitor.faults(), ["a request to a third party: http://127.0.0.2/"]);
  } finally {
    await visitor.close();
  }
});
