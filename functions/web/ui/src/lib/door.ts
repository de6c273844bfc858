// The way in and out of a page: to the issuer and back. What speaks with the issuer is loaded when it is needed.

import { loadConfig } from "./config";
import { notSignedIn, signedIn } from "./session";
import type { Outcome, Wish } from "./signin";

const signin = () => import("./signin");

/** Whether an issuer leads back to the page. */
export function isReturning(): boolean {
  const answer = new URLSearchParams(location.search);
  return answer.has("state") && (answer.has("code") || answer.has("error"));
}

/** Ends the sign-in that leads back to the page. Who is signed in then, session() says. */
export async function comeBack(): Promise<Outcome> {
  try {
    const [{ finish }, config] = await Promise.all([signin(), loadConfig()]);
    const outcome = await finish(config);
    if (outcome.kind === "signed-in") signedIn(outcome.session);
    else notSignedIn();
    return outcome;
  } catch {
    return { kind: "failed", reason: "" };
  }
}

/** Goes to the issuer, which leads back to page. It rejects if the issuer can't be reached; otherwise the browser is about to leave. */
export async function goSignIn(page: "/" | "/i", wish: Wish): Promise<void> {
  const [{ leave }, config] = await Promise.all([signin(), loadConfig()]);
  await leave(config, page, wish);
}

/** Fetches what signing in needs. If that fails, signing in says so. */
export function warmUp(): void {
  Promise.all([signin(), loadConfig()])
    .then(([{ discover }, config]) => discover(config))
    .catch(() => {});
}
