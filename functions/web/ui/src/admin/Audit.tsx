import type { InOrg } from "./OrgPage";

export function Audit({ org }: InOrg) {
  return <p>{org.name}</p>;
}
