import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Answer, Failure } from "../lib/api";
import { useDraft } from "../lib/draft";
import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { TextField } from "../parts/Field";
import { Trouble } from "../parts/Trouble";
import { dialog, name as texts } from "../texts";

interface Props<T> {
  /** Under which what is typed is kept until it is saved. */
  draft: string;
  initial?: string;
  hint?: ComponentChildren;
  verb?: string;
  doing?: string;
  focus?: boolean;
  save: (name: string) => Promise<Answer<T>>;
  /** The name is as it was. Without it, it is saved all the same. */
  onUnchanged?: () => void;
  onDone: (saved: T) => void;
  /** Words for failures that mean something of their own here. */
  wordsFor?: (failure: Failure) => string | undefined;
  onCancel?: () => void;
  onBusy?: (busy: boolean) => void;
}

/** Names an organization or a group. */
export function NameForm<T>(props: Props<T>) {
  const { draft, initial = "", hint, verb = texts.save, doing = texts.saving, focus = false } = props;
  const { save, onUnchanged, onDone, wordsFor, onCancel, onBusy } = props;
  const [typed, setTyped, dropDraft] = useDraft(draft, initial);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (fault) form.current?.querySelector("input")?.focus();
  }, [fault]);

  const submit = async () => {
    const wanted = typed.trim().normalize("NFC");
    const wrong = faultOf(wanted);
    setFault(wrong);
    setFailure(null);
    if (wrong) return;
    if (wanted === initial && onUnchanged) return onUnchanged();
    setBusy(true);
    onBusy?.(true);
    const answer = await save(wanted);
    setBusy(false);
    onBusy?.(false);
    if (answer.ok) {
      dropDraft();
      onDone(answer.data);
    } else if (answer.failure.code === "invalid_request") setFault(texts.invalid);
    else setFailure(answer.failure);
  };

  return (
    <form
      ref={form}
      class="name-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void submit();
      }}
    >
      <TextField
        label={texts.label}
        hint={hint}
        value={typed}
        error={fault}
        focus={focus}
        onInput={(value) => {
          setTyped(value);
          setFault(null);
        }}
      />
      {failure ? <Trouble failure={failure}>{wordsFor?.(failure)}</Trouble> : null}
      <div class={onCancel ? "dialog-actions" : "form-actions"}>
        {onCancel ? (
          <Button
            busy={busy}
            onClick={() => {
              dropDraft();
              onCancel();
            }}
          >
            {dialog.cancel}
          </Button>
        ) : null}
        <Button kind="main" type="submit" busy={busy}>
          {busy ? doing : verb}
        </Button>
      </div>
    </form>
  );
}

/** The same in a dialog. */
export function NameDialog<T>({ title, onClose, ...form }: Omit<Props<T>, "onCancel" | "onBusy" | "focus"> & { title: string; onClose: () => void }) {
  const [busy, setBusy] = useState(false);
  return (
    <Dialog title={title} busy={busy} onClose={onClose}>
      <NameForm {...form} focus onBusy={setBusy} onCancel={onClose} />
    </Dialog>
  );
}

/** What is wrong with a name, as far as it can be seen here. The API judges the rest: invisible characters. */
function faultOf(name: string): string | null {
  if (name === "") return texts.empty;
  const characters = [...new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(name)].length;
  return characters > 80 || new TextEncoder().encode(name).length > 320 ? texts.long : null;
}
