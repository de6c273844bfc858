import type { InviteState as State } from "../lib/invites";
import { Badge } from "../parts/Badge";
import { states } from "../texts";

const looks = {
  active: { look: "good", icon: "check" },
  suspended: { look: "warn", icon: "pause" },
  used_up: { look: "off", icon: "people" },
  expired: { look: "off", icon: "hourglass" },
} as const;

/** The state that an invite is in. */
export function InviteState({ state }: { state: State }) {
  return <Badge {...looks[state]}>{states[state]}</Badge>;
}
