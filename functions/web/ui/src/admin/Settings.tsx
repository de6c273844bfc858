import type { InOrg } from "./OrgPage";

export function Settings({ org }: InOrg) {
  return <p>{org.name}</p>;
}
