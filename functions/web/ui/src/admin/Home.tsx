import { useEffect, useState } from "preact/hooks";
import type { Me } from "../lib/api";
import { createOrg, type Org } from "../lib/directory";
import { fill } from "../lib/fill";
import type { Loaded } from "../lib/load";
import { go, to } from "../lib/route";
import { Badge } from "../parts/Badge";
import { Button } from "../parts/Button";
import { Heading } from "../parts/Heading";
import { Icon } from "../parts/Icon";

import { Skeleton } from "../parts/Skeleton";
import { useSay } from "../parts/Status";
import { hueOf, Tile } from "../parts/Tile";
import { Trouble } from "../parts/Trouble";
import { home, name, roles } from "../texts";
import { NameDialog, NameForm } from "./NameForm";

/** The organizations and groups of the person who is signed in, or what to do before there are any. */
export function Home({ me, openOrganizations }: { me: Loaded<Me>; openOrganizations: boolean }) {
  const { state } = me;
  useEffect(() => {
    if (state.at === "ready") me.refresh(); // it is come back to
  }, []);
  const isNew = state.at === "ready" && state.data.orgs.length === 0;
  const title = isNew ? home.welcome : home.title;
  return (
    <>
      <Heading title={title}>{title}</Heading>
      {state.at === "loading" ? <Skeleton /> : null}
      {state.at === "failed" ? <Trouble failure={state.failure} retry={me.retry} /> : null}
      {state.at === "ready" ? (
        isNew ? (
          <FirstUse me={state.data} set={me.set} openOrganizations={openOrganizations} />
        ) : (
          <Orgs me={state.data} set={me.set} openOrganizations={openOrganizations} />
        )
      ) : null}
    </>
  );
}

interface Props {
  me: Me;
  set: (me: Me) => void;
  openOrganizations: boolean;
}

/** How a new organization is made: what is asked, and what comes then. */
function useNewOrg({ me, set }: Props) {
  const say = useSay();
  return {
    draft: "organization",
    verb: name.create,
    doing: name.creating,
    save: createOrg,
    wordsFor: ({ code }: { code: string }) => (code === "forbidden" ? home.forbidden : code === "limit_reached" ? home.limit : undefined),
    onDone: (org: Org) => {
      set({ ...me, orgs: [...me.orgs, { ...org, role: "admin", groups: [] }] });
      say(fill(home.created, { org: org.name }));
      go(to.org(org.id));
    },
  };
}

function FirstUse(props: Props) {
  const form = useNewOrg(props);
  return (
    <>
      <section class="card plain">
        <h2>{home.invited}</h2>
        <p>{home.invitedWhy}</p>
      </section>
      {props.openOrganizations ? (
        <section class="card plain">
          <h2>{home.start}</h2>
          <p>{home.startWhy}</p>
          <NameForm {...form} />
        </section>
      ) : null}
    </>
  );
}

function Orgs(props: Props) {
  const { me, openOrganizations } = props;
  const [creating, setCreating] = useState(false);
  const form = useNewOrg(props);
  return (
    <>
      {me.orgs.map((org) => (
        <section key={org.id} class="card plain">
          <h2>
            <a class="org-link" href={to.org(org.id)}>
              <bdi>{org.name}</bdi>
              {org.role === "user" ? null : <Badge>{roles[org.role]}</Badge>}
              <Icon name="next" />
            </a>
          </h2>
          {org.groups.length === 0 ? (
            <>
              <p class="soft">{org.role === "admin" ? home.noGroupsAdmin : home.noGroups}</p>
              {org.role === "admin" ? (
                <a class="button" href={to.org(org.id)}>
                  <span>{home.allGroups}</span>
                </a>
              ) : null}
            </>
          ) : (
            <ul class="groups">
              {org.groups.map((group) => (
                <li key={group.id}>
                  <a class={hueOf(group.name)} href={to.group(group.id)}>
                    <Tile name={group.name} />
                    <bdi>{group.name}</bdi>
                    <Icon name="next" />
                  </a>
                </li>
              ))}
            </ul>
          )}
        </section>
      ))}
      {openOrganizations ? (
        <div>
          <Button onClick={() => setCreating(true)}>{home.newOrg}</Button>
        </div>
      ) : null}
      {creating ? <NameDialog {...form} title={home.newOrg} hint={home.startWhy} onClose={() => setCreating(false)} /> : null}
    </>
  );
}
