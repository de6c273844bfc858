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

  welcome: "Welcome",
  invited: "Were you invited?",
  invitedWhy: "Open the link that you were sent, and press Join there.",
  start: "Start an organization",
  startWhy: "It holds your groups and the people in them. You become its admin, and decide who may bring in new people.",
  newOrg: "New organization",
  created: "{org} is created.",
  forbidden: "Organizations are created by those who run this service. Ask them, or open an invite link to join one.",
  limit: "You have created as many organizations as you may today. Try again tomorrow.",

  noGroups: "You’re in none of its groups yet. Open an invite link to a group, or ask one of its members to add you.",
  noGroupsAdmin: "You’re in none of its groups. As an admin you see them all.",
  allGroups: "All groups",
} as const;

export const roles = {
  user: "User",
  manager: "Manager",
  admin: "Admin",
  what: {
    user: "Sees the groups that they are in, and invites others to them.",
    manager: "Also adds and removes members in the groups that they are in, and sees all invites of these.",
    admin: "Does everything in the whole organization.",
  },
} as const;

export const people = {
  nameless: "No name yet",
  you: "You",
  since: "since {date}",
  search: "Find by name or address",
  searchName: "Find by name",
  searchPart: "Finds only among those that are shown. “Show more” widens it.",
  noneFound: "Nobody of those shown is called that.",
} as const;

export const name = {
  label: "Name",
  empty: "Type a name.",
  long: "That is too long: a name has at most 80 characters.",
  invalid: "This name can’t be used. It may have 80 characters, none of them invisible.",
  save: "Save",
  saving: "Saving…",
  create: "Create",
  creating: "Creating…",
} as const;

