// Organizations, groups and members: the requests of the screens that are about them.

import type { components } from "../schema";
import { answer, client, signed, type Answer } from "./api";
import type { Page } from "./load";

export type Role = components["schemas"]["Role"];
export type Org = components["schemas"]["Org"];
export type Group = components["schemas"]["Group"];
export type SingleGroup = components["schemas"]["SingleGroup"];
export type Member = components["schemas"]["Member"];
export type AuditEntry = components["schemas"]["AuditEntry"];

/** A thing with the version that a change of it is made of. */
export interface Versioned<T> {
  thing: T;
  etag: string;
}

async function versioned<T>(sent: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<Answer<Versioned<T>>> {
  let etag = "";
  const noting = sent.then((result) => {
    etag = result.response.headers.get("ETag") ?? "";
    return result;
  });
  const got = await answer(noting);
  return got.ok ? { ok: true, data: { thing: got.data, etag } } : got;
}

const page = (cursor: string | null) => (cursor === null ? {} : { cursor });

// ---------------------------------------------------------------- organizations

export function createOrg(name: string): Promise<Answer<Org>> {
  return answer(client.POST("/v1/orgs", { body: { name }, headers: signed() }));
}

export function readOrg(orgId: string): Promise<Answer<Versioned<Org>>> {
  return versioned(client.GET("/v1/orgs/{orgId}", { params: { path: { orgId } }, headers: signed() }));
}

/** Changes an organization that is still as it was read. */
export function changeOrg(orgId: string, etag: string, change: { name?: string; addPeople?: Role[] }): Promise<Answer<Versioned<Org>>> {
  return versioned(client.PATCH("/v1/orgs/{orgId}", { params: { path: { orgId }, header: { "If-Match": etag } }, body: change, headers: signed() }));
}

export function deleteOrg(orgId: string): Promise<Answer<unknown>> {
  return answer(client.DELETE("/v1/orgs/{orgId}", { params: { path: { orgId } }, headers: signed() }));
}

export function listOrgMembers(orgId: string, cursor: string | null): Promise<Answer<Page<Member>>> {
  return answer(client.GET("/v1/orgs/{orgId}/members", { params: { path: { orgId }, query: page(cursor) }, headers: signed() }));
}

export function changeRole(orgId: string, userId: string, role: Role): Promise<Answer<Member>> {
  return answer(client.PATCH("/v1/orgs/{orgId}/members/{userId}", { params: { path: { orgId, userId } }, body: { role }, headers: signed() }));
}

/** Adds someone again who was a member before. */
export function addOrgMember(orgId: string, userId: string, role: Role): Promise<Answer<Member>> {
  return answer(client.PUT("/v1/orgs/{orgId}/members/{userId}", { params: { path: { orgId, userId } }, body: { role }, headers: signed() }));
}

/** Removes someone, or lets the person who is signed in leave. */
export function removeOrgMember(orgId: string, userId: string): Promise<Answer<unknown>> {
  return answer(client.DELETE("/v1/orgs/{orgId}/members/{userId}", { params: { path: { orgId, userId } }, headers: signed() }));
}

export function listAudit(orgId: string, cursor: string | null): Promise<Answer<Page<AuditEntry>>> {
  return answer(client.GET("/v1/orgs/{orgId}/audit", { params: { path: { orgId }, query: page(cursor) }, headers: signed() }));
}

// ---------------------------------------------------------------- groups

export function listGroups(orgId: string, cursor: string | null): Promise<Answer<Page<Group>>> {
  return answer(client.GET("/v1/orgs/{orgId}/groups", { params: { path: { orgId }, query: page(cursor) }, headers: signed() }));
}

export function createGroup(orgId: string, name: string): Promise<Answer<SingleGroup>> {
  return answer(client.POST("/v1/orgs/{orgId}/groups", { params: { path: { orgId } }, body: { name }, headers: signed() }));
}

export function readGroup(groupId: string): Promise<Answer<Versioned<SingleGroup>>> {
  return versioned(client.GET("/v1/groups/{groupId}", { params: { path: { groupId } }, headers: signed() }));
}

/** Renames a group that is still as it was read. */
export function renameGroup(groupId: string, etag: string, name: string): Promise<Answer<Versioned<SingleGroup>>> {
  return versioned(client.PATCH("/v1/groups/{groupId}", { params: { path: { groupId }, header: { "If-Match": etag } }, body: { name }, headers: signed() }));
}

export function deleteGroup(groupId: string): Promise<Answer<unknown>> {
  return answer(client.DELETE("/v1/groups/{groupId}", { params: { path: { groupId } }, headers: signed() }));
}

export function listGroupMembers(groupId: string, cursor: string | null): Promise<Answer<Page<Member>>> {
  return answer(client.GET("/v1/groups/{groupId}/members", { params: { path: { groupId }, query: page(cursor) }, headers: signed() }));
}

/** Adds a member of the organization to a group. */
export function addGroupMember(groupId: string, userId: string): Promise<Answer<Member>> {
  return answer(client.PUT("/v1/groups/{groupId}/members/{userId}", { params: { path: { groupId, userId } }, body: {}, headers: signed() }));
}

/** Removes someone from a group, or lets the person who is signed in leave it. */
export function removeGroupMember(groupId: string, userId: string): Promise<Answer<unknown>> {
  return answer(client.DELETE("/v1/groups/{groupId}/members/{userId}", { params: { path: { groupId, userId } }, headers: signed() }));
}
