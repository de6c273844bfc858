// The screens' addresses. A screen is what its address says, so that it can be sent, kept and gone back to.

import { useEffect, useState } from "preact/hooks";

export type OrgTab = "groups" | "members" | "settings" | "audit";
export type GroupTab = "members" | "invites" | "requests";

/** Which screen an address names. */
export type Route =
  | { at: "home" }
  | { at: "org"; orgId: string; tab: OrgTab }
  /** creating: the dialog for a new invite is open on it. */
  | { at: "group"; groupId: string; tab: GroupTab; inviteId: string | null; creating: boolean }
  | { at: "nowhere" };

const orgTabs: Record<string, OrgTab> = { "": "groups", members: "members", settings: "settings", audit: "audit" };
const groupTabs: Record<string, GroupTab> = { "": "members", invites: "invites", requests: "requests" };

/** Reads an address: path and query of this origin. */
export function routeOf(address: string): Route {
  const { pathname, search } = new URL(`http://page${address}`);
  const [kind = "", id = "", tab = "", inviteId = null, ...rest] = pathname.split("/").slice(1);
  if (pathname === "/") return { at: "home" };
  const org = orgTabs[tab];
  if (kind === "orgs" && id && org && inviteId === null) return { at: "org", orgId: id, tab: org };
  const group = groupTabs[tab];
  const known = inviteId === null || (group === "invites" && inviteId !== "" && rest.length === 0);
  if (kind === "groups" && id && group && known) {
    return { at: "group", groupId: id, tab: group, inviteId, creating: new URLSearchParams(search).has("new") };
  }
  return { at: "nowhere" };
}

/** The addresses of screens. */
export const to = {
  home: "/",
  org: (orgId: string, tab: OrgTab = "groups") => (tab === "groups" ? `/orgs/${orgId}` : `/orgs/${orgId}/${tab}`),
  group: (groupId: string, tab: GroupTab = "members") => (tab === "members" ? `/groups/${groupId}` : `/groups/${groupId}/${tab}`),
  /** The dialog for a new invite, on the screen of a tab. */
  newInvite: (groupId: string, tab: GroupTab = "invites") => `${to.group(groupId, tab)}?new`,
  invite: (groupId: string, inviteId: string) => `/groups/${groupId}/invites/${inviteId}`,
};

const moved = new EventTarget();
let arriving = false;

/**
 * Goes to another screen. With replace, going back leads to what was before the screen that is left. Where the path stays, a dialog opens or
 * closes over the screen, which stays as it is.
 */
export function go(address: string, { replace = false } = {}): void {
  const left = location.pathname;
  history[replace ? "replaceState" : "pushState"](null, "", address);
  if (location.pathname !== left) {
    if (!replace) scrollTo(0, 0);
    arriving = true;
  }
  moved.dispatchEvent(new Event("move"));
}

/** Shows another screen in the place of what the address says, as if the page had been opened there. */
export function show(address: string): void {
  history.replaceState(null, "", address);
  moved.dispatchEvent(new Event("move"));
}

/** Whether the screen was come to, from another one, since it was last asked: then its heading takes the focus. */
export function takeArrival(): boolean {
  const taken = arriving;
  arriving = false;
  return taken;
}

/** The screen that the address names now. Links to screens lead there without loading the page anew. */
export function useRoute(): Route {
  const here = () => location.pathname + location.search;
  const [address, setAddress] = useState(here);
  useEffect(() => {
    let path = location.pathname;
    const see = () => {
      path = location.pathname;
      setAddress(here());
    };
    const back = () => {
      arriving = location.pathname !== path;
      see();
    };
    const click = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest("a") : null;
      const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
      if (!link || !plain || event.defaultPrevented || link.target !== "" || link.hasAttribute("download")) return;
      if (link.origin !== location.origin || routeOf(link.pathname).at === "nowhere") return;
      event.preventDefault();
      if (link.pathname + link.search !== here()) go(link.pathname + link.search);
    };
    see();
    moved.addEventListener("move", see);
    addEventListener("popstate", back);
    document.addEventListener("click", click);
    return () => {
      moved.removeEventListener("move", see);
      removeEventListener("popstate", back);
      document.removeEventListener("click", click);
    };
  }, []);
  return routeOf(address);
}
