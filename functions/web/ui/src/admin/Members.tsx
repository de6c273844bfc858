import { useState } from "preact/hooks";
import type { Failure } from "../lib/api";
import { addGroupMember, listGroupMembers, removeGroupMember, type Member } from "../lib/directory";
import { fill, fillWith } from "../lib/fill";
import { sortedIfWhole, useList } from "../lib/load";
import { to } from "../lib/route";
import { Button } from "../parts/Button";
import { ConfirmDialog } from "../parts/ConfirmDialog";
import { Icon } from "../parts/Icon";
import { List } from "../parts/List";
import { isCalled, MemberNote, nameOf, PersonRow } from "../parts/Person";
import { Search, worthSearching } from "../parts/Search";
import { useSay } from "../parts/Status";
import { Trouble } from "../parts/Trouble";
import { group as groupTexts, people } from "../texts";
import { AddMembers } from "./AddMembers";
import type { InGroup } from "./GroupPage";
import { GroupSettings } from "./GroupSettings";

const texts = groupTexts.members;

/** Who is in the group, and the group's own settings. */
export function Members(props: InGroup) {
  const { group, me, role } = props;
  const members = useList((cursor) => listGroupMembers(group.id, cursor).then((answer) => sortedIfWhole(answer, cursor)), [group.id]);
  const [search, setSearch] = useState("");
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Member | null>(null);
  const say = useSay();
  const may = (what: (typeof group.capabilities)[number]) => group.capabilities.includes(what);
  const { state } = members;
  const many = state.at === "ready" && (state.data.length >= worthSearching || members.more);
  const ids = new Set(state.at === "ready" ? state.data.map(({ id }) => id) : []);
  const isEmpty = state.at === "ready" && state.data.length === 0;

  const added = (member: Member) => {
    members.change((items) => [...items.filter(({ id }) => id !== member.id), member]);
    if (member.id === me.user.id) {
      props.refresh(); // he may do more now, such as leave
      props.setMe(withGroup(props, true));
    }
  };
  const gone = (member: Member) => {
    members.change((items) => items.filter(({ id }) => id !== member.id));
    say(fill(texts.removed, { person: nameOf(member) }));
    setRemoving(null);
  };
  const waysIn = (
    <>
      {may("create_invites") ? (
        <a class="button main" href={to.newInvite(group.id, "members")}>
          <Icon name="link" />
          <span>{texts.inviteByLink}</span>
        </a>
      ) : null}
      {may("add_members") ? (
        <Button icon="plus" onClick={() => setAdding(true)}>
          {texts.add}
        </Button>
      ) : null}
    </>
  );

  return (
    <>
      <section class="section">
        <div class="section-head">
          <h2>{texts.title}</h2>
          {isEmpty ? null : <div class="section-actions">{waysIn}</div>}
        </div>
        {many ? (
          <Search
            label={role === "admin" ? people.search : people.searchName}
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
          empty={
            <>
              <p class="empty-title">{texts.empty}</p>
              <p>{may("add_members") ? texts.emptyWhy : texts.emptyWhyAlone}</p>
              <div class="section-actions">
                {waysIn}
                {may("add_members") ? <AddYourself {...props} onAdded={added} /> : null}
              </div>
            </>
          }
        >
          {(member) => (
            <PersonRow person={member} you={member.id === me.user.id} note={<MemberNote member={member} />}>
              {may("remove_members") && member.id !== me.user.id && (role === "admin" || member.role === "user") ? (
                <Button kind="text" onClick={() => setRemoving(member)}>
                  {texts.remove}
                  <span class="unseen"> {nameOf(member)}</span>
                </Button>
              ) : null}
            </PersonRow>
          )}
        </List>
      </section>
      <GroupSettings {...props} onLeft={() => members.change((items) => items.filter(({ id }) => id !== me.user.id))} />
      {adding ? <AddMembers {...props} isIn={ids} onAdded={added} onClose={() => setAdding(false)} /> : null}
      {removing ? (
        <ConfirmDialog
          title={fillWith(texts.removeAsk, { person: <bdi>{nameOf(removing)}</bdi> })}
          verb={texts.remove}
          doing={texts.removing}
          act={() => removeGroupMember(group.id, removing.id)}
          onDone={() => gone(removing)}
          onClose={() => setRemoving(null)}
        >
          <p>{fillWith(texts.removeAskWhy, { person: <bdi>{nameOf(removing)}</bdi>, group: <bdi>{group.name}</bdi> })}</p>
        </ConfirmDialog>
      ) : null}
    </>
  );
}

/** What the person is in, with this group or without it. */
export function withGroup({ me, group }: InGroup, isIn: boolean) {
  const orgs = me.orgs.map((org) => {
    if (org.id !== group.orgId) return org;
    const others = org.groups.filter(({ id }) => id !== group.id);
    return { ...org, groups: isIn ? [...others, { id: group.id, name: group.name }] : others };
  });
  return { ...me, orgs };
}

/** An admin who has made a group isn't in it before he adds himself. */
function AddYourself({ group, me, onAdded }: InGroup & { onAdded: (member: Member) => void }) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const say = useSay();
  const add = async () => {
    setBusy(true);
    setFailure(null);
    const answer = await addGroupMember(group.id, me.user.id);
    setBusy(false);
    if (!answer.ok) return setFailure(answer.failure);
    say(texts.addedYourself);
    onAdded(answer.data);
  };
  return (
    <>
      <Button busy={busy} onClick={() => void add()}>
        {busy ? texts.addingYourself : texts.addYourself}
      </Button>
      {failure ? <Trouble failure={failure} /> : null}
    </>
  );
}
