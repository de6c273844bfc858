// Values in texts: "{who} invited you" and who.

import type { ComponentChild } from "preact";

/** The names in braces in a text. */
type Names<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;

/** Puts values where their names are. */
export function fill<Text extends string>(text: Text, values: Record<Names<Text>, string>): string {
  return parts(text, values).join("");
}

/** The same with anything that can be shown. */
export function fillWith<Text extends string>(text: Text, values: Record<Names<Text>, ComponentChild>): ComponentChild[] {
  return parts(text, values);
}

function parts<Value>(text: string, values: Record<string, Value>): (string | Value)[] {
  return text.split(/\{(\w+)\}/).map((part, i) => (i % 2 === 0 ? part : (values[part] ?? "")));
}
