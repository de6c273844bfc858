import type { Joined as Result } from "../lib/api";
import { continueAt } from "../lib/config";
import { fillWith } from "../lib/fill";
import { hueOf, Tile } from "../parts/Tile";
import { invite } from "../texts";
import type { Props } from "./Screen";

/** The person is in, now or before. */
export function Joined({ joined, person, config }: Props & { joined: Result }) {
  const group = <bdi>{joined.group.name}</bdi>;
  return (
    <article class={`card joined ${hueOf(joined.group.name)}`}>
      <div class="band">
        <Tile icon="check" />
      </div>
      <h1 tabIndex={-1}>{joined.alreadyMember ? invite.already : fillWith(invite.welcome, { group })}</h1>
      <p class="of">
        <bdi>{joined.group.name}</bdi> · <bdi>{joined.org.name}</bdi>
      </p>
      <p>
        {joined.alreadyMember
          ? fillWith(invite.alreadyIn, { group })
          : person === null
            ? invite.joinedBefore
            : fillWith(invite.joined, { person: <bdi>{person}</bdi> })}
      </p>
      {config === null ? null : (
        <div class="actions">
          <a class="button main" href={continueAt(config, joined)}>
            <span>{fillWith(invite.open, { group })}</span>
          </a>
        </div>
      )}
    </article>
  );
}
