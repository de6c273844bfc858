import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Answer, Failure } from "../lib/api";
import { dialog as texts } from "../texts";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Trouble } from "./Trouble";

interface Props {
  title: ComponentChildren;
  /** What happens then, and what it can't be undone by. */
  children: ComponentChildren;
  /** What to press, as a verb: "Remove". */
  verb: string;
  /** The same while it is on its way: "Removing…". */
  doing: string;
  /** Nothing is lost by it. */
  harmless?: boolean;
  act: () => Promise<Answer<unknown>>;
  /** Words for failures that mean something of their own here. */
  wordsFor?: (failure: Failure) => string | undefined;
  /** It is done. The dialog is to be taken away. */
  onDone: () => void;
  onClose: () => void;
}

/** Asks before something is done that is hard to undo. It starts on Cancel. */
export function ConfirmDialog({ title, children, verb, doing, harmless = false, act, wordsFor, onDone, onClose }: Props) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const confirm = async () => {
    setBusy(true);
    setFailure(null);
    const answer = await act();
    setBusy(false);
    if (answer.ok) onDone();
    else setFailure(answer.failure);
  };
  return (
    <Dialog title={title} onClose={onClose} busy={busy}>
      {children}
      {failure ? <Trouble failure={failure}>{wordsFor?.(failure)}</Trouble> : null}
      <div class="dialog-actions">
        <Button busy={busy} focus onClick={onClose}>
          {texts.cancel}
        </Button>
        <Button kind={harmless ? "main" : "danger"} busy={busy} onClick={() => void confirm()}>
          {busy ? doing : verb}
        </Button>
      </div>
    </Dialog>
  );
}
