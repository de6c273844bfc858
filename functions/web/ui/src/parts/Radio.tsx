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
      <input
        type="radio"
        name={name}
        checked={checked}
        aria-labelledby={`${id}-name`}
        aria-describedby={means ? `${id}-means` : undefined}
        onChange={onChoose}
      />
      <span id={`${id}-name`}>{children}</span>
      {means ? (
        <span class="small" id={`${id}-means`}>
          {means}
        </span>
      ) : null}
    </label>
  );
}
