// The stack's inbox, and what goes wrong with mail on request.

import { theStack } from "./scene";
import { until } from "./until";

export interface Mail {
  to: string;
  from: string;
  subject: string;
  text: string;
}

/** Waits for a mail to an address whose text or subject has these words. */
export function mailTo(address: string, words: string): Promise<Mail> {
  return until(`a mail to ${address} about ${words}`, async () => {
    const mails = (await (await fetch(`${theStack().url}/dev/mails?to=${encodeURIComponent(address)}`)).json()) as Mail[];
    return mails.find(({ subject, text }) => `${subject}\n${text.replaceAll(/\s+/g, " ")}`.includes(words)) ?? null;
  });
}

/** Has mails to these addresses come back: for good, or only this time. */
export async function bounce(bounced: { bounce?: string[]; softBounce?: string[] }): Promise<void> {
  await fetch(`${theStack().url}/dev/mail/faults`, { method: "PUT", body: JSON.stringify(bounced) });
}