export const org = {
  /** Of the page, in the browser's tab. */
  title: "{org}: {here}",
  nav: "Organization",
  tabs: { groups: "Groups", members: "Members", settings: "Settings", audit: "Audit" },
  yourRole: { user: "You’re a member.", manager: "You’re a manager.", admin: "You’re an admin." },
  gone: "This organization doesn’t exist, or you aren’t a member of it.",
  changedMeanwhile: "Someone else has changed the organization since you opened it: it is called “{name}” now. What you typed is still here. Save again if you want it so.",

  groups: {
    title: "Groups",
    new: "New group",
    newTitle: "New group",
    newHint: "Invites show it to people before they join.",
    created: "{group} is created.",
    search: "Find a group",
    noneFound: "None of the groups shown is called that.",
    yours: "You’re in it",
    empty: "There are no groups yet.",
    emptyWhy: "A group is what people are invited to: a team, a class, a choir. Create the first one, then invite people to it with a link.",
    emptyMine: "You’re in no group of {org} yet.",
    emptyMineWhy: "Open an invite link to a group, or ask one of its members to add you.",
  },

  members: {
    title: "Members",
    manage: "Manage",
    forbidden: "Managers and admins see who is in the organization.",
    role: "Role",
    roleSaved: "{person}: {role} now.",
    saveRole: "Save role",
    self: "This is you. If you take the admin role from yourself, you can’t give it back.",
    lastAdmin: "There has to be an admin. Make someone else admin first.",
    leaveInstead: "To leave the organization, go to its settings.",
    removeTitle: "Remove from the organization",
    removeWhy: "{person} is out of all its groups at once, and no link made before lets them back in.",
    remove: "Remove",
    removing: "Removing…",
    removeAsk: "Remove {person}?",
    removeAskWhy: "{person} is out of {org} and all its groups at once. Links that they made stop working. No link made until now lets them back in; a new one does.",
    removed: "{person} is removed.",
    removedNote: "Removed",
    addAgain: "Add again",
    addingAgain: "Adding…",
    addedAgain: "{person} is in the organization again, in no group yet.",
    howToAdd: "New people come by invite links: open a group and invite them to it.",
  },

  settings: {
    title: "Settings",
    nameHint: "Invites show it to people before they join.",
    saved: "Saved.",
    unchanged: "Nothing was changed, so there is nothing to save.",
    addPeople: "Who may add new people",
    addPeopleWhy: "They may make invite links that work for anyone. Everyone else makes links for people who are in {org} already.",
    admins: "Admins",
    adminsWhy: "Always.",
    managers: "Managers",
    managersWhy: "In the groups that they are in.",
    users: "Users",
    usersWhy: "In the groups that they are in.",
    narrowing: "Links for anyone that {who} have made stop working when you save this. They work again when you give the right back.",
    narrowed: { manager: "managers", user: "users", both: "managers and users" },
    conflict: "Someone else has changed the settings since you opened them. What you chose is still here. Save again if you want it so.",
    whoMay: { admin: "Admins", manager: "Admins and managers", user: "Admins and users", all: "Everyone in {org}" },
    readOnly: "{who} may make invite links that work for anyone. Only admins change this.",
    leave: "Leave the organization",
    leaveWhy: "You’re out of all its groups. Links that you made stop working. To come back you need an invite.",
    leaveVerb: "Leave",
    leaving: "Leaving…",
    leaveAsk: "Leave {org}?",
    left: "You have left {org}.",
    lastAdmin: "You’re the only admin. Make someone else admin first, or delete the organization.",
    delete: "Delete the organization",
    deleteWhy: "It is gone for everyone at once, with its groups, links and memberships. This can’t be undone.",
    deleteVerb: "Delete",
    deleting: "Deleting…",
    deleteAsk: "Delete {org}?",
    deleteType: "To confirm, type the name: {org}",
    deleteMismatch: "That isn’t the name. Type it exactly as it is written above.",
    deleted: "{org} is deleted.",
  },

  audit: {
    title: "Audit",
    why: "Who did what, newest first. It is kept for a year. Creations and joinings show up some seconds later.",
    forbidden: "Only admins see this.",
    empty: "Nothing has happened yet.",
    someone: "Someone",
    directory: "The directory",
    aPerson: "someone",
    themselves: "themselves",
    aGroup: "a group that is gone",
    invite: "an invite",
    acts: {
      "invite.created": "{who} created {invite} to {group}",
      "invite.deleted": "{who} deleted an invite to {group}",
      "org.created": "{who} created the organization",
      "org.changed": "{who} changed the organization",
      "org.deleted": "{who} deleted the organization",
      "group.created": "{who} created the group {group}",
      "group.changed": "{who} renamed the group {group}",
      "group.deleted": "{who} deleted a group",
      "member.added": "{who} added {person} to the organization again, as {role}",
      "member.joined": "{who} joined {group} by {invite}",
      "member.removed": "{who} removed {person} from the organization",
      "member.role_changed": "{who} made {person} {role}",
      "group_member.added": "{who} added {person} to {group}",
      "group_member.removed": "{who} removed {person} from {group}",
      "access_request.approved": "{who} let {person} into {group}, who had asked for access",
      "access_request.declined": "{who} declined {person}’s request for access to {group}",
    },
    renamed: "{who} renamed the organization",
    addPeople: "{who} decided who may add new people: {roles}",
    both: "{who} renamed the organization, and decided who may add new people: {roles}",
    asRole: { user: "a user", manager: "a manager", admin: "an admin" },
    roles: { user: "users", manager: "managers", admin: "admins" },
    other: "{who}: {act}",
  },
} as const;

