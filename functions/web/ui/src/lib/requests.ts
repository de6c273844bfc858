// Requests for access to a group, for those who decide on them.

import { answer, signed, type Answer } from "./api";
import type { Page } from "./load";

export interface AccessRequest {
  user: { id: string; name: string };
  /** To admins only. */
  email?: string | null;
  message: string | null;
  requestedAt: string;
  /** When it ends by itself. */
  expiresAt: string;
  newToOrg: boolean;
  /** The link by which it was asked. */
  inviteId: string;
}

/** Lists the open requests on which the person who is signed in may decide, newest first. */
export function listRequests(groupId: string, cursor: string | null): Promise<Answer<Page<AccessRequest>>> {
  const query = new URLSearchParams(cursor === null ? {} : { cursor });
  return send("GET", `/v1/groups/${groupId}/access-requests?${query}`);
}

/** Lets someone in who asked. */
export function approveRequest(groupId: string, userId: string): Promise<Answer<unknown>> {
  return send("POST", `/v1/groups/${groupId}/access-requests/${userId}/approve`);
}

export function declineRequest(groupId: string, userId: string): Promise<Answer<unknown>> {
  return send("POST", `/v1/groups/${groupId}/access-requests/${userId}/decline`);
}

function send<T>(method: "GET" | "POST", path: string): Promise<Answer<T>> {
  const sent = fetch(path, { method, headers: signed(), credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(15_000) });
  return answer(
    sent.then(async (response) => {
      const body: unknown = response.status === 204 ? null : await response.json().catch(() => null);
      return response.ok ? { data: body as T, response } : { error: body, response };
    }),
  );
}
