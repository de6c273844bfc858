import type { InGroup } from "./GroupPage";

export function Requests({ group }: InGroup) {
  return <p>{group.name}</p>;
}
