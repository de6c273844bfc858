import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface Props {
  /** Of the group that it is one of. */
  name: string;
  checked: boolean;
  onChoose: () => void;
  children: ComponentChildren;
  /** What choosing it means. */
  means?: ComponentChildren;
}

/** One of several choices. All of it can be pressed. */
export function Radio({ name, checked, onChoose, children, means }: Props) {
  const id = useId();
  return (
    <label class="radio">
      <input type="radio" name={name} checked={checked} aria-describedby={means ? id : undefined} onChange={onChoose} />
      <span>{children}</span>
      {means ? (
        <span class="small" id={id}>
          {means}
        </span>
      ) : null}
    </label>
  );
}
