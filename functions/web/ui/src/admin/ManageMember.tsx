import { useState } from "preact/hooks";
import type { Failure } from "../lib/api";
import { changeRole, removeOrgMember, type Member, type Org, type Role } from "../lib/directory";
import { fillWith } from "../lib/fill";
import { to } from "../lib/route";
import { Button } from "../parts/Button";
import { Choice, Choices } from "../parts/Choices";
import { ConfirmDialog } from "../parts/ConfirmDialog";
import { Dialog } from "../parts/Dialog";
import { nameOf } from "../parts/Person";
import { Trouble } from "../parts/Trouble";
import { name, org as orgTexts, roles } from "../texts";

const texts = orgTexts.members;
const all: Role[] = ["user", "manager", "admin"];

interface Props {
  org: Org;
  member: Member;
  you: boolean;
  onChanged: (member: Member) => void;
  onRemoved: () => void;
  onClose: () => void;
}

/** What an admin does about a member: another role, or removal. */
export function ManageMember({ org, member, you, onChanged, onRemoved, onClose }: Props) {
  const [role, setRole] = useState(member.role);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [removing, setRemoving] = useState(false);
  const person = <bdi>{nameOf(member)}</bdi>;

  const save = async () => {
    if (role === member.role) return onClose();
    setBusy(true);
    setFailure(null);
    const answer = await changeRole(org.id, member.id, role);
    setBusy(false);
    if (answer.ok) onChanged(answer.data);
    else setFailure(answer.failure);
  };

  if (removing) {
    return (
      <ConfirmDialog
        title={fillWith(texts.removeAsk, { person })}
        verb={texts.remove}
        doing={texts.removing}
        act={() => removeOrgMember(org.id, member.id)}
        onDone={onRemoved}
        onClose={onClose}
      >
        <p>{fillWith(texts.removeAskWhy, { person, org: <bdi>{org.name}</bdi> })}</p>
      </ConfirmDialog>
    );
  }
  return (
    <Dialog title={person} busy={busy} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void save();
        }}
      >
        <Choices legend={texts.role}>
          {all.map((each) => (
            <Choice key={each} type="radio" name="role" checked={role === each} label={roles[each]} hint={roles.what[each]} onChange={() => setRole(each)} />
          ))}
        </Choices>
        {you && member.role === "admin" && role !== "admin" ? <p class="small warn">{texts.self}</p> : null}
        {failure ? <Trouble failure={failure}>{failure.code === "last_admin" ? texts.lastAdmin : undefined}</Trouble> : null}
        <div class="dialog-actions">
          <Button kind="main" type="submit" busy={busy}>
            {busy ? name.saving : texts.saveRole}
          </Button>
        </div>
      </form>
      <div class="apart">
        {you ? (
          <p class="small">
            <a href={to.org(org.id, "settings")}>{texts.leaveInstead}</a>
          </p>
        ) : (
          <>
            <h3>{texts.removeTitle}</h3>
            <p class="small">{fillWith(texts.removeWhy, { person })}</p>
            <Button kind="danger" busy={busy} onClick={() => setRemoving(true)}>
              {texts.remove}
            </Button>
          </>
        )}
      </div>
    </Dialog>
  );
}
