// Requests for access to a group, for those who decide on them.

import type { components } from "../schema";
import { answer, client, signed, type Answer } from "./api";
import type { Member } from "./directory";
import type { Page } from "./load";

export type AccessRequest = components["schemas"]["AccessRequest"];

/** Lists the requests on which the person who is signed in may decide, newest first. */
export function listRequests(groupId: string, cursor: string | null): Promise<Answer<Page<AccessRequest>>> {
  const query = cursor === null ? {} : { cursor };
  return answer(client.GET("/v1/groups/{groupId}/access-requests", { params: { path: { groupId }, query }, headers: signed() }));
}

/** Lets someone in who asked. */
export function approveRequest(groupId: string, userId: string): Promise<Answer<Member>> {
  return answer(client.POST("/v1/groups/{groupId}/access-requests/{userId}/approve", { params: { path: { groupId, userId } }, headers: signed() }));
}

export function declineRequest(groupId: string, userId: string): Promise<Answer<unknown>> {
  return answer(client.POST("/v1/groups/{groupId}/access-requests/{userId}/decline", { params: { path: { groupId, userId } }, headers: signed() }));
}
