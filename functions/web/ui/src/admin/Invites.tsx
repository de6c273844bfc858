import { useState } from "preact/hooks";
import { fill, fillWith } from "../lib/fill";
import { listInvites, type Invite, type InviteState as State } from "../lib/invites";
import { useNow } from "../lib/left";
import { useList } from "../lib/load";
import { to } from "../lib/route";
import { ago, dayOf, remaining } from "../lib/time";
import { Icon } from "../parts/Icon";
import { Field } from "../parts/Field";
import { List } from "../parts/List";
import { isCalled } from "../parts/Person";
import { Search } from "../parts/Search";
import { invites as texts, newInvite, states } from "../texts";
import type { InGroup } from "./GroupPage";
import { InviteState } from "./InviteState";

/** The invites of a group that the person sees, newest first. */
export function Invites({ group, me }: InGroup) {
  const list = useList((cursor) => listInvites(group.id, cursor), [group.id]);
  const [search, setSearch] = useState("");
  const [state, setState] = useState<State | "all">("all");
  const now = useNow();
  const mayCreate = group.capabilities.includes("create_invites");
  const seesAll = group.capabilities.includes("see_all_invites");

  const all = list.state.at === "ready" ? list.state.data : [];
  const matches = (invite: Invite) =>
    (state === "all" || invite.state === state) && (isCalled({ name: titleOf(invite) }, search) || isCalled(invite.createdBy, search));
  const filtered = state !== "all" || search.trim() !== "";
  const shown = all.filter(matches).length;
  const create = mayCreate ? (
    <a class="button main" href={to.newInvite(group.id)}>
      <Icon name="plus" />
      <span>{newInvite.button}</span>
    </a>
  ) : null;
  const empty = all.length === 0;

  return (
    <section class="section">
      <div class="section-head">
        <h2>{texts.title}</h2>
        {empty ? null : create}
      </div>
      {all.length > 1 ? (
        <div class="filter" role="search" aria-label={texts.filter}>
          <Search label={texts.search} value={search} onInput={setSearch} />
          <Field label={texts.state}>
            {(ties) => (
              <select {...ties} value={state} onChange={(event) => setState(event.currentTarget.value as State | "all")}>
                <option value="all">{texts.all}</option>
                {(Object.keys(states) as State[]).map((one) => (
                  <option key={one} value={one}>
                    {states[one]}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <p class="small" aria-live="polite">
            {filtered ? fill(list.more ? texts.shownOfMore : texts.shown, { shown: String(shown), count: String(all.length) }) : ""}
          </p>
        </div>
      ) : null}
      <List
        of={list}
        label={texts.list}
        keyOf={(invite) => invite.id}
        filter={matches}
        noneShown={texts.noneShown}
        empty={
          <>
            <p class="empty-title">{texts.none}</p>
            <p>
              {fillWith(texts.noneWhy, { group: <bdi>{group.name}</bdi> })} {seesAll ? "" : texts.noneOwn}
            </p>
            {create}
          </>
        }
      >
        {(invite) => <Row invite={invite} mine={invite.createdBy.id === me.user.id} now={now} />}
      </List>
    </section>
  );
}

function Row({ invite, mine, now }: { invite: Invite; mine: boolean; now: number }) {
  const { createdBy } = invite;
  return (
    <div class="invite-row">
      <h3>
        <a href={to.invite(invite.groupId, invite.id)}>
          <bdi>{titleOf(invite)}</bdi>
        </a>
      </h3>
      <InviteState state={invite.state} />
      <ul class="dots small">
        <li>{expiryOf(invite, now)}</li>
        <li>{placesOf(invite)}</li>
      </ul>
      <ul class="dots small">
        <li>{invite.access === "anyone" ? texts.forAnyone : fillWith(texts.forMembers, { org: <bdi>{invite.orgName}</bdi> })}</li>
        <li>{mine ? texts.byYou : createdBy.name === "" ? texts.bySomeone : fillWith(texts.by, { who: <bdi>{createdBy.name}</bdi> })}</li>
      </ul>
    </div>
  );
}

/** What an invite is called: its name, or when it was made. */
export function titleOf(invite: Invite): string {
  return invite.name === "" ? fill(texts.unnamed, { date: dayOf(new Date(invite.createdAt)) }) : invite.name;
}

function expiryOf({ expiresAt, state }: Invite, now: number) {
  if (expiresAt === null) return texts.never;
  const left = Date.parse(expiresAt) - now;
  const when = <time dateTime={expiresAt}>{state === "expired" ? ago(-left) : remaining(left)}</time>;
  return fillWith(state === "expired" ? texts.expired : texts.expires, { when });
}

function placesOf({ maxUses, uses }: Invite): string {
  if (maxUses !== null) return fill(texts.places, { left: String(Math.max(0, maxUses - uses)), all: String(maxUses) });
  return uses === 1 ? texts.joinedOne : fill(texts.joined, { count: String(uses) });
}
