import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

/** Choices that belong together, under a name. */
export function Choices({ legend, hint, children }: { legend: ComponentChildren; hint?: ComponentChildren; children: ComponentChildren }) {
  const id = useId();
  return (
    <fieldset class="choices" aria-describedby={hint ? id : undefined}>
      <legend>{legend}</legend>
      {hint ? (
        <p class="small" id={id}>
          {hint}
        </p>
      ) : null}
      {children}
    </fieldset>
  );
}

interface Props {
  type: "radio" | "checkbox";
  /** Of radio buttons of which one is chosen. */
  name?: string;
  checked: boolean;
  /** It is as it is. */
  fixed?: boolean;
  label: ComponentChildren;
  hint?: ComponentChildren;
  onChange?: (checked: boolean) => void;
}

/** One choice: what it is called, and what it means. */
export function Choice({ type, name, checked, fixed = false, label, hint, onChange }: Props) {
  const id = useId();
  return (
    <div class="choice">
      <input
        type={type}
        id={id}
        name={name}
        checked={checked}
        disabled={fixed}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onChange?.(event.currentTarget.checked)}
      />
      <label for={id}>
        <span>{label}</span>
      </label>
      {hint ? (
        <p class="small" id={`${id}-hint`}>
          {hint}
        </p>
      ) : null}
    </div>
  );
}
