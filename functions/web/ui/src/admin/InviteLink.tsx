import { useRef, useState } from "preact/hooks";
import { fill, fillWith } from "../lib/fill";
import type { Invite } from "../lib/invites";
import { Button } from "../parts/Button";
import { CopyButton } from "../parts/CopyButton";
import { QrDialog } from "../parts/QrDialog";
import { ShareButton } from "../parts/ShareButton";
import { link as texts, qr, share } from "../texts";

/** The link of an invite, and the ways to pass it on. */
export function InviteLink({ invite, url }: { invite: Invite; url: string }) {
  const text = useRef<HTMLElement>(null);
  const [showing, setShowing] = useState(false);
  const group = invite.groupName;
  const dead = invite.state === "expired" || invite.state === "used_up"; // for good
  return (
    <div class="link-box">
      <p class="link-text">
        <code ref={text}>{url}</code>
      </p>
      <div class="link-actions">
        <CopyButton text={url} from={text} />
        {dead ? null : (
          <>
            <ShareButton title={fill(share.title, { group })} text={fill(share.text, { group, org: invite.orgName })} url={url} />
            <Button icon="qr" onClick={() => setShowing(true)}>
              {qr.button}
            </Button>
          </>
        )}
      </div>
      {dead ? null : <p class="small">{invite.access === "anyone" ? texts.anyone : fillWith(texts.org, { org: <bdi>{invite.orgName}</bdi> })}</p>}
      {showing ? (
        <QrDialog url={url} name={fileName(group)} onClose={() => setShowing(false)}>
          <p>{fillWith(qr.about, { group: <bdi>{group}</bdi> })}</p>
        </QrDialog>
      ) : null}
    </div>
  );
}

/** A name for a file about a group, of letters and digits that every system takes. */
function fileName(group: string): string {
  return fill(qr.file, { group: group.replaceAll(/[^\p{Letter}\p{Mark}\p{Number}]+/gu, " ").trim() });
}
