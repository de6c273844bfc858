import type { InOrg } from "./OrgPage";

export function Groups({ org }: InOrg) {
  return <p>{org.name}</p>;
}
