import { useState } from "preact/hooks";
import { createGroup, listGroups } from "../lib/directory";
import { fill, fillWith } from "../lib/fill";
import { sortedIfWhole, useList } from "../lib/load";
import { go, to } from "../lib/route";
import { Badge } from "../parts/Badge";
import { Button } from "../parts/Button";
import { Icon } from "../parts/Icon";
import { List } from "../parts/List";
import { plain } from "../parts/Person";
import { Search, worthSearching } from "../parts/Search";
import { useSay } from "../parts/Status";
import { hueOf, Tile } from "../parts/Tile";
import { name, org as orgTexts, people } from "../texts";
import { NameDialog } from "./NameForm";
import type { InOrg } from "./OrgPage";

const texts = orgTexts.groups;

/** The groups of an organization: all of them to admins, their own to others. */
export function Groups({ org, me, role }: InOrg) {
  const groups = useList((cursor) => listGroups(org.id, cursor).then((answer) => sortedIfWhole(answer, cursor)), [org.id]);
  const [search, setSearch] = useState("");
  const [creating, setCreating] = useState(false);
  const say = useSay();
  const mine = new Set(me.orgs.find(({ id }) => id === org.id)?.groups.map(({ id }) => id));
  const isAdmin = role === "admin";
  const many = groups.state.at === "ready" && (groups.state.data.length >= worthSearching || groups.more);
  const newButton = isAdmin ? (
    <Button kind="main" icon="plus" onClick={() => setCreating(true)}>
      {texts.new}
    </Button>
  ) : null;
  const empty = groups.state.at === "ready" && groups.state.data.length === 0;

  return (
    <section class="section">
      <div class="section-head">
        <h2>{texts.title}</h2>
        {empty ? null : newButton}
      </div>
      {many ? <Search label={texts.search} hint={groups.more ? people.searchPart : undefined} value={search} onInput={setSearch} /> : null}
      <List
        of={groups}
        label={texts.title}
        keyOf={(group) => group.id}
        filter={(group) => plain(group.name).includes(plain(search.trim()))}
        noneShown={<p>{texts.noneFound}</p>}
        empty={
          <>
            <p class="empty-title">{isAdmin ? texts.empty : fillWith(texts.emptyMine, { org: <bdi>{org.name}</bdi> })}</p>
            <p>{isAdmin ? texts.emptyWhy : texts.emptyMineWhy}</p>
            {newButton}
          </>
        }
      >
        {(group) => (
          <a class={`group-link ${hueOf(group.name)}`} href={to.group(group.id)}>
            <Tile name={group.name} />
            <bdi>{group.name}</bdi>
            {isAdmin && mine.has(group.id) ? <Badge>{texts.yours}</Badge> : null}
            <Icon name="next" />
          </a>
        )}
      </List>
      {creating ? (
        <NameDialog
          title={texts.newTitle}
          draft={`group of ${org.id}`}
          hint={texts.newHint}
          verb={name.create}
          doing={name.creating}
          save={(wanted) => createGroup(org.id, wanted)}
          onDone={(group) => {
            say(fill(texts.created, { group: group.name }));
            go(to.group(group.id));
          }}
          onClose={() => setCreating(false)}
        />
      ) : null}
    </section>
  );
}
