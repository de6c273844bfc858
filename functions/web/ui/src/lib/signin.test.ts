import assert from "node:assert/strict";
import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { afterEach, test } from "node:test";
import { openTab } from "../../test/tab";
import type { Config } from "./config";

const network = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = network;
});

let loaded = 0;

/** Loads what signs in anew, as a page does, with an issuer that says this of itself. What else is asked of the network, answer answers. */
async function page(issuer: string, says: object, answer?: (request: Request) => Response) {
  const tab = openTab("/i");
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    if (request.url === `${issuer}/.well-known/openid-configuration`) return Response.json({ issuer, ...says });
    if (answer !== undefined) return answer(request);
    throw new TypeError(`nobody expects ${request.url}`);
  };
  const signin = (await import(`./signin.ts?${++loaded}`)) as typeof import("./signin");
  const config: Config = {
    issuer, clientId: "1client", audience: "1client", scopes: "openid profile email group-invites/use", continueUrl: "/", product: "Chat", openOrganizations: false,
  };
  return { tab, signin, config };
}

const pool = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example";
const login = "https://chat.auth.eu-west-1.amazoncognito.com";

/** What a user pool says of itself: no value of prompt, no way to sign out by the standard's words, no PKCE, though it knows all three. */
const poolSays = {
  authorization_endpoint: `${login}/oauth2/authorize`,
  token_endpoint: `${login}/oauth2/token`,
  userinfo_endpoint: `${login}/oauth2/userInfo`,
  revocation_endpoint: `${login}/oauth2/revoke`,
  jwks_uri: `${pool}/.well-known/jwks.json`,
  id_token_signing_alg_values_supported: ["RS256"],
  response_types_supported: ["code", "token"],
  scopes_supported: ["openid", "email", "phone", "profile"],
  subject_types_supported: ["public"],
  token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
};

test("a user pool is asked for a code on its login domain", async () => {
  for (const [wish, prompt] of [["usual", null], ["new-account", null], ["other-account", "login"], ["silent", "none"]] as const) {
    const { tab, signin, config } = await page(pool, poolSays);
    await signin.leave(config, "/i", wish);
    const target = tab.left()!;
    assert.equal(target.origin + target.pathname, `${login}/oauth2/authorize`);
    const asked = target.searchParams;
    assert.deepEqual(
      ["client_id", "redirect_uri", "response_type", "scope", "code_challenge_method", "prompt", "audience"].map((name) => asked.get(name)),
      ["1client", "https://chat.example.com/i", "code", "openid profile email group-invites/use", "S256", prompt, null],
      wish,
    );
    assert.equal(asked.get("code_challenge")!.length, 43);
    assert.ok(asked.get("state") && asked.get("nonce"));
  }
});

test("a code of a user pool becomes a session", async () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  let nonce = "";
  const sent: URLSearchParams[] = [];
  const bodies: Promise<string>[] = [];
  const { tab, signin, config } = await page(pool, poolSays, (request) => {
    assert.equal(request.url, `${login}/oauth2/token`);
    assert.equal(request.headers.get("Authorization"), null);
    bodies.push(request.text());
    // As Cognito answers: with a refresh token, which nobody keeps.
    const id = token(privateKey, { nonce, token_use: "id", aud: "1client", iss: pool, sub: "1f0a", email: "mira@example.com", email_verified: true, name: "Mira Lund" });
    return Response.json({ id_token: id, access_token: "an.access.token", refresh_token: "a refresh token", expires_in: 3600, token_type: "Bearer" });
  });
  await signin.leave(config, "/i", "usual");
  const asked = tab.left()!.searchParams;
  nonce = asked.get("nonce")!;
  tab.go(`/i?code=a-code&state=${asked.get("state")}`);
  const outcome = await signin.finish(config);
  assert.deepEqual({ ...outcome, session: outcome.kind === "signed-in" && { ...outcome.session, idToken: "" } }, {
    kind: "signed-in", session: { token: "an.access.token", idToken: "", label: "mira@example.com" },
  });
  for (const body of bodies) sent.push(new URLSearchParams(await body));
  assert.equal(sent.length, 1);
  assert.deepEqual(["grant_type", "code", "redirect_uri", "client_id", "client_secret"].map((name) => sent[0]!.get(name)),
    ["authorization_code", "a-code", "https://chat.example.com/i", "1client", null]);
  assert.ok(sent[0]!.get("code_verifier")!.length >= 43);
  assert.equal(tab.address(), "/i", "the code is out of the address");
  assert.ok(!JSON.stringify(tab.stored()).includes("token"), "nothing of tokens is kept");
});

test("a user pool that knows nobody is no failure", async () => {
  const { tab, signin, config } = await page(pool, poolSays);
  await signin.leave(config, "/i", "silent");
  tab.go(`/i?error=login_required&state=${tab.left()!.searchParams.get("state")}`);
  assert.deepEqual(await signin.finish(config), { kind: "needed" });
});

test("a user pool signs out by words of its own, whether it says that it can or not", async () => {
  for (const more of [{}, { end_session_endpoint: `${login}/logout` }]) {
    const { tab, signin, config } = await page(pool, { ...poolSays, ...more });
    await signin.signOut(config, "id.token.hint");
    assert.equal(String(tab.left()), `${login}/logout?client_id=1client&logout_uri=https%3A%2F%2Fchat.example.com%2F`);
  }
});

test("other issuers sign out by the standard's words, if they can", async () => {
  const issuer = "https://login.example.com";
  const says = { authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` };
  const can = await page(issuer, { ...says, end_session_endpoint: `${issuer}/end?of=session` });
  await can.signin.signOut(can.config, "id.token.hint");
  assert.equal(String(can.tab.left()),
    `${issuer}/end?of=session&id_token_hint=id.token.hint&client_id=1client&post_logout_redirect_uri=https%3A%2F%2Fchat.example.com%2F`);
  const cannot = await page(issuer, says);
  await cannot.signin.signOut(cannot.config, "id.token.hint");
  assert.equal(cannot.tab.left(), null);
});

/** Signs claims as Cognito signs an ID token, for an hour from now. */
function token(key: KeyObject, claims: object): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (of: object) => Buffer.from(JSON.stringify(of)).toString("base64url");
  const text = `${part({ kid: "1", alg: "RS256" })}.${part({ iat: now, exp: now + 300, auth_time: now, ...claims })}`;
  return `${text}.${sign("sha256", Buffer.from(text), key).toString("base64url")}`;
}
