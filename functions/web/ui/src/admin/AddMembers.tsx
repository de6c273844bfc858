import { useState } from "preact/hooks";
import type { Failure } from "../lib/api";
import { addGroupMember, listOrgMembers, type Member } from "../lib/directory";
import { fill, fillWith } from "../lib/fill";
import { sortedIfWhole, useList } from "../lib/load";
import { go, to } from "../lib/route";
import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { List } from "../parts/List";
import { isCalled, MemberNote, nameOf, PersonRow } from "../parts/Person";
import { Search } from "../parts/Search";
import { useSay } from "../parts/Status";
import { Trouble } from "../parts/Trouble";
import { group as groupTexts, people } from "../texts";
import type { InGroup } from "./GroupPage";

const texts = groupTexts.addMembers;

interface Props extends InGroup {
  /** Ids of those who are in the group, as far as that is known. */
  isIn: ReadonlySet<string>;
  onAdded: (member: Member) => void;
  onClose: () => void;
}

/** Adds people of the organization to the group, one after another. */
export function AddMembers({ group, role, me, isIn, onAdded, onClose }: Props) {
  const members = useList((cursor) => listOrgMembers(group.orgId, cursor).then((answer) => sortedIfWhole(answer, cursor)), [group.orgId]);
  const [search, setSearch] = useState("");
  return (
    <Dialog title={texts.title} wide onClose={onClose}>
      <p>{fillWith(texts.why, { org: <bdi>{group.orgName}</bdi> })}</p>
      {group.capabilities.includes("create_invites") ? (
        <Button
          icon="link"
          onClick={() => {
            onClose();
            go(to.newInvite(group.id, "members"));
          }}
        >
          {groupTexts.members.inviteByLink}
        </Button>
      ) : null}
      <Search
        label={role === "admin" ? people.search : people.searchName}
        hint={members.more ? people.searchPart : undefined}
        value={search}
        onInput={setSearch}
        focus
      />
      <List
        of={members}
        label={texts.title}
        keyOf={(member) => member.id}
        filter={(member) => isCalled(member, search)}
        noneShown={<p>{people.noneFound}</p>}
        empty={null}
      >
        {(member) => <Candidate groupId={group.id} member={member} you={member.id === me.user.id} isIn={isIn.has(member.id)} onAdded={onAdded} />}
      </List>
      <div class="dialog-actions">
        <Button kind="main" onClick={onClose}>
          {texts.done}
        </Button>
      </div>
    </Dialog>
  );
}

interface CandidateProps {
  groupId: string;
  member: Member;
  you: boolean;
  isIn: boolean;
  onAdded: (member: Member) => void;
}

function Candidate({ groupId, member, you, isIn, onAdded }: CandidateProps) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const say = useSay();
  const add = async () => {
    setBusy(true);
    setFailure(null);
    const answer = await addGroupMember(groupId, member.id);
    setBusy(false);
    if (!answer.ok) return setFailure(answer.failure);
    say(fill(texts.added, { person: nameOf(member) }));
    onAdded(answer.data);
  };
  return (
    <>
      <PersonRow
        person={member}
        you={you}
        note={<MemberNote member={member} dated={false} />}
      >
        <Button kind="text" icon={isIn ? "check" : undefined} busy={busy} done={isIn} onClick={() => void add()}>
          {isIn ? texts.isIn : busy ? texts.adding : texts.add}
          <span class="unseen"> {nameOf(member)}</span>
        </Button>
      </PersonRow>
      {failure ? <Trouble failure={failure} /> : null}
    </>
  );
}
