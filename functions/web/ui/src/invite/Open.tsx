import type { Preview } from "../lib/api";
import { fill, fillWith } from "../lib/fill";
import { useLeft } from "../lib/left";
import { remaining, words } from "../lib/time";
import { Button } from "../parts/Button";
import { Icon } from "../parts/Icon";
import { invite } from "../texts";
import { AccountActions } from "./Account";
import { GroupCard, namesOf } from "./Card";
import type { Props } from "./Screen";
import type { Acts } from "./state";

/** An invite that one can join by. */
export function Open(props: Props & { preview: Preview; ahead: number }) {
  const { preview, ahead, busy, acts } = props;
  const { who, group, org } = namesOf(preview);
  return (
    <GroupCard
      preview={preview}
      title={
        who === ""
          ? fillWith(invite.invitedBySomeone, { group: <bdi>{group}</bdi> })
          : fillWith(invite.invited, { who: <bdi>{who}</bdi>, group: <bdi>{group}</bdi> })
      }
    >
      <ul class="facts">
        <li>
          <Icon name="clock" />
          <Expiry expiresAt={preview.expiresAt} ahead={ahead} acts={acts} />
        </li>
        <li>
          <Icon name={preview.access === "org" ? "lock" : "people"} />
          <span>{fillWith(preview.access === "org" ? invite.forMembers : invite.forAnyone, { org: <bdi>{org}</bdi> })}</span>
        </li>
      </ul>
      <AccountActions {...props} signIn={invite.signIn}>
        {(person) => (
          <Button kind="main" busy={busy !== null} onClick={acts.join}>
            {busy === "joining" ? invite.joining : fillWith(invite.join, { person: <bdi>{person}</bdi> })}
          </Button>
        )}
      </AccountActions>
    </GroupCard>
  );
}

/** When the invite ends: the instant, and how long that is from now. It is read out only as the end comes near. */
function Expiry({ expiresAt, ahead, acts }: { expiresAt: string | null; ahead: number; acts: Acts }) {
  const left = useLeft(expiresAt, ahead, (mark) => acts.say(invite.left[mark]), acts.ended);
  if (expiresAt === null) return <span>{invite.never}</span>;
  return (
    <span>
      <time dateTime={expiresAt}>{fill(invite.expires, words(new Date(expiresAt)))}</time>
      <span class={left < 10 * 60_000 ? "left soon" : "left"}>{remaining(left)}</span>
    </span>
  );
}
