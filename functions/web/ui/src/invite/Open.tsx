import { useEffect, useRef, useState } from "preact/hooks";
import type { Preview } from "../lib/api";
import { fill, fillWith } from "../lib/fill";
import { announcement, nextWording, remaining, words } from "../lib/time";
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
  const end = expiresAt === null ? Infinity : Date.parse(expiresAt);
  const leftNow = () => end - (Date.now() + ahead);
  const [left, setLeft] = useState(leftNow);
  const before = useRef(left);
  useEffect(() => {
    const now = leftNow();
    before.current = now;
    setLeft(now);
  }, [end, ahead]);
  useEffect(() => {
    if (end === Infinity) return;
    const due = announcement(before.current, left);
    before.current = left;
    if (due) acts.say(invite.left[due]);
    // At its end the server is asked, and if it sees some time left, again a second later.
    const timer = setTimeout(left > 0 ? () => setLeft(leftNow()) : acts.ended, left > 0 ? nextWording(left) : 1000);
    return () => clearTimeout(timer);
  }, [left, end, ahead]);

  if (expiresAt === null) return <span>{invite.never}</span>;
  return (
    <span>
      <time dateTime={expiresAt}>{fill(invite.expires, words(new Date(end)))}</time>
      <span class={left < 10 * 60_000 ? "left soon" : "left"}>{remaining(left)}</span>
    </span>
  );
}
