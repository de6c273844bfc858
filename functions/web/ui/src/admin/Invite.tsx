import type { InGroup } from "./GroupPage";

/** One invite, below the tabs of its group. It is come to after creating it, too. */
export function Invite({ inviteId }: InGroup & { inviteId: string }) {
  return <p>{inviteId}</p>;
}
