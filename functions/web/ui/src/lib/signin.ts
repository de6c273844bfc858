// Signing in by OpenID Connect: the authorization code flow with PKCE, against any issuer. Loaded when it is needed. The way to the issuer
// carries nothing of what the page is about; that waits in the tab.

import * as oauth from "oauth4webapi";
import type { Config } from "./config";
import type { Session } from "./session";
import { forget, recall, remember } from "./tab";

/** What the issuer is asked for: the usual, another account, a new account, or an answer without a question to the person. */
export type Wish = "usual" | "other-account" | "new-account" | "silent";

/** How a sign-in ended. */
export type Outcome =
  | { kind: "signed-in"; session: Session }
  | { kind: "needed" } // the issuer knows nobody, and wasn't to ask
  | { kind: "cancelled" }
  | { kind: "lost" } // this tab doesn't know of it: it began elsewhere
  | { kind: "failed"; reason: string }; // the issuer's word for it, or nothing that a person could use

interface Pending {
  state: string;
  nonce: string;
  verifier: string;
  redirectUri: string;
  silent: boolean;
}

// The ID token only says whom to greet. The API judges the access token by its own clock, so that a clock here that is wrong by up to
// a day keeps nobody out.
const clockTolerance = 24 * 60 * 60;

// A page of a machine's own, at http://127.0.0.1, may use an issuer without TLS. Pages of the web may not.
const insecure = location.protocol === "http:";

const wait = () => ({ [oauth.allowInsecureRequests]: insecure, signal: AbortSignal.timeout(15_000) });

let discovered: Promise<oauth.AuthorizationServer> | null = null;

/** Asks the issuer what it can do, once; after a failure again. Called early, it makes signing in quicker. */
export function discover(config: Config): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(config.issuer);
  discovered ??= oauth
    .discoveryRequest(issuer, wait())
    .then((response) => oauth.processDiscoveryResponse(issuer, response))
    .catch((error: unknown) => {
      discovered = null;
      throw error;
    });
  return discovered;
}

/**
 * Leaves the page for the issuer, which leads back to page, a path of this origin. It rejects if the issuer can't be reached, and resolves
 * when the browser is about to go.
 */
export async function leave(config: Config, page: "/" | "/i", wish: Wish): Promise<void> {
  const server = await discover(config);
  const pending: Pending = {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    verifier: oauth.generateRandomCodeVerifier(),
    redirectUri: location.origin + page,
    silent: wish === "silent",
  };
  const target = new URL(server.authorization_endpoint ?? config.issuer);
  const fields: Record<string, string | undefined> = {
    client_id: config.clientId,
    redirect_uri: pending.redirectUri,
    response_type: "code",
    scope: config.scopes,
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: "S256",
    prompt: promptFor(wish, server),
    audience: config.audience === config.clientId ? undefined : config.audience,
  };
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) target.searchParams.set(name, value);
  }
  remember("sign-in", JSON.stringify(pending));
  if (wish === "silent") location.replace(target);
  else location.assign(target);
}

/** The value of prompt, as far as the issuer says that it knows it; "login" is known to all, if it is asked to choose an account. */
function promptFor(wish: Wish, server: oauth.AuthorizationServer): string | undefined {
  const known = server["prompt_values_supported"];
  const knows = (prompt: string) => Array.isArray(known) && known.includes(prompt);
  switch (wish) {
    case "silent":
      return "none";
    case "other-account":
      return knows("select_account") ? "select_account" : "login";
    case "new-account":
      return knows("create") ? "create" : undefined;
    case "usual":
      return undefined;
  }
}

/** Ends a sign-in with what the issuer says in the page's address, and takes it out of there. */
export async function finish(config: Config): Promise<Outcome> {
  const answer = new URLSearchParams(location.search);
  history.replaceState(null, "", location.pathname);
  const kept = recall("sign-in");
  forget("sign-in");
  if (!kept) return { kind: "lost" };
  const pending = JSON.parse(kept) as Pending;
  if (answer.get("state") !== pending.state) return { kind: "lost" };
  try {
    const server = await discover(config);
    const client: oauth.Client = { client_id: config.clientId, [oauth.clockTolerance]: clockTolerance };
    const parameters = oauth.validateAuthResponse(server, client, answer, pending.state);
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      oauth.None(),
      parameters,
      pending.redirectUri,
      pending.verifier,
      wait(),
    );
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
      expectedNonce: pending.nonce,
      requireIdToken: true,
    });
    const claims = oauth.getValidatedIdTokenClaims(tokens);
    const label = [claims?.["email"], claims?.["name"], claims?.["preferred_username"]].find((text) => typeof text === "string" && text !== "");
    return { kind: "signed-in", session: { token: tokens.access_token, idToken: tokens.id_token ?? "", label: String(label ?? claims?.sub ?? "") } };
  } catch (error) {
    if (error instanceof oauth.AuthorizationResponseError) {
      if (pending.silent) return { kind: "needed" };
      return error.error === "access_denied" ? { kind: "cancelled" } : { kind: "failed", reason: error.error };
    }
    return { kind: "failed", reason: error instanceof oauth.ResponseBodyError ? error.error : "" };
  }
}

/**
 * Leaves for the issuer to be signed out there, which leads back to "/". Issuers that can't sign out aren't gone to.
 */
export async function signOut(config: Config, idToken: string): Promise<void> {
  const target = signOutAddress(config, await discover(config), idToken);
  if (target !== null) location.assign(target);
}

function signOutAddress(config: Config, server: oauth.AuthorizationServer, idToken: string): URL | null {
  const back = `${location.origin}/`;
  if (isCognito(config)) {
    // Beside its sign-in, whether it says so or not, and in words of its own: https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html
    const target = new URL("/logout", server.end_session_endpoint ?? server.authorization_endpoint);
    target.search = new URLSearchParams({ client_id: config.clientId, logout_uri: back }).toString();
    return target;
  }
  if (server.end_session_endpoint === undefined) return null;
  const target = new URL(server.end_session_endpoint); // OpenID Connect RP-Initiated Logout 1.0
  if (idToken !== "") target.searchParams.set("id_token_hint", idToken);
  target.searchParams.set("client_id", config.clientId);
  target.searchParams.set("post_logout_redirect_uri", back);
  return target;
}

/** Whether a user pool of Cognito signs people in, under whatever domain its pages are. */
function isCognito(config: Config): boolean {
  return /(^|-)cognito-idp\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/.test(new URL(config.issuer).hostname);
}
