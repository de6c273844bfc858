import { useEffect, useRef } from "preact/hooks";
import type { Config } from "../lib/config";
import { Icon } from "../parts/Icon";
import type { Note } from "../parts/Notice";
import { invite } from "../texts";
import { Dead, Failed, NoCode, Reading } from "./Plain";
import { Expired, OnHold, UsedUp } from "./Over";
import { Joined } from "./Joined";
import { Open } from "./Open";
import { Refused } from "./Refused";
import { Requested } from "./Request";
import type { Acts, Busy, View } from "./state";

export interface Props {
  view: View;
  busy: Busy;
  note: Note | null;
  config: Config | null;
  /** Who is signed in, as people call it: an address or a name. */
  person: string | null;
  said: string;
  acts: Acts;
}

export function Screen(props: Props) {
  const { view, config, said } = props;
  const main = useRef<HTMLElement>(null);
  const name = nameOf(view);
  const first = useRef(true);
  // What replaces what someone acted on begins with its heading. The first screen begins where the browser begins.
  useEffect(() => {
    if (view.at === "reading") return;
    if (!first.current) main.current?.querySelector<HTMLElement>("h1")?.focus();
    first.current = false;
  }, [name]);

  return (
    <div class="invite-page">
      <header class="top">
        <Icon name="arrow" />
        <span>{config?.product ?? ""}</span>
      </header>
      <main ref={main}>{screen(props)}</main>
      <footer class="foot">
        {view.at === "invite" && view.preview.state === "active" ? <p>{invite.nothingYet}</p> : null}
        {hasGroupsLink(view) ? (
          <p>
            <a href="/">{invite.toGroups}</a>
          </p>
        ) : null}
      </footer>
      <div class="unseen" role="status">
        {said}
      </div>
    </div>
  );
}

function screen(props: Props) {
  const { view } = props;
  switch (view.at) {
    case "reading":
      return <Reading />;
    case "no-code":
      return <NoCode lost={view.lost} />;
    case "failed":
      return <Failed failure={view.failure} retry={props.acts.retry} />;
    case "dead":
      return <Dead why={view.why} />;
    case "refused":
      return <Refused {...props} view={view} />;
    case "requested":
      return <Requested preview={view.preview} />;
    case "joined":
      return <Joined {...props} joined={view.joined} />;
    case "invite":
      switch (view.preview.state) {
        case "expired":
          return <Expired {...props} preview={view.preview} />;
        case "suspended":
          return <OnHold {...props} preview={view.preview} />;
        case "used_up":
          return <UsedUp preview={view.preview} />;
        default:
          return <Open {...props} preview={view.preview} ahead={view.ahead} />;
      }
  }
}

/** Tells screens apart. */
function nameOf(view: View): string {
  switch (view.at) {
    case "invite":
      return view.preview.state;
    case "dead":
    case "refused":
      return view.why;
    default:
      return view.at;
  }
}

/** Whoever can't join by this link may be a member already. */
function hasGroupsLink(view: View): boolean {
  return view.at === "dead" || view.at === "no-code" || (view.at === "invite" && view.preview.state !== "active");
}
