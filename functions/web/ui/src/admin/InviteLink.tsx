import { useRef, useState } from "preact/hooks";
import { fill, fillWith } from "../lib/fill";
import type { Invite } from "../lib/invites";
import { CopyButton } from "../parts/CopyButton";
import { Icon } from "../parts/Icon";
import { QrDialog } from "../parts/QrDialog";
import { ShareButton } from "../parts/ShareButton";
import { link as texts, qr, share } from "../texts";

/** The link of an invite, and the ways to pass it on. */
export function InviteLink({ invite, url }: { invite: Invite; url: string }) {
  const text = useRef<HTMLElement>(null);
  const [showing, setShowing] = useState(false);
  const group = invite.groupName;
  return (
    <div class="link-box">
      <p class="link-text">
        <code ref={text}>{url}</code>
      </p>
      <div class="link-actions">
        <CopyButton text={url} from={text} />
        <ShareButton title={fill(share.title, { group })} text={fill(share.text, { group, org: invite.orgName })} url={url} />
        <button type="button" class="button" onClick={() => setShowing(true)}>
          <Icon name="qr" />
          <span>{qr.button}</span>
        </button>
      </div>
      <p class="small">{invite.access === "anyone" ? texts.anyone : fillWith(texts.org, { org: <bdi>{invite.orgName}</bdi> })}</p>
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
  return fill(qr.file, { group: group.replaceAll(/[^\p{Letter}\p{Mark}\p{Number}]+/gu, "-").replaceAll(/^-+|-+$/g, "") });
}
