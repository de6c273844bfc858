import type { InGroup } from "./GroupPage";

export function Members({ group }: InGroup) {
  return <p>{group.name}</p>;
}