export const group = {
  title: "{group}: {here}",
  nav: "Group",
  tabs: { members: "Members", invites: "Invites", requests: "Access requests" },
  invite: "Invite",
  gone: "This group doesn’t exist, or you aren’t a member of it.",
  of: "A group of {org}",
  changedMeanwhile: "Someone else has renamed the group meanwhile: it is called “{name}” now. What you typed is still here. Save again if you want it so.",

  members: {
    title: "Members",
    inviteByLink: "Invite with a link",
    add: "Add members",
    empty: "Nobody is in this group yet.",
    emptyWhy: "Invite people with a link, or add members of the organization.",
    emptyWhyAlone: "Invite people with a link.",
    addYourself: "Add yourself",
    addingYourself: "Adding you…",
    addedYourself: "You’re in the group.",
    remove: "Remove",
    removing: "Removing…",
    removeAsk: "Remove {person}?",
    removeAskWhy: "{person} is out of {group} at once. Links that they made to it stop working. No link made until now lets them back in; a new one does, and you can add them again.",
    removed: "{person} is removed.",
  },

  addMembers: {
    title: "Add members",
    why: "People of {org} whom you add are in the group at once. For someone new, invite them with a link.",
    add: "Add",
    adding: "Adding…",
    isIn: "In the group",
    added: "{person} is in the group.",
    done: "Done",
  },

  settings: {
    title: "This group",
    name: "Name",
    rename: "Rename",
    renameTitle: "Rename the group",
    renamed: "The group is called {group} now.",
    leave: "Leave the group",
    leaveWhy: "Links that you made to it stop working. To come back you need an invite, or someone who adds you.",
    leaveWhyAdmin: "As an admin you still see it, and can add yourself again.",
    leaveVerb: "Leave",
    leaving: "Leaving…",
    leaveAsk: "Leave {group}?",
    left: "You have left {group}.",
    delete: "Delete the group",
    deleteWhy: "It is gone for everyone at once, with its links. This can’t be undone.",
    deleteVerb: "Delete",
    deleting: "Deleting…",
    deleteAsk: "Delete {group}?",
    deleted: "{group} is deleted.",
  },
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
  not_found: "It isn’t there any more, or you may no longer see it.",
  last_admin: "There has to be an admin. Make someone else admin first.",
  precondition_failed: "Someone else has changed it meanwhile. What you typed is still here; look at it again, and save again.",
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

  expiration: "Expiration",
  choices: { "1h": "1 hour", "6h": "6 hours", "1d": "1 day", "7d": "7 days", never: "Never", custom: "Custom date" },
  never: "It never expires. You can delete it at any time.",
  date: "Last day",
  time: "Time",
  timeHint: "Without one, the end of the day.",
  pick: "Pick the last day on which the link works.",
  leaps: "The clocks of that day leap over the time that you picked.",
  partly: "Pick a whole date, and a whole time or none.",
  past: "Pick a time that is at least a minute ahead.",
  far: "Pick a time within the next five years.",
  expiryRefused: "Pick a time at least a minute and at most five years ahead.",

  access: "Who can join",
  org: "Members of {org}",
  orgMeans: "Only people who are in it already. The link lets nobody else in.",
  orgOnly: "Inviting new people is up to those whom the admins of {org} let do it.",
  anyone: "Anyone with the link",
  anyoneMeans: "Whoever has the link. People who are new to {org} join that too.",

  emails: "Send it by e-mail",
  emailsHint: "Optional. Up to 50 addresses; paste a list if you have one. Everyone gets a mail of their own.",

  more: "More options",
  name: "Name of the link",
  nameHint: "Optional, to tell it from others. E-mails say it too.",
  nameBad: "At most 64 characters, and none that can’t be seen.",
  places: "Places",
  placesHint: "How many people can join by it, from 1 to 100,000. Without a number, any number can.",
  placesBad: "A whole number from 1 to 100,000, or none.",

  create: "Create",
  createAndSendOne: "Create and send",
  createAndSend: "Create and send to {count}",
  creating: "Creating…",
  created: "Invite created.",
  createdAndSent: "Invite created. The e-mails are on their way.",
  needsWork: "Something isn’t right yet.",
  mayNot: "You may no longer invite people who are new to {org}. Choose its members, or ask an admin.",
  tooMuchMail: "That is more e-mail than you or {org} may send today. Remove addresses, or create the invite without them and share its link.",
  unsure: "No answer came, so it isn’t known whether the invite was created. Try again: that makes no second one.",
  goneMeanwhile: "This invite was created, and somebody has deleted it since. Create another one?",
} as const;

