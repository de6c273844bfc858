// Signing in and out on the screens. What the tab knows of the screen comes back with the person.

import { loadConfig } from "./config";
import { comeBack, goSignIn } from "./door";
import { show } from "./route";
import { notSignedIn, session } from "./session";
import type { Outcome, Wish } from "./signin";
import { forget, forgetDrafts, recall, remember } from "./tab";

/** Goes to the issuer from the screen that the address names. It rejects if the issuer can't be reached. */
export async function signInHere(wish: Wish): Promise<void> {
  if (wish === "other-account") forgetDrafts();
  remember("return", location.pathname + location.search);
  await goSignIn("/", wish);
}

/** Ends the sign-in that one of the screens began, and shows that screen again. */
export async function comeBackHere(): Promise<Outcome> {
  const outcome = await comeBack();
  show(recall("return") ?? "/");
  forget("return");
  return outcome;
}

/** Signs out: here at once, and at the issuer if it can. Then the browser is about to leave. */
export async function signOutHere(): Promise<void> {
  const idToken = session()?.idToken ?? "";
  notSignedIn();
  forgetDrafts();
  const [{ signOut }, config] = await Promise.all([import("./signin"), loadConfig()]);
  await signOut(config, idToken);
}
