import type { InviteState as State } from "../lib/invites";
import { Badge } from "../parts/Badge";
import { states } from "../texts";

const looks = {
  active: { kind: "good", icon: "check" },
  suspended: { kind: "warn", icon: "pause" },
  used_up: { kind: "plain", icon: "people" },
  expired: { kind: "plain", icon: "hourglass" },
} as const;

/** The state that an invite is in. */
export function InviteState({ state }: { state: State }) {
  return <Badge {...looks[state]}>{states[state]}</Badge>;
}
