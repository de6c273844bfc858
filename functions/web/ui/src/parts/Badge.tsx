import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./Icon";

/** A state, in a word, with a colour and a drawing. */
export function Badge({ look, icon, children }: { look: "good" | "warn" | "bad" | "off"; icon: IconName; children: ComponentChildren }) {
  return (
    <span class={`badge ${look}`}>
      <Icon name={icon} />
      {children}
    </span>
  );
}
