// What the API does with the invites of a group, for those who make them.

import type { components } from "../schema";
import { answer, client, signed, type Answer } from "./api";
import type { Page } from "./load";

export type Invite = components["schemas"]["Invite"];
export type InviteState = Invite["state"];
export type Access = components["schemas"]["Access"];
export type NewInvite = components["schemas"]["NewInvite"];
export type Recipient = components["schemas"]["Recipient"];
export type Join = components["schemas"]["Join"];

const query = (cursor: string | null) => (cursor === null ? {} : { cursor });

/** Makes an invite. A repeat with the same key gives the same one. */
export function createInvite(groupId: string, invite: NewInvite, key: string): Promise<Answer<Invite>> {
  const path = { groupId };
  return answer(client.POST("/v1/groups/{groupId}/invites", { params: { path, header: { "Idempotency-Key": key } }, body: invite, headers: signed() }));
}

export function listInvites(groupId: string, cursor: string | null): Promise<Answer<Page<Invite>>> {
  return answer(client.GET("/v1/groups/{groupId}/invites", { params: { path: { groupId }, query: query(cursor) }, headers: signed() }));
}

/** Which invite of which group. */
export interface InvitePath {
  groupId: string;
  inviteId: string;
}

/** An invite as it was read, and by how many ms the server's clock was ahead of this one then. */
export interface ReadInvite {
  invite: Invite;
  ahead: number;
}

export async function readInvite(path: InvitePath): Promise<Answer<ReadInvite>> {
  let ahead = 0;
  const sent = client.GET("/v1/groups/{groupId}/invites/{inviteId}", { params: { path }, headers: signed() });
  const noting = sent.then((result) => {
    ahead = Date.parse(result.response.headers.get("Date") ?? "") - Date.now() || 0;
    return result;
  });
  const got = await answer(noting);
  return got.ok ? { ok: true, data: { invite: got.data, ahead } } : got;
}

export function deleteInvite(path: InvitePath): Promise<Answer<unknown>> {
  return answer(client.DELETE("/v1/groups/{groupId}/invites/{inviteId}", { params: { path }, headers: signed() }));
}

/** Lists who joined by an invite, the last first. */
export function listJoins(path: InvitePath, cursor: string | null): Promise<Answer<Page<Join>>> {
  return answer(client.GET("/v1/groups/{groupId}/invites/{inviteId}/joins", { params: { path, query: query(cursor) }, headers: signed() }));
}

/** Lists to whom an invite was sent: those of a page the last first, the pages in no order. */
export function listRecipients(path: InvitePath, cursor: string | null): Promise<Answer<Page<Recipient>>> {
  return answer(client.GET("/v1/groups/{groupId}/invites/{inviteId}/emails", { params: { path, query: query(cursor) }, headers: signed() }));
}

/** Sends an invite to addresses. To whom it was sent before it isn't sent again; their mails are in the answer as they are. */
export function sendInvite(path: InvitePath, emails: string[]): Promise<Answer<{ items: Recipient[] }>> {
  return answer(client.POST("/v1/groups/{groupId}/invites/{inviteId}/emails", { params: { path }, body: { emails }, headers: signed() }));
}

/** Sends a mail again, to another address if one is given. */
export function resendInvite(path: InvitePath & { emailId: string }, email: string | null): Promise<Answer<Recipient>> {
  const body = email === null ? {} : { email };
  return answer(client.POST("/v1/groups/{groupId}/invites/{inviteId}/emails/{emailId}/resend", { params: { path }, body, headers: signed() }));
}
