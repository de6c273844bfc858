import type { ComponentChildren } from "preact";
import { fillWith } from "../lib/fill";
import { Button } from "../parts/Button";
import { Icon } from "../parts/Icon";
import { Notice } from "../parts/Notice";
import { invite } from "../texts";
import type { Props } from "./Screen";

/** Says as whom someone is signed in. */
export function SignedInAs({ person }: { person: string }) {
  return (
    <p class="as">
      <Icon name="person" />
      <span>{fillWith(invite.signedInAs, { person: <bdi>{person}</bdi> })}</span>
    </p>
  );
}

/** What someone can do with an invite: who is signed in acts, or changes the account; who isn't signs in, or signs up. */
export function AccountActions({ person, busy, note, acts, signIn, children }: Props & { signIn: string; children: (person: string) => ComponentChildren }) {
  return (
    <div class="actions">
      {note ? <Notice {...note} /> : null}
      {person === null ? (
        <>
          <Button kind="main" busy={busy !== null} onClick={() => acts.signIn("usual")}>
            {busy === "leaving" ? invite.leaving : signIn}
          </Button>
          <Button busy={busy !== null} onClick={() => acts.signIn("new-account")}>
            {invite.signUp}
          </Button>
        </>
      ) : (
        <>
          <SignedInAs person={person} />
          {children(person)}
          <Button busy={busy !== null} onClick={() => acts.signIn("other-account")}>
            {busy === "leaving" ? invite.leaving : invite.otherAccount}
          </Button>
        </>
      )}
    </div>
  );
}
