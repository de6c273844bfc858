import { Field } from "./Field";

/** From how many entries on searching among them is worth a field. */
export const worthSearching = 8;

interface Props {
  label: string;
  hint?: string | undefined;
  value: string;
  onInput: (value: string) => void;
  /** It takes the focus when its dialog opens. */
  focus?: boolean;
}

/** A field that searches among what is here. */
export function Search({ label, hint, value, onInput, focus = false }: Props) {
  return (
    <Field label={label} hint={hint}>
      {(ties) => (
        <input
          {...ties}
          type="search"
          value={value}
          autocomplete="off"
          data-focus={focus ? "" : undefined}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
