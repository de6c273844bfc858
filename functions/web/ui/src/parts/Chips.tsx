import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { mostAddresses, settled, split, type Addresses, type Entry } from "../lib/addresses";
import { fill } from "../lib/fill";
import { chips as texts } from "../texts";
import { Icon } from "./Icon";
import { useSay } from "./Status";

interface Props {
  label: ComponentChildren;
  hint: ComponentChildren;
  value: Addresses;
  onChange: (value: Addresses) => void;
  /** What is wrong with the whole. */
  error: string | null;
}

/**
 * A box for mail addresses. Enter, a comma, pasting several, and leaving the box put what is typed in; each that is no address says so, and
 * can be corrected or removed. An address that is in already isn't put in twice.
 */
export function Chips({ label, hint, value, onChange, error }: Props) {
  const id = useId();
  const say = useSay();
  const list = useRef<HTMLUListElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const latest = useRef({ value, onChange });
  latest.current = { value, onChange };
  const pointerIsDown = usePointer();
  const { entries, typed } = value;

  const add = (text: string, rest = "") => {
    const before = latest.current.value.entries;
    const after = settled({ entries: before, typed: text });
    latest.current.onChange({ ...after, typed: rest });
    const added = after.entries.slice(before.length);
    const bad = added.filter((entry) => entry.fault !== null).length;
    if (added.length === 0 && split(text).length > 0) say(texts.addedBefore);
    if (added.length === 1) say(fill(bad ? texts.addedBad : texts.added, { address: added[0]!.text }));
    if (added.length > 1) say(fill(bad ? texts.addedManyBad : texts.addedMany, { count: String(added.length), bad: String(bad) }));
  };

  /** What is typed when the box is left goes in once the pointer is up: what it presses would move away under it. */
  const leave = () => {
    const addLate = () => {
      const { typed: left } = latest.current.value;
      if (left.trim() !== "" && document.activeElement !== input.current) add(left);
    };
    if (pointerIsDown.current) addEventListener("pointerup", () => setTimeout(addLate), { once: true });
    else addLate();
  };

  const without = (entry: Entry) => entries.filter(({ key }) => key !== entry.key);

  const remove = (entry: Entry, place: number) => {
    // The focus goes to what takes the place of the chip: the next one, else the one before, else the box.
    const left = list.current?.querySelectorAll<HTMLElement>(".chip-remove");
    (left?.[place + 1] ?? left?.[place - 1] ?? input.current)?.focus();
    onChange({ entries: without(entry), typed });
    say(fill(texts.removed, { address: entry.text }));
  };

  /** What is typed goes in, so that the box is free for the address that is to be corrected. */
  const correct = (entry: Entry) => {
    onChange({ ...settled({ entries: without(entry), typed }), typed: entry.text });
    input.current?.focus();
  };

  const described = [`${id}-hint`, error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <p class="small" id={`${id}-hint`}>
        {hint}
      </p>
      <div class={error ? "chips-box invalid" : "chips-box"} onClick={(event) => event.target === event.currentTarget && input.current?.focus()}>
        {entries.length > 0 ? (
          <ul class="chips" ref={list} aria-label={texts.list}>
            {entries.map((entry, place) => (
              <li key={entry.key} class={entry.fault ? "chip bad-chip" : "chip"}>
                <span class="chip-text">
                  {entry.fault ? <Icon name="warning" /> : null}
                  <bdi>{entry.text}</bdi>
                  {entry.fault ? <span class="chip-fault">{texts.faults[entry.fault]}</span> : null}
                </span>
                {entry.fault ? (
                  <button type="button" class="chip-button" aria-label={fill(texts.correct, { address: entry.text })} onClick={() => correct(entry)}>
                    <Icon name="pencil" />
                  </button>
                ) : null}
                <button type="button" class="chip-button chip-remove" aria-label={fill(texts.remove, { address: entry.text })} onClick={() => remove(entry, place)}>
                  <Icon name="cross" />
                </button>
              </li>
            ))}
          </ul>
        ) : null}
        <input
          ref={input}
          id={id}
          type="text"
          inputMode="email"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          enterKeyHint="done"
          value={typed}
          placeholder={entries.length === 0 ? texts.example : ""}
          aria-describedby={described}
          aria-invalid={error !== null}
          onInput={(event) => {
            const text = event.currentTarget.value;
            // What is before a comma, or an address before a space, is whole. A name before an address in angle brackets isn't an address yet.
            const whole = text.includes("<") ? /^.*>\s*[,;\s]/s.exec(text) : /^.*(?:[,;]|@\S+\s)/s.exec(text);
            if (whole) add(whole[0], text.slice(whole[0].length).trimStart());
            else onChange({ entries, typed: text });
          }}
          onKeyDown={(event) => {
            if (event.isComposing) return;
            if (event.key === "Enter") {
              event.preventDefault(); // it never sends the form, so that pressing it once too often mails nobody
              if (typed.trim() !== "") add(typed);
            }
          }}
          onPaste={(event) => {
            const pasted = event.clipboardData?.getData("text") ?? "";
            if (split(pasted).length < 2) return;
            event.preventDefault();
            add(`${typed}\n${pasted}`);
          }}
          onBlur={leave}
        />
      </div>
      {entries.length > mostAddresses / 2 && !error ? (
        <p class="small">{fill(texts.count, { count: String(entries.length), most: String(mostAddresses) })}</p>
      ) : null}
      {error ? (
        <p class="small bad" id={`${id}-error`}>
          {error}
        </p>
      ) : null}
    </div>
  );
}

/** What is wrong with addresses that are to be sent, or null. */
export function faultOf({ entries }: Addresses): string | null {
  const bad = entries.filter((entry) => entry.fault !== null).length;
  if (bad > 0) return bad === 1 ? texts.oneBad : fill(texts.someBad, { bad: String(bad) });
  if (entries.length > mostAddresses) return fill(texts.tooMany, { count: String(entries.length), most: String(mostAddresses) });
  return null;
}

/** Whether a button of a mouse, a finger or a pen is pressed. */
function usePointer() {
  const down = useRef(false);
  useEffect(() => {
    const see = (event: PointerEvent) => {
      down.current = event.type === "pointerdown";
    };
    const kinds = ["pointerdown", "pointerup", "pointercancel"] as const;
    for (const kind of kinds) addEventListener(kind, see, true);
    return () => {
      for (const kind of kinds) removeEventListener(kind, see, true);
    };
  }, []);
  return down;
}
