import { useState } from "preact/hooks";
import type { Preview } from "../lib/api";
import { fill, fillWith } from "../lib/fill";
import { recall, remember } from "../lib/tab";
import { Button } from "../parts/Button";
import { Tile, hueOf } from "../parts/Tile";
import { invite } from "../texts";
import { namesOf } from "./Card";
import type { Busy } from "./state";

/** The most characters that a message may have. */
const most = 280;

/** Asks for access, with a message or without. What is typed stays, even if signing in comes in between. */
export function RequestForm({ person, busy, request }: { person: string; busy: Busy; request: (message: string) => void }) {
  const [message, setMessage] = useState(() => recall("message") ?? "");
  const used = [...message.trim()].length;
  return (
    <form
      class="request"
      onSubmit={(event) => {
        event.preventDefault();
        if (used <= most && busy === null) request(message.trim());
      }}
    >
      <label for="message">{invite.message}</label>
      <p class="small" id="message-hint">
        {invite.messageHint}
      </p>
      <textarea
        id="message"
        rows={3}
        value={message}
        aria-describedby="message-hint message-count"
        aria-invalid={used > most}
        onInput={(event) => {
          setMessage(event.currentTarget.value);
          remember("message", event.currentTarget.value);
        }}
      />
      <p class={used > most ? "small bad" : "small"} id="message-count">
        {fill(used > most ? invite.messageLong : invite.messageCount, { used: String(used), most: String(most) })}
      </p>
      <Button kind="main" type="submit" busy={busy !== null}>
        {busy === "requesting" ? invite.requesting : fillWith(invite.request, { person: <bdi>{person}</bdi> })}
      </Button>
    </form>
  );
}

export function Requested({ preview }: { preview: Preview }) {
  const { group } = namesOf(preview);
  return (
    <article class={`card ${hueOf(group)}`}>
      <div class="band">
        <Tile icon="sent" />
      </div>
      <h1 tabIndex={-1}>{invite.requested}</h1>
      <p>{fillWith(invite.requestedWhy, { group: <bdi>{group}</bdi> })}</p>
    </article>
  );
}
