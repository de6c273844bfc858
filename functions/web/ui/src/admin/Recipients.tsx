import { useEffect, useState } from "preact/hooks";
import { listRecipients, type Invite, type InvitePath, type Recipient } from "../lib/invites";
import { useList } from "../lib/load";
import { useWatch } from "../lib/watch";
import { List } from "../parts/List";
import { recipients as texts } from "../texts";
import { RecipientRow } from "./RecipientRow";
import { SendForm } from "./SendForm";

interface Props {
  path: InvitePath;
  invite: Invite;
  /** They are asked for anew when it changes. */
  looked: number;
  /** Something shows that the invite isn't what is known of it. */
  look: () => void;
}

/** To whom an invite was sent by e-mail, what became of that, and a form to send it to more. */
export function Recipients({ path, invite, looked, look }: Props) {
  const list = useList((cursor) => listRecipients(path, cursor), [path.groupId, path.inviteId]);
  const [turn, setTurn] = useState(0); // how often something was sent
  const items = list.state.at === "ready" ? list.state.data : [];
  const refresh = async () => {
    const answer = await listRecipients(path, null);
    if (answer.ok) list.change((known) => merged(known, answer.data.items));
  };
  useEffect(() => {
    if (looked > 0) void refresh();
  }, [looked]);
  useWatch(items.some(isOnItsWay), turn, () => void refresh());

  const maySend = invite.state === "active" && invite.url !== null;
  const changed = (sent: Recipient[]) => {
    list.change((known) => merged(known, sent));
    setTurn(turn + 1);
  };
  if (!maySend && list.state.at === "ready" && items.length === 0) return null;
  return (
    <section class="section">
      <h2>{texts.title}</h2>
      {maySend ? <SendForm path={path} org={invite.orgName} known={items} onSent={changed} look={look} /> : null}
      <List of={list} label={texts.list} keyOf={({ id }) => id} empty={<p>{texts.none}</p>}>
        {(recipient) => <RecipientRow recipient={recipient} path={path} org={invite.orgName} maySend={maySend} onSent={changed} refresh={() => void refresh()} />}
      </List>
    </section>
  );
}

/** Whether it may show soon what has become of a mail. Not of every one of them it shows. */
function isOnItsWay({ state, updatedAt }: Recipient): boolean {
  return (state === "queued" || state === "sent") && Date.now() - Date.parse(updatedAt) < 10 * 60_000;
}

/** What is known, with what is known anew in its place, or before the rest. */
function merged(known: Recipient[], anew: Recipient[]): Recipient[] {
  const byId = new Map(anew.map((recipient) => [recipient.id, recipient]));
  const ids = new Set(known.map(({ id }) => id));
  return [...anew.filter(({ id }) => !ids.has(id)), ...known.map((recipient) => byId.get(recipient.id) ?? recipient)];
}
