import type { Me } from "../lib/api";
import { readOrg, type Org, type Role, type Versioned } from "../lib/directory";
import { fill } from "../lib/fill";
import { both, useLoad, type Loaded } from "../lib/load";
import { to, type OrgTab } from "../lib/route";
import { Heading } from "../parts/Heading";
import { later } from "../parts/later";
import { Tabs } from "../parts/Tabs";
import { hueOf, Tile } from "../parts/Tile";
import { org as texts } from "../texts";
import { Missing, Waiting } from "./Missing";

/** What the screens of an organization are given. */
export interface InOrg {
  org: Org;
  /** Version of the organization that was read, for changing it. */
  etag: string;
  /** The person who is signed in. */
  me: Me;
  /** His role in the organization. */
  role: Role;
  /** The organization was changed: how it is now. */
  changed: (org: Versioned<Org>) => void;
  /** Reads the organization again, without taking anything from the screen. */
  refresh: () => void;
  /** What the person is in was changed. */
  setMe: (me: Me) => void;
}

const screens = {
  groups: later(() => import("./Groups").then((module) => module.Groups)),
  members: later(() => import("./OrgMembers").then((module) => module.OrgMembers)),
  settings: later(() => import("./Settings").then((module) => module.Settings)),
  audit: later(() => import("./Audit").then((module) => module.Audit)),
};

/** The tabs that people with a role have. */
function tabsOf(role: Role): OrgTab[] {
  switch (role) {
    case "admin":
      return ["groups", "members", "settings", "audit"];
    case "manager":
      return ["groups", "members", "settings"];
    case "user":
      return ["groups", "settings"];
  }
}

/** An organization: what it is, and the tabs of its screens. */
export function OrgPage({ orgId, tab, me }: { orgId: string; tab: OrgTab; me: Loaded<Me> }) {
  const asked = useLoad(() => readOrg(orgId), [orgId]);
  const Screen = screens[tab];
  Screen.ask();

  const state = both(me.state, asked.state);
  if (state.at === "loading") return <Waiting />;
  if (state.at === "failed") return <Missing failure={state.failure} gone={texts.gone} retry={() => [me, asked].forEach((load) => load.retry())} />;
  const [person, { thing: org, etag }] = state.data;
  const role = person.orgs.find((mine) => mine.id === orgId)?.role ?? "user";
  return (
    <>
      <div class={`page-head ${hueOf(org.name)}`}>
        <Tile name={org.name} />
        <div>
          <Heading title={fill(texts.title, { org: org.name, here: texts.tabs[tab] })}>
            <bdi>{org.name}</bdi>
            <span class="unseen">: {texts.tabs[tab]}</span>
          </Heading>
          <p>{texts.yourRole[role]}</p>
        </div>
      </div>
      <Tabs label={texts.nav} tabs={tabsOf(role).map((name) => ({ name: texts.tabs[name], href: to.org(orgId, name), current: name === tab }))} />
      <Screen key={tab} org={org} etag={etag} me={person} role={role} changed={asked.set} setMe={me.set} refresh={asked.refresh} />
    </>
  );
}
