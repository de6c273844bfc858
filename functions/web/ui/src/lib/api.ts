// The API, by the types of its document. What it refuses is a value, never an exception.

import createClient from "openapi-fetch";
import type { components, paths } from "../schema";
import { session } from "./session";

export type Preview = components["schemas"]["Preview"];
export type Joined = components["schemas"]["Joined"];
export type Me = components["schemas"]["Me"];

/** Why a request had no success. */
export interface Failure {
  /** The problem's code; "offline" where no answer came, and "unavailable" or the like where the gateway refused by itself. */
  code: string;
  /** Under which the answer is in the log, if there was one. */
  requestId: string | null;
  /** Seconds after which it may be tried again, if the answer says so. */
  retryAfter: number | null;
  /** What is wrong with which field. */
  fields: { field: string; message: string }[];
}

export type Answer<T> = { ok: true; data: T } | { ok: false; failure: Failure };

/** How long to wait for an answer: the API answers within 3 seconds, a slow network needs more. */
const patience = 15_000;

/** Sends requests as the document of the API has them. */
export const client = createClient<paths>({
  baseUrl: location.origin,
  fetch: (request) => fetch(new Request(request, { credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(patience) })),
});

/** Who sends it. */
export const signed = () => ({ Authorization: `Bearer ${session()?.token ?? ""}` });

/** Says what a link is. It needs nobody signed in, and changes nothing. */
export function previewInvite(code: string): Promise<Answer<Preview>> {
  return answer(client.POST("/v1/invites/preview", { body: { code } }));
}

/** Lets the person who is signed in join by a link. */
export function redeemInvite(code: string): Promise<Answer<Joined>> {
  return answer(client.POST("/v1/invites/redeem", { body: { code }, headers: signed() }));
}

/** Gives the person who is signed in, with his organizations and groups. */
export function readMe(): Promise<Answer<Me>> {
  return answer(client.GET("/v1/me", { headers: signed() }));
}

/** Asks those who may invite for access to the group of a link that has expired. The answer doesn't tell whether it is new to them. */
export function requestAccess(code: string, message: string): Promise<Answer<unknown>> {
  return answer(client.POST("/v1/invites/access-requests", { body: message === "" ? { code } : { code, message }, headers: signed() }));
}

/** Makes an answer of what was sent. */
export async function answer<T>(sent: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<Answer<T>> {
  try {
    const { data, error, response } = await sent;
    return response.ok ? { ok: true, data: data as T } : { ok: false, failure: failureOf(error, response) };
  } catch {
    return { ok: false, failure: { code: "offline", requestId: null, retryAfter: null, fields: [] } };
  }
}

/** What the gateway refuses by itself has no code of ours. */
const gatewayCodes: Record<number, string> = { 401: "unauthenticated", 403: "forbidden", 404: "not_found", 413: "too_large", 429: "limit_reached" };

function failureOf(error: unknown, response: Response): Failure {
  const problem = (typeof error === "object" && error !== null ? error : {}) as Partial<components["schemas"]["Problem"]>;
  const retryAfter = Number(response.headers.get("Retry-After") ?? "");
  return {
    code: problem.code ?? gatewayCodes[response.status] ?? (response.status > 500 ? "unavailable" : "internal_error"),
    requestId: problem.requestId ?? response.headers.get("apigw-requestid"),
    retryAfter: retryAfter > 0 ? retryAfter : null,
    fields: problem.errors ?? [],
  };
}
