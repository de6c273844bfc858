// Every sentence that people see. {names} stand for values. To translate, write this file again, and its language.

export const language = "en";

export const invite = {
  reading: "Reading the invite…",

  // What it is.
  invited: "{who} invited you to {group}",
  invitedBySomeone: "You’re invited to {group}",
  groupOf: "A group of {org}",
  forMembers: "For members of {org}",
  forAnyone: "For anyone with this link. If you’re new to {org}, you join that too.",
  expires: "Expires {date}, {time} ({zone})",
  never: "This link never expires",
  ended: "Ended {date}, {time} ({zone})",
  left: {
    ten: "This invite expires in 10 minutes.",
    one: "This invite expires in 1 minute.",
    end: "The time of this invite is over.",
  },
  nothingYet: "Looking at an invite changes nothing. You join only when you press Join.",

  // Signing in and joining.
  signIn: "Sign in to join",
  signUp: "Create an account",
  signedInAs: "You’re signed in as {person}.",
  join: "Join as {person}",
  joining: "Joining…",
  otherAccount: "Use another account",
  leaving: "Going to sign-in…",

  // Joined.
  welcome: "Welcome to {group}",
  joined: "You’re a member now, as {person}.",
  joinedBefore: "You’re a member now.",
  already: "You’re already a member",
  alreadyIn: "You were in {group} before. Nothing has changed.",
  open: "Open {group}",

  // Links that let nobody in.
  expired: "This invite has expired",
  askCreator: "Ask {who} for a new one.",
  askSender: "Ask whoever sent it to you for a new one.",
  orRequest: "Or request access here.",
  suspended: "This invite is on hold",
  suspendedWhy: "{who} can’t invite people at the moment. It works again when that changes; until then ask an admin of {org}.",
  suspendedWhySomeone: "Whoever made it can’t invite people at the moment. It works again when that changes; until then ask an admin of {org}.",
  usedUp: "All places on this invite are taken",
  deleted: "This invite was turned off",
  unknown: "This link doesn’t work",
  unknownWhy: "Check that you have all of it: messages sometimes cut links off. Copy it again from where you got it, or ask whoever sent it for a new one.",
  noCode: "Open your invite link",
  noCodeWhy: "This page shows an invite when you open the whole link that you were sent.",
  lost: "Open the invite link again here",
  lostWhy: "Signing in has ended in another place than it began, and the invite stayed behind. Open the link once more and you can join.",

  // People whom the link doesn't let in.
  membersOnly: "This invite is for members of {org}",
  membersOnlyWhy: "You’re signed in as {person}, who isn’t a member. If you have an account that is, use that one. Otherwise ask {who} for an invite that is open to you.",
  whoeverSentIt: "whoever sent it",
  removed: "This invite doesn’t let you back in",
  removedWhy: "You’re signed in as {person}, who was removed after this invite was made. Ask an admin of {org} for a new one.",

  // Requesting access.
  signInToRequest: "Sign in to request access",
  message: "Message",
  messageHint: "Optional. Those who decide see it beside your name.",
  messageCount: "{used} of {most} characters",
  messageLong: "{used} of {most} characters. Please shorten it.",
  request: "Request access as {person}",
  requesting: "Sending your request…",
  requested: "Your request is on its way",
  requestedWhy: "When it’s approved you’re in {group}, and you get an e-mail.",

  // Around it.
  toGroups: "Already a member? Go to your groups",
  retry: "Try again",
} as const;

export const home = {
  title: "Your groups",
  why: "Sign in to see the groups that you are in.",
  signIn: "Sign in",
  loading: "Loading your groups…",
  none: "You’re in no group yet. Open an invite link to join one.",
  noGroups: "You’re in none of its groups.",
} as const;

export const signIn = {
  cancelled: "Sign-in was cancelled. Nothing has changed.",
  failed: "Sign-in didn’t work. Try again, or use another account.",
  failedReason: "Sign-in didn’t work: {reason}. Try again, or use another account.",
  unreachable: "The sign-in service can’t be reached. Check your connection and try again.",
  ended: "Your sign-in has ended. Sign in again; nothing is lost.",
} as const;

/** Problems in words, by their codes. */
export const problems: Record<string, string> = {
  offline: "No answer came. Check your connection and try again.",
  unavailable: "The service is busy. Nothing was changed; try again in a moment.",
  limit_reached: "Too many attempts. Wait a little, then try again.",
  forbidden: "You may not do this.",
  unauthenticated: signIn.ended,
  too_large: "That is too much text.",
  invalid_request: "Something in it isn’t right.",
  internal_error: "Something went wrong on our side. Try again.",
};

export const problem = {
  title: "That didn’t work",
  offline: "You seem to be offline",
  requestId: "If it stays so, this helps support find out why:",
} as const;
