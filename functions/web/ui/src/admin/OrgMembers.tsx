import type { InOrg } from "./OrgPage";

export function OrgMembers({ org }: InOrg) {
  return <p>{org.name}</p>;
}
