import { useId } from "preact/hooks";
import { endOf, instantOf, presets, range, type Choice, type Picked } from "../lib/expiry";
import { fill } from "../lib/fill";
import { useNow } from "../lib/left";
import type { Form } from "../lib/newInvite";
import { words } from "../lib/time";
import { invite, newInvite as texts } from "../texts";
import { Radio } from "./Radio";
import { useSay } from "./Status";

type Expiry = Pick<Form, "choice" | "date" | "time">;

const choices: Choice[] = [...presets, "never", "custom"];

interface Props {
  form: Expiry;
  onChange: (part: Partial<Expiry>) => void;
  /** What is wrong with it. */
  error: string | null;
}

/** When a link is to end: one of a few times, never, or a day of the calendar with or without a time. The instant is said in words. */
export function ExpiryChoice({ form, onChange, error }: Props) {
  const id = useId();
  const say = useSay();
  const now = new Date(useNow());
  const sentence = sentenceOf(form, now);
  const { first, last } = range(now);

  const choose = (choice: Choice) => {
    onChange({ choice });
    say(sentenceOf({ ...form, choice }, now).text);
  };
  const pick = (part: { date?: string; time?: string }) => {
    onChange(part);
    const picked = sentenceOf({ ...form, ...part }, now);
    if (!picked.pending) say(picked.text);
  };

  return (
    <fieldset class="radios">
      <legend>{texts.expiration}</legend>
      <div class="radio-grid">
        {choices.map((choice) => (
          <Radio key={choice} name="expiration" checked={form.choice === choice} onChoose={() => choose(choice)}>
            {texts.choices[choice]}
          </Radio>
        ))}
      </div>
      {form.choice === "custom" ? (
        <div class="custom-date">
          <div class="field">
            <label for={`${id}-date`}>{texts.date}</label>
            <input
              id={`${id}-date`}
              type="date"
              min={first}
              max={last}
              value={form.date}
              aria-describedby={`${id}-says`}
              aria-invalid={error !== null}
              onInput={(event) => pick({ date: event.currentTarget.value })}
            />
          </div>
          <div class="field">
            <label for={`${id}-time`}>{texts.time}</label>
            <input
              id={`${id}-time`}
              type="time"
              value={form.time}
              aria-describedby={`${id}-hint ${id}-says`}
              onInput={(event) => pick({ time: event.currentTarget.value })}
            />
            <p class="small" id={`${id}-hint`}>
              {texts.timeHint}
            </p>
          </div>
        </div>
      ) : null}
      <p class={error ? "says bad" : "says"} id={`${id}-says`}>
        {error ?? sentence.text}
      </p>
    </fieldset>
  );
}

/** Says when a link made now would end; pending if that isn't known yet. */
function sentenceOf({ choice, date, time }: Expiry, now: Date): { text: string; pending: boolean } {
  if (choice === "never") return { text: texts.never, pending: false };
  if (choice !== "custom") return { text: ends(endOf(choice, now)), pending: false };
  const picked = instantOf(date, time, now);
  if (picked.kind !== "instant") return { text: wordsFor(picked), pending: picked.kind === "none" };
  const text = ends(picked.at);
  return { text: picked.leapt ? `${text} ${texts.leaps}` : text, pending: false };
}

const ends = (at: Date) => fill(invite.expires, words(at));

function wordsFor(picked: Exclude<Picked, { kind: "instant" }>): string {
  return { none: texts.pick, bad: texts.partly, past: texts.past, far: texts.far }[picked.kind];
}

/** What is wrong with a choice, or null. */
export function faultOfExpiry({ choice, date, time }: Expiry, now: Date): string | null {
  if (choice !== "custom") return null;
  const picked = instantOf(date, time, now);
  return picked.kind === "instant" ? null : wordsFor(picked);
}
