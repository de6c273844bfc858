import { fillWith } from "../lib/fill";
import { Button } from "../parts/Button";
import { Notice } from "../parts/Notice";
import { invite } from "../texts";
import { GroupCard, namesOf } from "./Card";
import type { Props } from "./Screen";
import type { View } from "./state";

/** The invite works, but not for the person who is signed in. That is never called an expired invite. */
export function Refused({ view, person, busy, note, acts }: Props & { view: Extract<View, { at: "refused" }> }) {
  const { who, org } = namesOf(view.preview);
  const names = { org: <bdi>{org}</bdi>, person: <bdi>{person}</bdi> };
  return (
    <GroupCard preview={view.preview} title={view.why === "removed" ? invite.removed : fillWith(invite.membersOnly, names)} quiet>
      <p>
        {view.why === "removed"
          ? fillWith(invite.removedWhy, names)
          : fillWith(invite.membersOnlyWhy, { ...names, who: who === "" ? invite.whoeverSentIt : <bdi>{who}</bdi> })}
      </p>
      <div class="actions">
        {note ? <Notice {...note} /> : null}
        <Button kind="main" busy={busy !== null} onClick={() => acts.signIn("other-account")}>
          {busy === "leaving" ? invite.leaving : invite.otherAccount}
        </Button>
      </div>
    </GroupCard>
  );
}
