import type { Failure } from "../lib/api";
import { fill } from "../lib/fill";
import { Trouble } from "../parts/Trouble";
import { recipients as texts } from "../texts";

/** Says why an invite couldn't be sent. */
export function SendTrouble({ failure, org }: { failure: Failure; org: string }) {
  return <Trouble failure={failure}>{wordsFor(failure, org)}</Trouble>;
}

function wordsFor({ code, retryAfter }: Failure, org: string): string | undefined {
  switch (code) {
    case "limit_reached": // the day's mails; or too many requests, which are over sooner
      return (retryAfter ?? 0) > 60 ? fill(texts.tooMuch, { org }) : undefined;
    case "add_people_required":
      return fill(texts.mayNot, { org });
    case "invite_expired":
    case "invite_suspended":
    case "invite_used_up":
      return texts.over[code];
    case "not_found":
      return texts.gone;
    default:
      return undefined;
  }
}
