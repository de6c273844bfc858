import type { ComponentChildren } from "preact";
import type { Preview } from "../lib/api";
import { fillWith } from "../lib/fill";
import type { IconName } from "../parts/Icon";
import { hueOf, Tile } from "../parts/Tile";
import { invite } from "../texts";

/** The group and organization of an invite. Only those of a deleted one have no names, and it isn't shown on a card. */
export function namesOf(preview: Preview) {
  return { who: preview.createdBy.name ?? "", group: preview.group.name ?? "", org: preview.org.name ?? "" };
}

/** A card about a group, in its colour. */
export function GroupCard({ preview, title, children, quiet = false }: { preview: Preview; title: ComponentChildren; children: ComponentChildren; quiet?: boolean }) {
  const { group, org } = namesOf(preview);
  return (
    <article class={`card ${hueOf(group)} ${quiet ? "quiet" : ""}`}>
      <div class="band">
        <Tile name={group} />
      </div>
      <h1 tabIndex={-1}>{title}</h1>
      <p class="of">
        {quiet ? (
          <>
            <bdi>{group}</bdi> · <bdi>{org}</bdi>
          </>
        ) : (
          fillWith(invite.groupOf, { org: <bdi>{org}</bdi> })
        )}
      </p>
      {children}
    </article>
  );
}

/** A card that is about no group. */
export function PlainCard({ icon, title, children }: { icon: IconName; title: string; children?: ComponentChildren }) {
  return (
    <article class="card quiet">
      <div class="band">
        <Tile icon={icon} />
      </div>
      <h1 tabIndex={-1}>{title}</h1>
      {children}
    </article>
  );
}
