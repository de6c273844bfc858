import type { ComponentChild } from "preact";
import { listAudit, type AuditEntry, type Role } from "../lib/directory";
import { fillWith } from "../lib/fill";
import { useList } from "../lib/load";
import { to } from "../lib/route";
import { momentOf } from "../lib/time";
import { List } from "../parts/List";
import { language, org as orgTexts } from "../texts";
import type { InOrg } from "./OrgPage";

const texts = orgTexts.audit;

/** Stands where a person's id would, for what the host product's own directory did. */
const directoryId = "0".repeat(32);

/** Who did what in the organization, newest first. */
export function Audit({ org }: InOrg) {
  const entries = useList((cursor) => listAudit(org.id, cursor), [org.id]);
  if (entries.state.at === "failed" && entries.state.failure.code === "forbidden") return <p>{texts.forbidden}</p>;
  return (
    <section class="section">
      <h2>{texts.title}</h2>
      <p class="small">{texts.why}</p>
      <List of={entries} label={texts.title} keyOf={(entry) => entry.id} empty={<p>{texts.empty}</p>}>
        {(entry) => (
          <div class="act">
            <p>{sentence(entry)}</p>
            <time class="small" dateTime={entry.at}>
              {momentOf(new Date(entry.at))}
            </time>
          </div>
        )}
      </List>
    </section>
  );
}

/** An entry in words. */
function sentence(entry: AuditEntry): ComponentChild {
  const { action, actor, person, group, target, detail } = entry;
  const named = (name: string, otherwise: string) => (name === "" ? otherwise : <bdi class="name">{name}</bdi>);
  const inviteId = action === "member.joined" ? detail : target;
  const values = {
    who: actor.id === directoryId ? texts.directory : named(actor.name, texts.someone),
    person: person?.id === actor.id ? texts.themselves : named(person?.name ?? "", texts.aPerson),
    group: group && group.name !== "" ? <a href={to.group(group.id)}>{named(group.name, "")}</a> : texts.aGroup,
    invite: group && group.name !== "" ? <a href={to.invite(group.id, inviteId)}>{texts.invite}</a> : texts.invite,
    role: texts.asRole[detail as Role] ?? detail,
    roles: rolesIn(detail),
  };
  if (action === "org.changed") {
    const renamed = /^name\b/.test(detail);
    const text = detail.includes("addPeople") ? (renamed ? texts.both : texts.addPeople) : renamed ? texts.renamed : texts.acts[action];
    return fillWith(text, values);
  }
  const text: string | undefined = texts.acts[action];
  return text === undefined ? fillWith(texts.other, { ...values, act: action }) : fillWith(text, values);
}

/** The roles that a change of who may add people names: "addPeople [admin manager]". */
function rolesIn(detail: string): string {
  const roles = (/addPeople \[([^\]]*)\]/.exec(detail)?.[1] ?? "").split(" ").filter((role) => role !== "");
  return new Intl.ListFormat(language).format(roles.map((role) => texts.roles[role as Role] ?? role));
}
