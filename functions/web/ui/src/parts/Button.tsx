import type { ComponentChildren } from "preact";

interface Props {
  children: ComponentChildren;
  kind?: "main" | "plain" | "danger" | "text";
  /** Something is on its way: the button stays where it is, with its focus, and does nothing. */
  busy?: boolean;
  type?: "button" | "submit";
  /** It takes the focus when its dialog opens. */
  focus?: boolean;
  /** What it says to those who don't see what it belongs to. It begins as what it shows. */
  label?: string | undefined;
  onClick?: () => void;
}

export function Button({ children, kind = "plain", busy = false, type = "button", focus = false, label, onClick }: Props) {
  return (
    <button
      type={type}
      class={`button ${kind}`}
      aria-disabled={busy}
      aria-label={label}
      data-focus={focus ? "" : undefined}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else onClick?.();
      }}
    >
      <span>{children}</span>
    </button>
  );
}
