import { useRef, useState } from "preact/hooks";
import type { Answer, Failure } from "../lib/api";
import { fill, fillWith } from "../lib/fill";
import { useNow } from "../lib/left";
import { useList } from "../lib/load";
import { approveRequest, declineRequest, listRequests, type AccessRequest } from "../lib/requests";
import { to } from "../lib/route";
import { ago, momentOf, dayOf } from "../lib/time";
import { Button } from "../parts/Button";
import { ConfirmDialog } from "../parts/ConfirmDialog";
import { List } from "../parts/List";
import { Notice } from "../parts/Notice";
import { nameOf } from "../parts/Person";
import { useSay } from "../parts/Status";
import { hueOf, initials } from "../parts/Tile";
import { Trouble } from "../parts/Trouble";
import { requests as texts } from "../texts";
import type { InGroup } from "./GroupPage";

/** Who asks to be let into the group, newest first. */
export function Requests({ group }: InGroup) {
  const list = useList((cursor) => listRequests(group.id, cursor), [group.id]);
  const [declining, setDeclining] = useState<AccessRequest | null>(null);
  const [gone, setGone] = useState<string | null>(null); // whose request was no longer open
  const declinedHere = useRef(false); // not by somebody else before
  const heading = useRef<HTMLHeadingElement>(null);
  const say = useSay();
  const now = useNow();
  const groupName = <bdi>{group.name}</bdi>;

  /** The request is no more. What had the focus goes with it. */
  const close = (request: AccessRequest, text: string) => {
    list.change((known) => known.filter(({ user }) => user.id !== request.user.id));
    say(text);
    heading.current?.focus();
  };

  const decline = async (request: AccessRequest): Promise<Answer<unknown>> => {
    const answer = await declineRequest(group.id, request.user.id);
    declinedHere.current = answer.ok;
    if (answer.ok || answer.failure.code !== "not_found") return answer;
    setGone(nameOf(request.user));
    return { ok: true, data: null };
  };

  return (
    <section class="section">
      <h2 ref={heading} tabIndex={-1}>
        {texts.title}
      </h2>
      {gone === null ? null : <Notice text={fill(texts.gone, { who: gone })} calm />}
      <List
        of={list}
        label={texts.list}
        keyOf={({ user }) => user.id}
        empty={
          <>
            <p class="empty-title">{texts.none}</p>
            <p>
              {fillWith(texts.noneWhy, { group: groupName })} {group.capabilities.includes("see_all_invites") ? "" : texts.noneOwn}
            </p>
          </>
        }
      >
        {(request) => (
          <Row
            request={request}
            groupId={group.id}
            org={group.orgName}
            now={now}
            onApproved={() => close(request, fill(texts.approved, { who: nameOf(request.user), group: group.name }))}
            onGone={() => {
              setGone(nameOf(request.user));
              close(request, "");
            }}
            decline={() => setDeclining(request)}
          />
        )}
      </List>
      {declining ? (
        <ConfirmDialog
          title={fillWith(texts.declineTitle, { who: <bdi>{nameOf(declining.user)}</bdi> })}
          verb={texts.decline}
          doing={texts.declining}
          act={() => decline(declining)}
          onDone={() => {
            setDeclining(null);
            close(declining, declinedHere.current ? fill(texts.declined, { who: nameOf(declining.user) }) : "");
          }}
          onClose={() => setDeclining(null)}
        >
          <p>{fillWith(texts.declineWhat, { who: <bdi>{nameOf(declining.user)}</bdi>, group: groupName })}</p>
        </ConfirmDialog>
      ) : null}
    </section>
  );
}

/** Before how long, in ms, is said when a request ends by itself. */
const soon = 7 * 24 * 60 * 60_000;

interface RowProps {
  request: AccessRequest;
  groupId: string;
  org: string;
  now: number;
  onApproved: () => void;
  /** Somebody else has decided, or its time is over. */
  onGone: () => void;
  decline: () => void;
}

function Row({ request, groupId, org, now, onApproved, onGone, decline }: RowProps) {
  const { user, email, message, requestedAt, expiresAt, newToOrg, inviteId } = request;
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const who = nameOf(user);
  const endsSoon = Date.parse(expiresAt) - now < soon;
  const approve = async () => {
    setBusy(true);
    setFailure(null);
    const answer = await approveRequest(groupId, user.id);
    setBusy(false);
    if (answer.ok) onApproved();
    else if (answer.failure.code === "not_found") onGone();
    else setFailure(answer.failure);
  };
  return (
    <div class="request-row">
      <span class={`face ${hueOf(user.name)}`} aria-hidden="true">
        {initials(user.name)}
      </span>
      <div class="request-what">
        <h3>
          <bdi>{who}</bdi>
        </h3>
        {email ? (
          <p class="small">
            <bdi>{email}</bdi>
          </p>
        ) : null}
        {message ? (
          <blockquote>
            <bdi>{message}</bdi>
          </blockquote>
        ) : null}
        <ul class="dots small">
          <li>
            <time dateTime={requestedAt} title={momentOf(new Date(requestedAt))}>
              {fill(texts.asked, { when: ago(now - Date.parse(requestedAt)) })}
            </time>
          </li>
          <li>
            <a href={to.invite(groupId, inviteId)}>{texts.by}</a>
          </li>
          {endsSoon ? <li class="warn">{fill(texts.until, { date: dayOf(new Date(expiresAt)) })}</li> : null}
        </ul>
        <p class="small">{fillWith(newToOrg ? texts.newToOrg : texts.inOrg, { org: <bdi>{org}</bdi> })}</p>
        {failure ? <Trouble failure={failure} /> : null}
        <div class="request-actions">
          <Button kind="main" busy={busy} onClick={() => void approve()} label={busy ? undefined : fill(texts.approveWho, { who })}>
            {busy ? texts.approving : texts.approve}
          </Button>
          <Button busy={busy} onClick={decline} label={fill(texts.declineWho, { who })}>
            {texts.decline}
          </Button>
        </div>
      </div>
    </div>
  );
}
