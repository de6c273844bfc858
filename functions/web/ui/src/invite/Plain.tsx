import { useEffect, useState } from "preact/hooks";
import type { Failure } from "../lib/api";
import { Button } from "../parts/Button";
import { RequestId } from "../parts/Notice";
import { invite, problem, problems } from "../texts";
import { PlainCard } from "./Card";

/** While it is not known what the link is. It says so only when that takes a while. */
export function Reading() {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), 400);
    return () => clearTimeout(timer);
  }, []);
  return (
    <article class="card quiet loading" aria-busy="true">
      <div class="band" />
      <p class={slow ? "" : "not-yet"}>{invite.reading}</p>
      <span class="line wide" />
      <span class="line" />
      <span class="line button-line" />
    </article>
  );
}

export function NoCode({ lost }: { lost: boolean }) {
  return (
    <PlainCard icon="link" title={lost ? invite.lost : invite.noCode}>
      <p>{lost ? invite.lostWhy : invite.noCodeWhy}</p>
    </PlainCard>
  );
}

export function Dead({ why }: { why: "unknown" | "deleted" }) {
  return why === "deleted" ? (
    <PlainCard icon="off" title={invite.deleted}>
      <p>{invite.askSender}</p>
    </PlainCard>
  ) : (
    <PlainCard icon="broken" title={invite.unknown}>
      <p>{invite.unknownWhy}</p>
    </PlainCard>
  );
}

export function Failed({ failure, retry }: { failure: Failure; retry: () => void }) {
  const offline = failure.code === "offline";
  return (
    <PlainCard icon={offline ? "offline" : "warning"} title={offline ? problem.offline : problem.title}>
      <p>{problems[failure.code] ?? problems["internal_error"]}</p>
      <div class="actions">
        <Button kind="main" onClick={retry}>
          {invite.retry}
        </Button>
      </div>
      {failure.requestId ? <RequestId id={failure.requestId} /> : null}
    </PlainCard>
  );
}