export const link = {
  copy: "Copy",
  copied: "Copied",
  copiedSaid: "Link copied.",
  anyone: "Whoever has this link can join until it ends. Pass it on to those who are meant.",
  org: "It works for members of {org} only, whoever else has it.",
  notCopied: "The browser doesn’t let this page copy. The link is selected: copy it by hand.",
} as const;

export const share = {
  share: "Share",
  byMail: "E-mail",
  failed: "Sharing didn’t work. Copy the link instead.",
  title: "Join {group}",
  text: "You’re invited to {group}, a group of {org}.",
} as const;

export const qr = {
  button: "QR code",
  title: "QR code",
  about: "It leads to the invite to {group}. Whoever scans it has the link.",
  file: "Invite to {group}",
  picture: "QR code of the link",
  svg: "Save as SVG",
  png: "Save as PNG",
  failed: "The QR code couldn’t be made. Check your connection and try again.",
  retry: "Try again",
} as const;

/** States of an invite. */
export const states = {
  active: "Active",
  expired: "Expired",
  suspended: "On hold",
  used_up: "Full",
} as const;

export const invites = {
  title: "Invites",
  none: "No invites yet",
  noneWhy: "An invite is a link. Whoever opens it and signs in can join {group}. You choose when it ends and who can join by it, and you can delete it at any time.",
  noneOwn: "Here are those that you make.",
  list: "Invites, newest first",
  unnamed: "Invite of {date}",
  by: "By {who}",
  bySomeone: "By someone without a name",
  byYou: "By you",
  forMembers: "Members of {org}",
  forAnyone: "Anyone with the link",
  expires: "Expires {when}",
  expired: "Expired {when}",
  never: "Never expires",
  places: "{left} of {all} places left",
  joined: "{count} joined",
  joinedOne: "1 joined",
  filter: "Filter the invites",
  search: "Find by name or creator",
  state: "State",
  all: "All",
  shown: "{shown} of {count} invites",
  shownOfMore: "{shown} of the {count} newest invites",
  noneShown: "None of the invites here is like that.",
} as const;

export const invitePage = {
  back: "All invites",
  gone: "This invite doesn’t exist, or was deleted.",
  why: {
    expired: "Its time is over: it lets nobody in any more. Whoever opens it can ask for access.",
    used_up: "All of its places are taken: it lets nobody else in. Create another one for more people.",
    suspendedOrg: "It lets nobody in at the moment: {who} isn’t in {group}. It works again when {who} is back in it.",
    suspendedAnyone: "It lets nobody in at the moment: {who} may not add new people to {org}, or isn’t in {group}. It works again when that changes.",
    suspendedLeft: "If {who} has left {org} since it was made, it stays on hold. Create another one then.",
    hidden: "The link itself isn’t shown to you: it lets new people into {org}, and you may not add any. An admin can change that.",
    hiddenOrg: "The link itself isn’t shown to you, as you can’t invite people to {group} at the moment.",
  },
  someone: "its creator",
  instant: "{date}, {time} ({zone})",
  expires: "Expires",
  never: "Never",
  created: "Created",
  createdBy: "Created by",
  you: "{who} (you)",
  access: "Who can join",
  places: "Places",
  taken: "{uses} of {all} taken, {left} left",
  joined: "{uses} people joined, any number can",
  joinedOne: "1 person joined, any number can",
  org: "Organization",
  group: "Group",

  remove: "Delete",
  removeTitle: "Delete this invite?",
  removeWhat: "The link stops working at once, wherever it was sent, shared or printed. That can’t be undone.",
  removeKeep: "Those who have joined by it stay in {group}.",
  removing: "Deleting…",
  removed: "Invite deleted. Its link lets nobody in any more.",

  joins: "Joined by this invite",
  noJoins: "Nobody yet.",
  joinsList: "Who joined by this invite, the last first",
} as const;

