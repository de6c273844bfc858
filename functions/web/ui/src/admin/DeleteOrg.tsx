import { useEffect, useRef, useState } from "preact/hooks";
import type { Answer, Failure } from "../lib/api";
import type { Org } from "../lib/directory";
import { fillWith } from "../lib/fill";
import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { TextField } from "../parts/Field";
import { Trouble } from "../parts/Trouble";
import { dialog, org as orgTexts } from "../texts";

const texts = orgTexts.settings;

interface Props {
  org: Org;
  act: () => Promise<Answer<unknown>>;
  onDone: () => void;
  onClose: () => void;
}

/** Asks before an organization is deleted: its name has to be typed. It starts on Cancel. */
export function DeleteOrg({ org, act, onDone, onClose }: Props) {
  const [typed, setTyped] = useState("");
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (fault) form.current?.querySelector("input")?.focus();
  }, [fault]);

  const submit = async () => {
    if (typed.trim().normalize("NFC") !== org.name) return setFault(texts.deleteMismatch);
    setBusy(true);
    setFailure(null);
    const answer = await act();
    setBusy(false);
    if (answer.ok) onDone();
    else setFailure(answer.failure);
  };

  return (
    <Dialog title={fillWith(texts.deleteAsk, { org: <bdi>{org.name}</bdi> })} busy={busy} onClose={onClose}>
      <p>{texts.deleteWhy}</p>
      <form
        ref={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void submit();
        }}
      >
        <TextField
          label={fillWith(texts.deleteType, { org: <bdi class="to-type">{org.name}</bdi> })}
          value={typed}
          error={fault}
          onInput={(value) => {
            setTyped(value);
            setFault(null);
          }}
        />
        {failure ? <Trouble failure={failure} /> : null}
        <div class="dialog-actions">
          <Button busy={busy} focus onClick={onClose}>
            {dialog.cancel}
          </Button>
          <Button kind="danger" type="submit" busy={busy}>
            {busy ? texts.deleting : texts.deleteVerb}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
