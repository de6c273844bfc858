import type { SingleGroup } from "../lib/directory";
import type { components } from "../schema";
import { Dialog } from "../parts/Dialog";

interface Props {
  group: SingleGroup;
  /** It is to be taken away. */
  onClose: () => void;
  /** The invite was created: its screen comes next. */
  onCreated: (invite: components["schemas"]["Invite"]) => void;
}

/** The dialog for a new invite, over any screen of the group: at its address with "?new" (to.newInvite). */
export function NewInvite({ group, onClose }: Props) {
  return (
    <Dialog title={group.name} onClose={onClose} wide>
      <p />
    </Dialog>
  );
}
