import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

/** What ties a control to its label, hint and error. */
export interface Ties {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean;
}

interface Props {
  label: ComponentChildren;
  hint?: ComponentChildren;
  error?: string | null;
  /** The control, to be given what ties it to all that. */
  children: (ties: Ties) => ComponentChildren;
}

/** A control with its label, what to know above it, and what is wrong below. */
export function Field({ label, hint, error, children }: Props) {
  const id = useId();
  const describedBy = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint ? (
        <p class="small" id={`${id}-hint`}>
          {hint}
        </p>
      ) : null}
      {children({ id, "aria-describedby": describedBy || undefined, "aria-invalid": Boolean(error) })}
      {error ? (
        <p class="small bad" id={`${id}-error`}>
          {error}
        </p>
      ) : null}
    </div>
  );
}

interface TextProps {
  label: ComponentChildren;
  value: string;
  onInput: (value: string) => void;
  hint?: ComponentChildren;
  error?: string | null;
  /** It takes the focus when its dialog opens. */
  focus?: boolean;
  /** What is typed, for keyboards on a screen. */
  keyboard?: "text" | "numeric" | "email";
}

/** A line of text to type. */
export function TextField({ label, value, onInput, hint, error = null, focus = false, keyboard = "text" }: TextProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ties) => (
        <input
          {...ties}
          type="text"
          inputMode={keyboard}
          value={value}
          autocomplete="off"
          data-focus={focus ? "" : undefined}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
