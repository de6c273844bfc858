import { useState } from "preact/hooks";
import { fill, fillWith } from "../lib/fill";
import { deleteInvite, readInvite, type Invite as Shape } from "../lib/invites";
import { useLeft } from "../lib/left";
import { useLoad } from "../lib/load";
import { go, to } from "../lib/route";
import { remaining, words } from "../lib/time";
import { useReturn } from "../lib/watch";
import { Button } from "../parts/Button";
import { ConfirmDialog } from "../parts/ConfirmDialog";
import { Icon } from "../parts/Icon";
import { Skeleton } from "../parts/Skeleton";
import { useSay } from "../parts/Status";
import { Trouble } from "../parts/Trouble";
import { invite as open, invitePage as texts, invites } from "../texts";
import type { InGroup } from "./GroupPage";
import { InviteLink } from "./InviteLink";
import { titleOf } from "./Invites";
import { InviteState } from "./InviteState";
import { Joins } from "./Joins";
import { Recipients } from "./Recipients";

/** One invite, below the tabs of its group. It is come to after creating it, too. */
export function Invite({ group, me, inviteId }: InGroup & { inviteId: string }) {
  const path = { groupId: group.id, inviteId };
  const asked = useLoad(() => readInvite(path), [group.id, inviteId]);
  const [looked, setLooked] = useState(0); // how often what it has led to was asked for anew
  const { state } = asked;
  const look = () => {
    asked.refresh();
    setLooked((before) => before + 1);
  };
  useReturn(look);

  return (
    <>
      <p class="back">
        <a href={to.group(group.id, "invites")}>
          <Icon name="back" />
          {texts.back}
        </a>
      </p>
      {state.at === "loading" ? (
        <Skeleton lines={6} />
      ) : state.at === "failed" ? (
        <Trouble failure={state.failure} retry={state.failure.code === "not_found" ? undefined : asked.retry}>
          {state.failure.code === "not_found" ? texts.gone : undefined}
        </Trouble>
      ) : (
        <>
          <About invite={state.data.invite} ahead={state.data.ahead} mine={state.data.invite.createdBy.id === me.user.id} look={look} />
          <Recipients path={path} invite={state.data.invite} looked={looked} look={asked.refresh} />
          <Joins path={path} looked={looked} />
        </>
      )}
    </>
  );
}

/** What the invite is: its link, and how it is set. */
function About({ invite, ahead, mine, look }: { invite: Shape; ahead: number; mine: boolean; look: () => void }) {
  const say = useSay();
  const [deleting, setDeleting] = useState(false);
  const active = invite.state === "active";
  const left = useLeft(active ? invite.expiresAt : null, ahead, (mark) => say(open.left[mark]), look);
  const group = <bdi>{invite.groupName}</bdi>;
  const org = <bdi>{invite.orgName}</bdi>;
  const who = invite.createdBy.name === "" ? texts.someone : <bdi>{invite.createdBy.name}</bdi>;
  const created = words(new Date(invite.createdAt));

  const remove = async () => {
    const answer = await deleteInvite({ groupId: invite.groupId, inviteId: invite.id });
    return !answer.ok && answer.failure.code === "not_found" ? { ok: true as const, data: null } : answer; // somebody was quicker
  };

  return (
    <article class="invite-about">
      <header class="invite-head">
        <h2>
          <bdi>{titleOf(invite)}</bdi>
        </h2>
        <InviteState state={invite.state} />
      </header>

      <Why invite={invite} />
      {invite.url === null ? null : <InviteLink invite={invite} url={invite.url} />}

      <dl class="invite-facts">
        <div>
          <dt>{texts.expires}</dt>
          <dd>
            {invite.expiresAt === null ? (
              texts.never
            ) : (
              <>
                <time dateTime={invite.expiresAt}>{fill(texts.instant, words(new Date(invite.expiresAt)))}</time>
                {active ? <span class={left < 10 * 60_000 ? "left soon" : "left"}>{remaining(left)}</span> : null}
              </>
            )}
          </dd>
        </div>
        <div>
          <dt>{texts.access}</dt>
          <dd>{invite.access === "anyone" ? invites.forAnyone : fillWith(invites.forMembers, { org })}</dd>
        </div>
        <div>
          <dt>{texts.places}</dt>
          <dd>{placesOf(invite)}</dd>
        </div>
        <div>
          <dt>{texts.createdBy}</dt>
          <dd>{mine ? fillWith(texts.you, { who }) : who}</dd>
        </div>
        <div>
          <dt>{texts.created}</dt>
          <dd>
            <time dateTime={invite.createdAt}>{fill(texts.instant, created)}</time>
          </dd>
        </div>
        <div>
          <dt>{texts.group}</dt>
          <dd>{group}</dd>
        </div>
        <div>
          <dt>{texts.org}</dt>
          <dd>{org}</dd>
        </div>
      </dl>

      <div class="invite-actions">
        <Button kind="danger" icon="trash" onClick={() => setDeleting(true)}>
          {texts.remove}
        </Button>
      </div>

      {deleting ? (
        <ConfirmDialog
          title={texts.removeTitle}
          verb={texts.remove}
          doing={texts.removing}
          act={remove}
          onDone={() => {
            say(texts.removed);
            go(to.group(invite.groupId, "invites"), { replace: true });
          }}
          onClose={() => setDeleting(false)}
        >
          <p>
            {texts.removeWhat} {fillWith(texts.removeKeep, { group })}
          </p>
        </ConfirmDialog>
      ) : null}
    </article>
  );
}

/** Why the invite lets nobody in, or why its link isn't here. */
function Why({ invite }: { invite: Shape }) {
  const who = invite.createdBy.name === "" ? texts.someone : <bdi>{invite.createdBy.name}</bdi>;
  const names = { who, group: <bdi>{invite.groupName}</bdi>, org: <bdi>{invite.orgName}</bdi> };
  const why = {
    active: null,
    expired: texts.why.expired,
    used_up: texts.why.used_up,
    suspended: (
      <>
        {fillWith(invite.access === "anyone" ? texts.why.suspendedAnyone : texts.why.suspendedOrg, names)} {fillWith(texts.why.suspendedLeft, names)}
      </>
    ),
  }[invite.state];
  const hidden = invite.url === null ? fillWith(invite.access === "anyone" ? texts.why.hidden : texts.why.hiddenOrg, names) : null;
  if (why === null && hidden === null) return null;
  return (
    <div class="notice calm">
      <Icon name="info" />
      <div class="paragraphs">
        {why === null ? null : <p>{why}</p>}
        {hidden === null ? null : <p>{hidden}</p>}
      </div>
    </div>
  );
}

function placesOf({ maxUses, uses }: Shape): string {
  if (maxUses === null) return fill(uses === 1 ? texts.joinedOne : texts.joined, { uses: String(uses) });
  return fill(texts.taken, { uses: String(uses), all: String(maxUses), left: String(Math.max(0, maxUses - uses)) });
}
