import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./Icon";

/** A word beside a name, such as a state. Its colour says no more than it does. */
export function Badge({ children, kind = "plain", icon }: { children: ComponentChildren; kind?: "plain" | "good" | "warn" | "bad"; icon?: IconName }) {
  return (
    <span class={`badge ${kind}`}>
      {icon ? <Icon name={icon} /> : null}
      {children}
    </span>
  );
}
