import { Icon, type IconName } from "./Icon";

/** How many colours there are for groups: .hue-0 and so on in styles.css. */
const hues = 8;

/** The colour of a group, by its name: always the same for the same one. */
export function hueOf(name: string): string {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + character.codePointAt(0)!) >>> 0;
  return `hue-${sum % hues}`;
}

/** The first letters of the first two words of a name. */
export function initials(name: string): string {
  const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return name
    .split(/\s+/)
    .filter((word) => word !== "")
    .slice(0, 2)
    .map((word) => [...graphemes.segment(word)][0]?.segment.toLocaleUpperCase() ?? "")
    .join("");
}

/** A square with the letters of a name, or with a drawing. */
export function Tile(props: { name: string } | { icon: IconName }) {
  return (
    <span class="tile" aria-hidden="true">
      {"name" in props ? initials(props.name) : <Icon name={props.icon} />}
    </span>
  );
}
