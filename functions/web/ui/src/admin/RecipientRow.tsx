import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { read } from "../lib/addresses";
import type { Failure } from "../lib/api";
import { fill, fillWith } from "../lib/fill";
import { resendInvite, type InvitePath, type Recipient } from "../lib/invites";
import { momentOf } from "../lib/time";
import { Badge } from "../parts/Badge";
import { Button } from "../parts/Button";
import { TextField } from "../parts/Field";
import { useSay } from "../parts/Status";
import { chips, recipients as texts } from "../texts";
import { SendTrouble } from "./SendTrouble";

const looks = {
  queued: { kind: "plain", icon: "clock" },
  sent: { kind: "plain", icon: "sent" },
  delayed: { kind: "warn", icon: "hourglass" },
  delivered: { kind: "good", icon: "check" },
  bounced: { kind: "bad", icon: "warning" },
  complained: { kind: "bad", icon: "warning" },
  suppressed: { kind: "bad", icon: "warning" },
  dropped: { kind: "plain", icon: "off" },
} as const;

interface Props {
  recipient: Recipient;
  path: InvitePath;
  org: string;
  maySend: boolean;
  onSent: (sent: Recipient[]) => void;
  /** Recipients have changed in more ways than onSent says. */
  refresh: () => void;
}

/** A mail of an invite: to whom, what became of it, and what can be done about it. */
export function RecipientRow({ recipient, path, org, maySend, onSent, refresh }: Props) {
  const { email, state, reason, detail, sentBy, updatedAt } = recipient;
  const [correcting, setCorrecting] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const element = useRef<HTMLDivElement>(null);
  const actions = useRef<HTMLDivElement>(null);
  const say = useSay();

  const again = async () => {
    setBusy(true);
    setFailure(null);
    const answer = await resendInvite({ ...path, emailId: recipient.id }, null);
    setBusy(false);
    if (!answer.ok) return setFailure(answer.failure);
    say(fill(texts.againDone, { address: answer.data.email }));
    onSent([answer.data]);
    stay();
  };
  /** What was pressed goes: the focus stays at the entry. */
  const stay = () => element.current?.closest("li")?.focus();

  return (
    <div class="recipient" ref={element}>
      <p class="recipient-address">
        <bdi>{email}</bdi>
      </p>
      <Badge {...looks[state]}>{reason === "corrected" ? texts.corrected : texts.states[state]}</Badge>
      <div class="small recipient-why">
        <Why {...{ state, reason, who: sentBy.name }} />
        {detail && (state === "bounced" || state === "delayed") ? <p>{fillWith(texts.server, { detail: <q>{detail}</q> })}</p> : null}
        <p>
          {sentBy.name === "" ? "" : <>{fillWith(texts.sentBy, { who: <bdi>{sentBy.name}</bdi> })}, </>}
          <time dateTime={updatedAt}>{momentOf(new Date(updatedAt))}</time>
        </p>
      </div>
      {maySend && !correcting ? (
        <div class="recipient-actions" ref={actions}>
          {mayAgain(recipient) ? (
            <Button kind="text" busy={busy} label={busy ? undefined : fill(texts.againTo, { address: email })} onClick={() => void again()}>
              {busy ? texts.sending : texts.again}
            </Button>
          ) : null}
          {mayCorrect(recipient) ? (
            <Button kind="text" label={fill(texts.correctOf, { address: email })} onClick={() => setCorrecting(true)}>
              {texts.correct}
            </Button>
          ) : null}
        </div>
      ) : null}
      {correcting ? (
        <Correction
          recipient={recipient}
          path={path}
          org={org}
          onSent={(sent) => {
            setCorrecting(false);
            onSent([sent]);
            refresh();
            stay();
          }}
          onClose={() => {
            setCorrecting(false);
            setTimeout(() => actions.current?.querySelector<HTMLElement>("button:last-child")?.focus()); // when it is drawn again
          }}
        />
      ) : null}
      {failure ? <SendTrouble failure={failure} org={org} /> : null}
    </div>
  );
}

/** Says what the state means, where its word doesn't say it all. */
function Why({ state, reason, who }: { state: Recipient["state"]; reason: Recipient["reason"]; who: string }) {
  const known = texts.reasons;
  if (reason === "complained") return <p>{known.complainedBefore}</p>;
  if (reason === "sender_lost_right") return <p>{fillWith(known.sender_lost_right, { who: who === "" ? texts.sender : <bdi>{who}</bdi> })}</p>;
  if (reason !== null) return <p>{known[reason]}</p>;
  return state in known ? <p>{known[state as "queued" | "delayed" | "complained"]}</p> : null;
}

/** Whether sending again to the same address may help. */
function mayAgain({ state, reason }: Recipient): boolean {
  return state === "sent" || state === "delayed" || state === "delivered" || (state === "bounced" && reason !== "permanent") || (state === "dropped" && reason !== "corrected");
}

function mayCorrect({ state, reason }: Recipient): boolean {
  return state !== "complained" && reason !== "corrected";
}

interface CorrectionProps {
  recipient: Recipient;
  path: InvitePath;
  org: string;
  onSent: (sent: Recipient) => void;
  onClose: () => void;
}

/** Asks for the right address, and sends the invite there instead. */
function Correction({ recipient, path, org, onSent, onClose }: CorrectionProps) {
  const [address, setAddress] = useState(recipient.email);
  const [error, setError] = useState<string | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const say = useSay();
  useLayoutEffect(() => form.current?.querySelector("input")?.select(), []);

  const send = async () => {
    if (busy) return;
    const entry = read(address);
    setFailure(null);
    setError(entry.fault ? chips.faults[entry.fault] : entry.key === recipient.email.toLowerCase() ? texts.sameAddress : null);
    if (entry.fault || entry.key === recipient.email.toLowerCase()) return form.current?.querySelector("input")?.focus();
    setBusy(true);
    const answer = await resendInvite({ ...path, emailId: recipient.id }, entry.text);
    setBusy(false);
    if (answer.ok) {
      say(fill(texts.sentOne, { address: answer.data.email }));
      return onSent(answer.data);
    }
    if (answer.failure.fields.length > 0) setError(chips.faults.refused);
    else setFailure(answer.failure);
  };

  return (
    <form
      ref={form}
      class="correction"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !busy) onClose();
      }}
    >
      <TextField label={texts.newAddress} hint={texts.correctHint} value={address} onInput={setAddress} error={error} keyboard="email" />
      {failure ? <SendTrouble failure={failure} org={org} /> : null}
      <div class="correction-actions">
        <Button type="submit" kind="main" busy={busy}>
          {busy ? texts.sending : texts.correctButton}
        </Button>
        <Button busy={busy} onClick={onClose}>
          {texts.cancel}
        </Button>
      </div>
    </form>
  );
}
