import type { ComponentChildren } from "preact";
import type { Member } from "../lib/directory";
import { fill } from "../lib/fill";
import { dayOf } from "../lib/time";
import { people, roles } from "../texts";
import { Badge } from "./Badge";
import { hueOf, initials } from "./Tile";

/** What to call a person. */
export function nameOf(person: { name: string }): string {
  return person.name === "" ? people.nameless : person.name;
}

interface Props {
  person: { name: string };
  /** It is the person who is signed in. */
  you?: boolean;
  /** What there is to know. */
  note: ComponentChildren;
  /** What can be done. */
  children?: ComponentChildren;
}

/** A row about a person. */
export function PersonRow({ person, you = false, note, children }: Props) {
  return (
    <div class="row">
      <span class={`face ${hueOf(person.name)}`} aria-hidden="true">
        {initials(person.name)}
      </span>
      <div class="row-text">
        <p class="row-name">
          <bdi class={person.name === "" ? "soft" : undefined}>{nameOf(person)}</bdi>
          {you ? <Badge>{people.you}</Badge> : null}
        </p>
        <p class="small">{note}</p>
      </div>
      {children ? <div class="row-actions">{children}</div> : null}
    </div>
  );
}

/** What there is to know about a member: role, since when, and the address if it is shown. */
export function MemberNote({ member, dated = true }: { member: Member; dated?: boolean }) {
  return (
    <>
      {roles[member.role]}
      {dated ? (
        <>
          {" · "}
          <time dateTime={member.joinedAt}>{fill(people.since, { date: dayOf(new Date(member.joinedAt)) })}</time>
        </>
      ) : null}
      {member.email ? (
        <>
          <span class="dot"> · </span>
          <bdi class="address">{member.email}</bdi>
        </>
      ) : null}
    </>
  );
}

/** Whether a person is called so, or has such an address. */
export function isCalled(person: { name: string; email?: string | null }, text: string): boolean {
  const wanted = plain(text.trim());
  return plain(person.name).includes(wanted) || plain(person.email ?? "").includes(wanted);
}

/** A text without what people don't type when they search: capitals and accents. */
export function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}
