import type { Me } from "../lib/api";
import { readGroup, type Role, type SingleGroup, type Versioned } from "../lib/directory";
import { fill } from "../lib/fill";
import { both, useLoad, type Loaded } from "../lib/load";
import { go, to, type Route } from "../lib/route";
import { Heading } from "../parts/Heading";
import { later } from "../parts/later";
import { Tabs } from "../parts/Tabs";
import { hueOf, Tile } from "../parts/Tile";
import { group as texts } from "../texts";
import { Missing, Waiting } from "./Missing";

/** What the screens of a group are given. */
export interface InGroup {
  group: SingleGroup;
  /** Version of the group that was read, for changing it. */
  etag: string;
  /** The person who is signed in. */
  me: Me;
  /** His role in the group's organization. */
  role: Role;
  /** The group was changed: how it is now. */
  changed: (group: Versioned<SingleGroup>) => void;
  /** Reads the group again, without taking anything from the screen. */
  refresh: () => void;
  /** What the person is in was changed. */
  setMe: (me: Me) => void;
}

const Members = later(() => import("./Members").then((module) => module.Members));
const Invites = later(() => import("./Invites").then((module) => module.Invites));
const Invite = later(() => import("./Invite").then((module) => module.Invite));
const NewInvite = later(() => import("./NewInvite").then((module) => module.NewInvite));
const Requests = later(() => import("./Requests").then((module) => module.Requests));

/** The settings of a group: what it is, and the tabs of its screens. */
export function GroupPage({ route, me }: { route: Extract<Route, { at: "group" }>; me: Loaded<Me> }) {
  const { groupId, tab, inviteId, creating } = route;
  const asked = useLoad(() => readGroup(groupId), [groupId]);
  const Screen = tab === "members" ? Members : tab === "requests" ? Requests : Invites;
  if (inviteId === null) Screen.ask();
  else Invite.ask();

  const state = both(me.state, asked.state);
  if (state.at === "loading") return <Waiting />;
  if (state.at === "failed") return <Missing failure={state.failure} gone={texts.gone} retry={() => [me, asked].forEach((load) => load.retry())} />;
  const [person, { thing: group, etag }] = state.data;
  const role = person.orgs.find((org) => org.id === group.orgId)?.role ?? "user";
  const screen = { group, etag, me: person, role, changed: asked.set, refresh: asked.refresh, setMe: me.set };
  const here = inviteId === null ? texts.tabs[tab] : texts.invite;
  return (
    <>
      <div class={`page-head ${hueOf(group.name)}`}>
        <Tile name={group.name} />
        <div>
          <Heading title={fill(texts.title, { group: group.name, here })}>
            <bdi>{group.name}</bdi>
            <span class="unseen">: {here}</span>
          </Heading>
          <p>
            <a href={to.org(group.orgId)}>
              <bdi>{group.orgName}</bdi>
            </a>
          </p>
        </div>
      </div>
      <Tabs
        label={texts.nav}
        tabs={[
          { name: texts.tabs.members, href: to.group(groupId), current: tab === "members" },
          { name: texts.tabs.invites, href: to.group(groupId, "invites"), current: tab === "invites" },
          ...(group.capabilities.includes("create_invites") // whoever makes invites may decide on what is asked by them
            ? [{ name: texts.tabs.requests, href: to.group(groupId, "requests"), current: tab === "requests" }]
            : []),
        ]}
      />
      {inviteId === null ? <Screen key={tab} {...screen} /> : <Invite key={inviteId} {...screen} inviteId={inviteId} />}
      {creating && group.capabilities.includes("create_invites") ? (
        <NewInvite
          group={group}
          onClose={() => go(to.group(groupId, tab), { replace: true })}
          onCreated={(invite) => go(to.invite(groupId, invite.id), { replace: true })}
        />
      ) : null}
    </>
  );
}
