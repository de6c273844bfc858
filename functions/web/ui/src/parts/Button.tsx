import type { ComponentChildren } from "preact";

interface Props {
  children: ComponentChildren;
  kind?: "main" | "plain" | "danger" | "text";
  /** Something is on its way: the button stays where it is, with its focus, and does nothing. */
  busy?: boolean;
  type?: "button" | "submit";
  onClick?: () => void;
}

export function Button({ children, kind = "plain", busy = false, type = "button", onClick }: Props) {
  return (
    <button
      type={type}
      class={`button ${kind}`}
      aria-disabled={busy}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else onClick?.();
      }}
    >
      <span>{children}</span>
    </button>
  );
}
