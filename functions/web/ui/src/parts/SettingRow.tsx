import type { ComponentChildren } from "preact";

/** A setting in a list: what it is, what to know about it, and what can be done. */
export function SettingRow({ title, why, children }: { title: string; why: ComponentChildren; children: ComponentChildren }) {
  return (
    <li class="row">
      <div class="row-text">
        <p class="row-name">{title}</p>
        <p class="small">{why}</p>
      </div>
      <div class="row-actions">{children}</div>
    </li>
  );
}