export const recipients = {
  title: "Sent by e-mail",
  none: "Nobody yet.",
  list: "To whom this invite was sent",
  sentBy: "By {who}",
  states: {
    queued: "Waiting",
    sent: "Sent",
    delayed: "Delayed",
    delivered: "Delivered",
    bounced: "Bounced",
    complained: "Called spam",
    suppressed: "Not sent",
    dropped: "Not sent",
  },
  corrected: "Replaced",
  reasons: {
    queued: "It goes out in a moment; sometimes that takes longer.",
    delayed: "The receiving server has put it off. It is tried again for some time.",
    complained: "The recipient called it spam, and gets no more mail from here.",
    permanent: "The receiving server takes no mail for this address. Is it spelled right?",
    transient: "The receiving server didn’t take it this time. Sending it again may help.",
    undetermined: "The receiving server didn’t take it, and it isn’t clear why.",
    bounced: "Mail to this address came back before. Is it spelled right?",
    complainedBefore: "The recipient called an earlier mail spam, and gets no more from here.",
    opted_out: "The recipient wants no invites by e-mail. Pass the link on in another way.",
    invite_deleted: "The invite was deleted before it went out.",
    invite_expired: "The invite expired before it went out.",
    invite_suspended: "The invite was on hold when it was to go out.",
    invite_used_up: "All places were taken before it went out.",
    sender_lost_right: "When it was to go out, {who} could not make such an invite.",
    corrected: "It went to another address instead.",
    rejected: "The mail service refused it for what is in it.",
    gave_up: "It couldn’t be sent for days.",
  },
  sender: "its sender",
  server: "The server said: {detail}",

  send: "Send it to people",
  sendMore: "Send it to more people",
  sendHint: "Up to 50 addresses; paste a list if you have one.",
  sendButton: "Send",
  sending: "Sending…",
  nobody: "Type or paste an address first.",
  sent: "On its way to {count} people.",
  sentOne: "On its way to {address}.",
  sentBefore: "Sent before, and so not again: {addresses}. If it didn’t arrive, use “Send again” below.",
  tooMuch: "That is more e-mail than you or {org} may send today. Nothing was sent. Remove addresses, or pass the link on in another way.",
  mayNot: "You may no longer add new people to {org}, so you can’t send this link. Nothing was sent.",
  over: {
    invite_expired: "The invite has expired. Nothing was sent.",
    invite_suspended: "The invite is on hold. Nothing was sent.",
    invite_used_up: "All places on this invite are taken. Nothing was sent.",
  },
  gone: "This invite was deleted. Nothing was sent.",

  again: "Send again",
  againTo: "Send again to {address}",
  againDone: "On its way to {address} again. When the link expires hasn’t changed.",
  correct: "Correct address",
  correctOf: "Correct address {address}",
  newAddress: "Right address",
  correctHint: "It is sent there instead. When the link expires doesn’t change.",
  correctButton: "Send there",
  cancel: "Cancel",
  sameAddress: "That is the address it was sent to. Use “Send again” for it.",
} as const;

export const requests = {
  title: "Access requests",
  none: "No open requests",
  noneWhy: "Whoever opens an invite to {group} after its time can ask for access. What they ask stands here for 30 days, or until somebody decides.",
  list: "Access requests, newest first",
  asked: "Asked {when}",
  noneOwn: "You see those who ask by an invite of yours.",
  until: "Stands until {date}",
  newToOrg: "New to {org}: approving adds them to that too.",
  inOrg: "In {org} already.",
  by: "By this invite",
  approve: "Approve",
  approveWho: "Approve {who}",
  approving: "Approving…",
  approved: "{who} is in {group} now.",
  decline: "Decline",
  declineWho: "Decline {who}",
  declineTitle: "Decline the request of {who}?",
  declineWhat: "{who} isn’t let into {group}, is told so by e-mail, and can’t ask again for a week.",
  declining: "Declining…",
  declined: "The request of {who} is declined.",
  gone: "The request of {who} isn’t open any more: somebody else has decided, or its time is over.",
} as const;
