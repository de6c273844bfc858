import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { openTab } from "../../test/tab";
import { signedIn, signedOut } from "./session";

openTab("/i");
const { previewInvite, readMe, redeemInvite, requestAccess } = await import("./api"); // reads the page's origin

const network = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = network;
  signedOut();
});

/** Has the API answer so, and gives the requests that it got. */
function answerWith(answer: () => Response | Promise<Response>): Request[] {
  const requests: Request[] = [];
  globalThis.fetch = async (address, init) => {
    requests.push(new Request(new URL(address instanceof Request ? address.url : String(address), location.origin), address instanceof Request ? address : init));
    return answer();
  };
  return requests;
}

const problem = (status: number, body: object, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/problem+json", ...headers } });

test("a code goes in the body and nowhere else", async () => {
  const code = "c".repeat(44);
  for (const send of [() => previewInvite(code), () => redeemInvite(code), () => requestAccess(code, ""), () => requestAccess(code, "Hello")]) {
    const requests = answerWith(() => Response.json({}));
    await send();
    const [request] = requests;
    assert.ok(request);
    assert.equal(request.method, "POST");
    assert.ok(!request.url.includes(code));
    assert.ok(![...request.headers.values()].some((value) => value.includes(code)));
    assert.equal(((await request.json()) as { code: string }).code, code);
    assert.equal(request.credentials, "omit");
  }
});

test("the token goes with what needs it, and never with a preview", async () => {
  signedIn({ token: "a.b.c", idToken: "", label: "Mira" });
  const requests = answerWith(() => Response.json({}));
  await previewInvite("c");
  await redeemInvite("c");
  await requestAccess("c", "");
  await readMe();
  assert.deepEqual(
    requests.map((request) => request.headers.get("Authorization")),
    [null, "Bearer a.b.c", "Bearer a.b.c", "Bearer a.b.c"],
  );
});

test("a problem is told by its code, with what is wrong and the request's id", async () => {
  answerWith(() => problem(429, { code: "limit_reached", requestId: "r-1", errors: [{ field: "name", message: "is too long" }] }, { "Retry-After": "7" }));
  assert.deepEqual(await readMe(), {
    ok: false,
    failure: { code: "limit_reached", requestId: "r-1", retryAfter: 7, fields: [{ field: "name", message: "is too long" }] },
  });
});

test("what the gateway refuses by itself is told by its status", async () => {
  for (const [status, code] of [
    [401, "unauthenticated"],
    [403, "forbidden"],
    [404, "not_found"],
    [413, "too_large"],
    [429, "limit_reached"],
    [500, "internal_error"],
    [502, "unavailable"],
    [503, "unavailable"],
    [504, "unavailable"],
  ] as const) {
    answerWith(() => new Response(JSON.stringify({ message: "no" }), { status, headers: { "Content-Type": "application/json", "Apigw-Requestid": "g-1" } }));
    assert.deepEqual(await redeemInvite("c"), { ok: false, failure: { code, requestId: "g-1", retryAfter: null, fields: [] } }, String(status));
  }
});

test("no answer, and one that can't be read, is a failure and no exception", async () => {
  for (const fails of [() => Promise.reject(new TypeError("Failed to fetch")), () => Promise.reject(new DOMException("late", "TimeoutError"))]) {
    answerWith(fails);
    for (const answer of [await redeemInvite("c"), await requestAccess("c", "")]) {
      assert.deepEqual(answer, { ok: false, failure: { code: "offline", requestId: null, retryAfter: null, fields: [] } });
    }
  }
  answerWith(() => new Response("<html>", { status: 502, headers: { "Content-Type": "text/html" } }));
  for (const answer of [await redeemInvite("c"), await requestAccess("c", "")]) {
    assert.equal(answer.ok, false);
    assert.equal(!answer.ok && answer.failure.code, "unavailable");
  }
});
