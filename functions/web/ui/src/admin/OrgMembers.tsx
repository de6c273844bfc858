import { useState } from "preact/hooks";
import type { Failure } from "../lib/api";
import { addOrgMember, listOrgMembers, type Member, type Role } from "../lib/directory";
import { fill } from "../lib/fill";
import { sortedIfWhole, useList } from "../lib/load";
import { Button } from "../parts/Button";
import { List } from "../parts/List";
import { isCalled, MemberNote, nameOf, PersonRow } from "../parts/Person";
import { Search, worthSearching } from "../parts/Search";
import { useSay } from "../parts/Status";
import { Trouble } from "../parts/Trouble";
import { org as orgTexts, people, roles } from "../texts";
import { ManageMember } from "./ManageMember";
import type { InOrg } from "./OrgPage";

const texts = orgTexts.members;

/** Who is in the organization, as what. Admins change it. */
export function OrgMembers({ org, me, role, setMe }: InOrg) {
  const members = useList((cursor) => listOrgMembers(org.id, cursor).then((answer) => sortedIfWhole(answer, cursor)), [org.id]);
  const [search, setSearch] = useState("");
  const [managed, setManaged] = useState<Member | null>(null);
  const [removed, setRemoved] = useState<ReadonlySet<string>>(new Set()); // here and now: they stay in the list, to be added again
  const say = useSay();
  const isAdmin = role === "admin";
  const { state } = members;

  if (state.at === "failed" && state.failure.code === "forbidden") return <p>{texts.forbidden}</p>;
  const many = state.at === "ready" && (state.data.length >= worthSearching || members.more);

  const changed = (member: Member) => {
    members.change((items) => items.map((item) => (item.id === member.id ? { ...item, ...member } : item)));
    if (member.id === me.user.id) setMe({ ...me, orgs: me.orgs.map((mine) => (mine.id === org.id ? { ...mine, role: member.role } : mine)) });
    say(fill(texts.roleSaved, { person: nameOf(member), role: roles[member.role] }));
  };
  const mark = (member: Member, isRemoved: boolean) => {
    setRemoved((before) => {
      const after = new Set(before);
      if (isRemoved) after.add(member.id);
      else after.delete(member.id);
      return after;
    });
    say(fill(isRemoved ? texts.removed : texts.addedAgain, { person: nameOf(member) }));
  };

  return (
    <section class="section">
      <h2>{texts.title}</h2>
      <p class="small">{texts.howToAdd}</p>
      {many ? (
        <Search
          label={isAdmin ? people.search : people.searchName}
          hint={members.more ? people.searchPart : undefined}
          value={search}
          onInput={setSearch}
        />
      ) : null}
      <List
        of={members}
        label={texts.title}
        keyOf={(member) => member.id}
        filter={(member) => isCalled(member, search)}
        noneShown={<p>{people.noneFound}</p>}
        empty={null}
      >
        {(member) =>
          removed.has(member.id) ? (
            <Removed orgId={org.id} member={member} onAdded={(again) => (changed(again), mark(again, false))} />
          ) : (
            <PersonRow person={member} you={member.id === me.user.id} note={<MemberNote member={member} />}>
              {isAdmin ? (
                <Button kind="text" onClick={() => setManaged(member)}>
                  {texts.manage}
                  <span class="unseen"> {nameOf(member)}</span>
                </Button>
              ) : null}
            </PersonRow>
          )
        }
      </List>
      {managed ? (
        <ManageMember
          org={org}
          member={managed}
          you={managed.id === me.user.id}
          onChanged={(member) => (changed(member), setManaged(null))}
          onRemoved={() => (mark(managed, true), setManaged(null))}
          onClose={() => setManaged(null)}
        />
      ) : null}
    </section>
  );
}

/** Someone who was removed just now, and can be added again. */
function Removed({ orgId, member, onAdded }: { orgId: string; member: Member; onAdded: (member: Member) => void }) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const add = async () => {
    setBusy(true);
    setFailure(null);
    const answer = await addOrgMember(orgId, member.id, member.role satisfies Role);
    setBusy(false);
    if (answer.ok) onAdded(answer.data);
    else setFailure(answer.failure);
  };
  return (
    <>
      <PersonRow person={member} note={texts.removedNote}>
        <Button kind="text" busy={busy} onClick={() => void add()}>
          {busy ? texts.addingAgain : texts.addAgain}
          <span class="unseen"> {nameOf(member)}</span>
        </Button>
      </PersonRow>
      {failure ? <Trouble failure={failure} /> : null}
    </>
  );
}
