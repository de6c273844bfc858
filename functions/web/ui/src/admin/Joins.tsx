import { useEffect } from "preact/hooks";
import { listJoins, type InvitePath } from "../lib/invites";
import { useList } from "../lib/load";
import { useNow } from "../lib/left";
import { ago, momentOf } from "../lib/time";
import { List } from "../parts/List";
import { PersonRow } from "../parts/Person";
import { invitePage as texts } from "../texts";

/** Who joined by an invite. It is asked for anew when looked changes. */
export function Joins({ path, looked }: { path: InvitePath; looked: number }) {
  const list = useList((cursor) => listJoins(path, cursor), [path.groupId, path.inviteId]);
  const now = useNow();
  useEffect(() => {
    if (looked === 0) return;
    void listJoins(path, null).then((answer) => {
      if (!answer.ok) return;
      list.change((known) => {
        const seen = new Set(known.map(keyOf));
        return [...answer.data.items.filter((join) => !seen.has(keyOf(join))), ...known];
      });
    });
  }, [looked]);
  return (
    <section class="section">
      <h2>{texts.joins}</h2>
      <List of={list} label={texts.joinsList} keyOf={keyOf} empty={<p>{texts.noJoins}</p>}>
        {({ user, joinedAt }) => (
          <PersonRow
            person={user}
            note={
              <time dateTime={joinedAt} title={momentOf(new Date(joinedAt))}>
                {ago(now - Date.parse(joinedAt))}
              </time>
            }
          />
        )}
      </List>
    </section>
  );
}

/** Somebody may join, leave, and join again by the same invite. */
function keyOf({ user, joinedAt }: { user: { id: string }; joinedAt: string }): string {
  return `${user.id} ${joinedAt}`;
}
