// People, who call the API as they would with a client of their own: what a test needs to be so before the browser comes in.

import assert from "node:assert/strict";
import type { components } from "../src/schema";

export type Invite = components["schemas"]["Invite"];

/** A person of the stack's provider: a word such as mira-patel, who is Mira Patel, mira-patel@example.com. */
export class Person {
  readonly email: string;
  #token: Promise<string> | null = null;

  constructor(
    readonly url: string,
    readonly word: string,
    readonly name: string,
  ) {
    this.email = `${word}@example.com`;
  }

  /** Calls the API. Any answer but a success fails the test. */
  async call<T>(method: string, path: string, body?: object): Promise<T> {
    this.#token ??= fetch(`${this.url}/dev/token/${this.word}`).then((response) => response.text());
    const headers = { Authorization: `Bearer ${await this.#token}`, ...(body ? { "Content-Type": "application/json" } : {}) };
    const response = await fetch(this.url + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path} as ${this.word}: ${response.status} ${text}`);
    return (text === "" ? null : JSON.parse(text)) as T;
  }

  async id(): Promise<string> {
    return (await this.call<{ user: { id: string } }>("GET", "/v1/me")).user.id;
  }
}

/** A group with its organization. */
export class Group {
  private constructor(
    readonly admin: Person,
    readonly orgId: string,
    readonly orgName: string,
    readonly id: string,
    readonly name: string,
  ) {}

  /** Makes an organization with a group, whose admin is in it. */
  static async make(admin: Person, orgName = "Northwind Trails", name = "Backcountry Club"): Promise<Group> {
    const org = await admin.call<{ id: string }>("POST", "/v1/orgs", { name: orgName });
    const group = await admin.call<{ id: string }>("POST", `/v1/orgs/${org.id}/groups`, { name });
    await admin.call("PUT", `/v1/groups/${group.id}/members/${await admin.id()}`);
    return new Group(admin, org.id, orgName, group.id, name);
  }

  /** Another group of the organization, with nobody in it. */
  async another(name: string): Promise<Group> {
    const group = await this.admin.call<{ id: string }>("POST", `/v1/orgs/${this.orgId}/groups`, { name });
    return new Group(this.admin, this.orgId, this.orgName, group.id, name);
  }

  /** Makes an invite; access is for anyone unless the wishes say otherwise. */
  invite(wishes: object = {}, creator = this.admin): Promise<Invite> {
    return creator.call<Invite>("POST", `/v1/groups/${this.id}/invites`, { access: "anyone", ...wishes });
  }

  /** Lets people in, by an invite of their own. */
  async join(...people: Person[]): Promise<void> {
    const { url } = await this.invite();
    for (const person of people) await person.call("POST", "/v1/invites/redeem", { code: codeOf(url!) });
  }

  async setRole(person: Person, role: "user" | "manager" | "admin"): Promise<void> {
    await this.admin.call("PATCH", `/v1/orgs/${this.orgId}/members/${await person.id()}`, { role });
  }

  /** Says who besides admins may bring in new people. */
  async letAddPeople(...roles: ("user" | "manager")[]): Promise<void> {
    await this.admin.call("PATCH", `/v1/orgs/${this.orgId}`, { addPeople: ["admin", ...roles] });
  }

  async remove(person: Person): Promise<void> {
    await this.admin.call("DELETE", `/v1/groups/${this.id}/members/${await person.id()}`);
  }

  async delete(invite: Invite): Promise<void> {
    await this.admin.call("DELETE", `/v1/groups/${this.id}/invites/${invite.id}`);
  }

  /** The paths of its screens. */
  path(tab = ""): string {
    return `/groups/${this.id}${tab}`;
  }

  /** Reads an invite as its creator sees it. */
  read(inviteId: string, reader = this.admin): Promise<Invite> {
    return reader.call<Invite>("GET", `/v1/groups/${this.id}/invites/${inviteId}`);
  }

  async invites(): Promise<Invite[]> {
    return (await this.admin.call<{ items: Invite[] }>("GET", `/v1/groups/${this.id}/invites`)).items;
  }

  async members(): Promise<string[]> {
    const { items } = await this.admin.call<{ items: { name: string }[] }>("GET", `/v1/groups/${this.id}/members`);
    return items.map((member) => member.name);
  }
}

/** The code of a link. */
export function codeOf(link: string): string {
  const code = link.split("#")[1];
  assert.ok(code, `${link} has no code`);
  return code;
}
