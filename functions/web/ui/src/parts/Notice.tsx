import { fill } from "../lib/fill";
import type { Outcome } from "../lib/signin";
import { problem, signIn } from "../texts";
import { Icon } from "./Icon";

export interface Note {
  text: string;
  /** Under which to ask about it. */
  requestId?: string | null;
  /** Nothing went wrong. */
  calm?: boolean;
}

/** Something that went otherwise than meant. It is read out when it appears. */
export function Notice({ text, requestId, calm = false }: Note) {
  return (
    <div class={calm ? "notice calm" : "notice"} role="alert">
      <Icon name={calm ? "info" : "warning"} />
      <div>
        <p>{text}</p>
        {requestId ? <RequestId id={requestId} /> : null}
      </div>
    </div>
  );
}

export function RequestId({ id }: { id: string }) {
  return (
    <p class="small">
      {problem.requestId} <code>{id}</code>
    </p>
  );
}

/** What to say about a sign-in that wasn't one. Having to sign in is nothing to speak of: the button is there. */
export function noteOfSignIn(outcome: Outcome): Note | null {
  switch (outcome.kind) {
    case "cancelled":
      return { text: signIn.cancelled, calm: true };
    case "failed":
      return { text: outcome.reason === "" ? signIn.failed : fill(signIn.failedReason, { reason: outcome.reason }) };
    default:
      return null;
  }
}
