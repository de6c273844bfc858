import { useEffect, useState } from "preact/hooks";
import { readMe, type Answer, type Me } from "../lib/api";
import { Button } from "../parts/Button";
import { Notice } from "../parts/Notice";
import { hueOf, Tile } from "../parts/Tile";
import { home, invite, problems } from "../texts";

/** The organizations and groups of the person who is signed in. */
export function Home() {
  const [me, setMe] = useState<Answer<Me> | null>(null);
  const load = () => {
    setMe(null);
    void readMe().then(setMe);
  };
  useEffect(load, []);

  if (me === null) return <p role="status">{home.loading}</p>;
  if (!me.ok) {
    return (
      <>
        <Notice text={problems[me.failure.code] ?? problems["internal_error"]!} requestId={me.failure.requestId} />
        <Button onClick={load}>{invite.retry}</Button>
      </>
    );
  }
  return (
    <>
      <h1 tabIndex={-1}>{home.title}</h1>
      {me.data.orgs.length === 0 ? <p>{home.none}</p> : null}
      {me.data.orgs.map((org) => (
        <section key={org.id} class="card plain">
          <h2>
            <bdi>{org.name}</bdi>
          </h2>
          {org.groups.length === 0 ? <p>{home.noGroups}</p> : null}
          <ul class="groups">
            {org.groups.map((group) => (
              <li key={group.id}>
                <a class={hueOf(group.name)} href={`/groups/${group.id}`}>
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
