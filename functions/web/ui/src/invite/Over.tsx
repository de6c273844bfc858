import type { Preview } from "../lib/api";
import { fill, fillWith } from "../lib/fill";
import { words } from "../lib/time";
import { Button } from "../parts/Button";
import { Icon } from "../parts/Icon";
import { Notice } from "../parts/Notice";
import { invite } from "../texts";
import { AccountActions } from "./Account";
import { GroupCard, namesOf } from "./Card";
import { RequestForm } from "./Request";
import type { Props } from "./Screen";

/** Whom to ask for a new invite. */
function Ask({ preview }: { preview: Preview }) {
  const { who } = namesOf(preview);
  return <>{who === "" ? invite.askSender : fillWith(invite.askCreator, { who: <bdi>{who}</bdi> })}</>;
}

/** An invite whose time is over. Access can be requested by it. */
export function Expired(props: Props & { preview: Preview }) {
  const { preview } = props;
  return (
    <GroupCard preview={preview} title={invite.expired} quiet>
      {preview.expiresAt === null ? null : (
        <ul class="facts">
          <li>
            <Icon name="hourglass" />
            <time dateTime={preview.expiresAt}>{fill(invite.ended, words(new Date(preview.expiresAt)))}</time>
          </li>
        </ul>
      )}
      <p>
        <Ask preview={preview} /> {invite.orRequest}
      </p>
      <AccountActions {...props} signIn={invite.signInToRequest}>
        {(person) => <RequestForm person={person} busy={props.busy} request={props.acts.request} />}
      </AccountActions>
    </GroupCard>
  );
}

/** An invite whose creator may not invite people now. */
export function OnHold({ preview, acts, note }: Props & { preview: Preview }) {
  const { who, org } = namesOf(preview);
  return (
    <GroupCard preview={preview} title={invite.suspended} quiet>
      <p>
        {who === ""
          ? fillWith(invite.suspendedWhySomeone, { org: <bdi>{org}</bdi> })
          : fillWith(invite.suspendedWhy, { who: <bdi>{who}</bdi>, org: <bdi>{org}</bdi> })}
      </p>
      <div class="actions">
        {note ? <Notice {...note} /> : null}
        <Button onClick={acts.retry}>{invite.retry}</Button>
      </div>
    </GroupCard>
  );
}

/** An invite whose places are all taken. */
export function UsedUp({ preview }: { preview: Preview }) {
  return (
    <GroupCard preview={preview} title={invite.usedUp} quiet>
      <p>
        <Ask preview={preview} />
      </p>
    </GroupCard>
  );
}
