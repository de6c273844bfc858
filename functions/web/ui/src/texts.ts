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

// ---------------------------------------------------------------- the screens of those who are signed in

export const shell = {
  home: "Home",
  account: "Account",
  signedInAs: "Signed in as",
  otherAccount: "Use another account",
  signOut: "Sign out",
  signedOut: "You’re signed out.",
} as const;

export const nowhere = {
  title: "There is nothing here",
  why: "The address is wrong, or what was there is gone.",
  home: "Go to your groups",
} as const;

export const dialog = {
  close: "Close",
  cancel: "Cancel",
} as const;

export const list = {
  loading: "Loading…",
  more: "Show more",
} as const;

export const trouble = {
  retry: "Try again",
  screen: "This part of the app couldn’t be loaded. Perhaps there is a newer version: load the page anew.",
  reload: "Load anew",
} as const;

export const home = {
  title: "Your groups",
  why: "Sign in to see the groups that you are in.",
  signIn: "Sign in",
  none: "You’re in no group yet. Open an invite link to join one.",
  noGroups: "You’re in none of its groups.",
} as const;

export const org = {
  /** Of the page, in the browser's tab. */
  title: "{org}: {here}",
  nav: "Organization",
  tabs: { groups: "Groups", members: "Members", settings: "Settings", audit: "Audit" },
  yourRole: { user: "You’re a member.", manager: "You’re a manager.", admin: "You’re an admin." },
  gone: "This organization doesn’t exist, or you aren’t a member of it.",
} as const;

export const group = {
  title: "{group}: {here}",
  nav: "Group",
  tabs: { members: "Members", invites: "Invites", requests: "Access requests" },
  invite: "Invite",
  gone: "This group doesn’t exist, or you aren’t a member of it.",
} as const;

// ---------------------------------------------------------------- signing in, and what goes wrong

export const signIn = {
  cancelled: "Sign-in was cancelled. Nothing has changed.",
  failed: "Sign-in didn’t work. Try again, or use another account.",
  failedReason: "Sign-in didn’t work: {reason}. Try again, or use another account.",
  unreachable: "The sign-in service can’t be reached. Check your connection and try again.",
  ended: "Your sign-in has ended. Sign in again; nothing is lost.",
  again: "Sign in again",
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

// ---------------------------------------------------------------- invites, for those who make them

export const chips = {
  list: "Addresses",
  example: "mira@example.com",
  added: "{address} added.",
  addedBad: "{address} added. It isn’t right yet.",
  addedMany: "{count} addresses added.",
  addedManyBad: "{count} addresses added. {bad} of them aren’t right yet.",
  addedBefore: "That address is there already.",
  removed: "{address} removed.",
  remove: "Remove {address}",
  correct: "Correct {address}",
  count: "{count} of at most {most} addresses",
  oneBad: "One address isn’t right. Correct or remove it.",
  someBad: "{bad} addresses aren’t right. Correct or remove them.",
  tooMany: "{count} addresses are too many: {most} at a time.",
  faults: {
    form: "Not an address like mira@example.com",
    "local-letters": "Before the @ only plain letters (a to z), digits and signs can be mailed to",
    long: "Too long for an address",
    refused: "The service doesn’t take this address",
  },
} as const;

export const newInvite = {
  title: "New invite to {group}",
  button: "New invite",

  expiration: "Expires after",
  choices: { "1h": "1 hour", "6h": "6 hours", "1d": "1 day", "7d": "7 days", never: "Never", custom: "Custom date" },
  date: "Last day",
  time: "Time",
  timeHint: "Empty: the end of that day.",
  pick: "Pick the last day on which the link works.",
  leaps: "The clock of that day leaps over the time you picked.",
  bad: "That isn’t a whole date yet.",
  badTime: "That isn’t a whole time yet.",
  past: "Pick a time that is at least a minute ahead.",
  far: "Pick a time within the next five years.",

  access: "Who can join",
  org: "Members of {org}",
  orgMeans: "Only people who are in {org} already. Others can’t join by this link.",
  orgOnly: "New people can be invited by those whom the admins of {org} allow it.",
  anyone: "Anyone with the link",
  anyoneMeans: "Whoever has the link. People who are new to {org} join that too.",

  emails: "Send it by e-mail",
  emailsHint: "Optional. Paste as many as you like, up to 50. Everyone gets a mail of their own.",

  more: "More options",
  cap: "Places",
  capHint: "How many people can join by it, 1 to 1,000. Empty: any number.",
  capBad: "A whole number from 1 to 1,000.",
  label: "Name of the link",
  labelHint: "Optional, to tell it from others. E-mails say it too.",
  labelBad: "At most 64 characters, and none that can’t be seen.",

  create: "Create",
  createAndSend: "Create and send to {count}",
  creating: "Creating…",
  created: "Invite created.",
  createdAndSent: "Invite created. The e-mails are on their way.",
  needsWork: "Something isn’t right yet.",
  mayNot: "You may no longer invite new people to {org}. Choose its members, or ask an admin.",
  tooMuchMail: "That is more e-mail than you or {org} may send today. Remove addresses, or create the invite and copy its link.",
  goneMeanwhile: "The invite was created, and somebody has deleted it since. Create another one?",
} as const;
