import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./Icon";

interface Props {
  children: ComponentChildren;
  kind?: "main" | "plain" | "danger" | "text";
  icon?: IconName | undefined;
  /** Something is on its way: the button stays where it is, with its focus, and does nothing. */
  busy?: boolean;
  /** What it does is done: it stays too, and does nothing any more. */
  done?: boolean;
  type?: "button" | "submit";
  /** It takes the focus when its dialog opens. */
  focus?: boolean;
  /** What it says to those who don't see what it belongs to. It begins as what it shows. */
  label?: string | undefined;
  onClick?: () => void;
}

export function Button({ children, kind = "plain", icon, busy = false, done = false, type = "button", focus = false, label, onClick }: Props) {
  return (
    <button
      type={type}
      class={`button ${kind}${done ? " done" : ""}`}
      aria-disabled={busy || done}
      aria-label={label}
      data-focus={focus ? "" : undefined}
      onClick={(event) => {
        if (busy || done) event.preventDefault();
        else onClick?.();
      }}
    >
      {icon ? <Icon name={icon} /> : null}
      <span>{children}</span>
    </button>
  );
}
