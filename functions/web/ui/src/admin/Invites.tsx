import type { InGroup } from "./GroupPage";

export function Invites({ group }: InGroup) {
  return <p>{group.name}</p>;
}
