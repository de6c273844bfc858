import type { Me } from "../lib/api";
import type { Loaded } from "../lib/load";
import { to } from "../lib/route";
import { Heading } from "../parts/Heading";
import { Skeleton } from "../parts/Skeleton";
import { hueOf, Tile } from "../parts/Tile";
import { Trouble } from "../parts/Trouble";
import { home } from "../texts";

/** The organizations and groups of the person who is signed in. */
export function Home({ me }: { me: Loaded<Me> }) {
  const { state } = me;
  return (
    <>
      <Heading title={home.title}>{home.title}</Heading>
      {state.at === "loading" ? <Skeleton /> : state.at === "failed" ? <Trouble failure={state.failure} retry={me.retry} /> : <Orgs me={state.data} />}
    </>
  );
}

function Orgs({ me }: { me: Me }) {
  return (
    <>
      {me.orgs.length === 0 ? <p>{home.none}</p> : null}
      {me.orgs.map((org) => (
        <section key={org.id} class="card plain">
          <h2>
            <a href={to.org(org.id)}>
              <bdi>{org.name}</bdi>
            </a>
          </h2>
          {org.groups.length === 0 ? <p>{home.noGroups}</p> : null}
          <ul class="groups">
            {org.groups.map((group) => (
              <li key={group.id}>
                <a class={hueOf(group.name)} href={to.group(group.id)}>
                  <Tile name={group.name} />
                  <bdi>{group.name}</bdi>
                </a>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}
