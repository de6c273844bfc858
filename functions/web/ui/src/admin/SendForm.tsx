import { useRef, useState } from "preact/hooks";
import { markRefusedIn, settled, type Addresses } from "../lib/addresses";
import type { Failure } from "../lib/api";
import { useDraft } from "../lib/draft";
import { fill } from "../lib/fill";
import { sendInvite, type InvitePath, type Recipient } from "../lib/invites";
import { Button } from "../parts/Button";
import { Chips, faultOf } from "../parts/Chips";
import { Notice } from "../parts/Notice";
import { useSay } from "../parts/Status";
import { recipients as texts } from "../texts";
import { SendTrouble } from "./SendTrouble";

interface Props {
  path: InvitePath;
  org: string;
  /** The recipients that are known. */
  known: Recipient[];
  onSent: (sent: Recipient[]) => void;
  /** The invite isn't what is known of it. */
  look: () => void;
}

const nobody: Addresses = { entries: [], typed: "" };

/** Sends an invite to more people. What is typed is kept until it is sent. */
export function SendForm({ path, org, known, onSent, look }: Props) {
  const [to, setTo] = useDraft<Addresses>(`send ${path.inviteId}`, nobody);
  const [error, setError] = useState<string | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [before, setBefore] = useState<string[]>([]); // who had it before, of those of the last time
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const latest = useRef(to);
  latest.current = to;
  const say = useSay();

  const change = (next: Addresses) => {
    latest.current = next;
    setTo(next);
    setFailure(null);
    setBefore([]);
    setError((was) => (was === null ? null : faultOf(next)));
  };
  const refuse = (why: string) => {
    setError(why);
    form.current?.querySelector("input")?.focus();
  };

  const send = async () => {
    if (busy) return;
    const whole = settled(to);
    change(whole);
    const fault = whole.entries.length === 0 ? texts.nobody : faultOf(whole);
    if (fault) return refuse(fault);
    setBusy(true);
    const answer = await sendInvite(path, whole.entries.map(({ text }) => text));
    setBusy(false);
    if (!answer.ok) {
      const marked = markRefusedIn(latest.current, whole.entries, answer.failure.fields);
      change(marked);
      const refused = faultOf(marked);
      if (refused) return refuse(refused);
      setFailure(answer.failure);
      return answer.failure.code === "limit_reached" ? undefined : look();
    }
    const { items } = answer.data;
    const old = items.filter((item) => hadIt(item, known));
    change({ ...latest.current, entries: latest.current.entries.filter((entry) => !whole.entries.includes(entry)) });
    setBefore(old.map(({ email }) => email));
    const sent = items.filter((item) => !old.includes(item));
    if (sent.length === 1) say(fill(texts.sentOne, { address: sent[0]!.email }));
    if (sent.length > 1) say(fill(texts.sent, { count: String(sent.length) }));
    onSent(items);
  };

  return (
    <form
      ref={form}
      class="send"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {before.length > 0 ? <Notice text={fill(texts.sentBefore, { addresses: before.join(", ") })} calm /> : null}
      <Chips label={known.length === 0 ? texts.send : texts.sendMore} hint={texts.sendHint} value={to} onChange={change} error={error} />
      {failure ? <SendTrouble failure={failure} org={org} /> : null}
      <Button type="submit" busy={busy}>
        {busy ? texts.sending : texts.sendButton}
      </Button>
    </form>
  );
}

/** Whether a mail that the answer tells of was there before, and is left as it was. */
function hadIt(item: Recipient, known: Recipient[]): boolean {
  const was = known.find(({ id }) => id === item.id);
  return item.state !== "queued" || (was?.state === "queued" && was.updatedAt === item.updatedAt);
}
