import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { continueAt, loadConfig, type Config } from "./config";

const config: Config = {
  issuer: "https://issuer.example.com",
  clientId: "web",
  audience: "api",
  scopes: "openid",
  continueUrl: "/groups/{groupId}",
  product: "Chat",
  openOrganizations: false,
};
const joined = { org: { id: "d6625d0280" }, group: { id: "d6625d02804133cd" } };

test("the way on names what was joined, if the deployment wants it to", () => {
  const at = (continueUrl: string) => continueAt({ ...config, continueUrl }, joined);
  assert.equal(at("/groups/{groupId}"), "/groups/d6625d02804133cd");
  assert.equal(at("https://chat.example.com/{orgId}/rooms/{groupId}?from={orgId}"), "https://chat.example.com/d6625d0280/rooms/d6625d02804133cd?from=d6625d0280");
  assert.equal(at("https://chat.example.com/"), "https://chat.example.com/");
});

const network = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = network;
});

test("the deployment is asked once, but again after a failure", async () => {
  const answers = [new Response("", { status: 503 }), Promise.reject(new TypeError("Failed to fetch")), Response.json(config), Response.json({})];
  const asked: string[] = [];
  globalThis.fetch = async (address) => {
    asked.push(String(address));
    return answers[asked.length - 1]!;
  };
  await assert.rejects(loadConfig(), /503/);
  await assert.rejects(loadConfig(), /fetch/);
  assert.deepEqual(await Promise.all([loadConfig(), loadConfig()]), [config, config]);
  assert.deepEqual(await loadConfig(), config);
  assert.deepEqual(asked, ["/config.json", "/config.json", "/config.json"]);
});
