// A new invite as it is being put together.

import { settled, type Addresses } from "./addresses";
import { instantOf, usualChoice, wire, type Choice } from "./expiry";
import type { Access, NewInvite } from "./invites";

export interface Form {
  choice: Choice;
  /** The day of a custom choice, "2026-12-01", and the time, "14:30"; empty where none is picked. */
  date: string;
  time: string;
  access: Access;
  /** How many may join, and what the link is called, as they are typed. */
  places: string;
  name: string;
  to: Addresses;
  /** What was last asked for, and under which key: asking for the same again makes no second invite. */
  asked: { key: string; what: string } | null;
}

export const emptyForm: Form = {
  choice: usualChoice,
  date: "",
  time: "",
  access: "org",
  places: "",
  name: "",
  to: { entries: [], typed: "" },
  asked: null,
};

/** Gives what a form asks for, in which all is right. */
export function requestOf(form: Form, now: Date): NewInvite {
  const request: NewInvite = { access: form.access };
  if (form.choice === "custom") {
    const picked = instantOf(form.date, form.time, now);
    if (picked.kind === "instant") request.expiresAt = wire(picked.at);
  } else {
    request.expiration = form.choice;
  }
  if (form.places.trim() !== "") request.maxUses = Number(form.places);
  if (form.name.trim() !== "") request.name = form.name.trim();
  const emails = settled(form.to).entries.map(({ text }) => text);
  if (emails.length > 0) request.emails = emails;
  return request;
}

/** Gives the form as it is sent: with the key that its request was sent under before, or a new one if it asks for something else. */
export function asking(form: Form, request: NewInvite): Form & { asked: { key: string; what: string } } {
  const what = JSON.stringify(request);
  return { ...form, asked: form.asked?.what === what ? form.asked : { key: crypto.randomUUID(), what } };
}

/** Whether a text is how many may join: 1 to 100,000, or empty for any number. */
export function placesFit(text: string): boolean {
  return text.trim() === "" || (/^\d{1,6}$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= 100_000);
}

/** Whether a text is short enough for the name of a link: 64 graphemes, as readers count characters, and 256 bytes. */
export function nameFits(text: string): boolean {
  const name = text.trim().normalize("NFC");
  return [...new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(name)].length <= 64 && new TextEncoder().encode(name).length <= 256;
}
