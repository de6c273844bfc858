import { useEffect, useRef, useState } from "preact/hooks";
import type { SingleGroup } from "../lib/directory";
import type { Failure } from "../lib/api";
import { markRefusedIn, settled } from "../lib/addresses";
import { useDraft } from "../lib/draft";
import { fill, fillWith } from "../lib/fill";
import { createInvite, type Invite } from "../lib/invites";
import { asking, emptyForm, nameFits, placesFit, requestOf, type Form } from "../lib/newInvite";
import { Button } from "../parts/Button";
import { Chips, faultOf } from "../parts/Chips";
import { Dialog } from "../parts/Dialog";
import { ExpiryChoice, faultOfExpiry } from "../parts/ExpiryChoice";
import { TextField } from "../parts/Field";
import { Radio } from "../parts/Radio";
import { useSay } from "../parts/Status";
import { Trouble } from "../parts/Trouble";
import { dialog, newInvite as texts } from "../texts";

interface Props {
  group: SingleGroup;
  /** It is to be taken away. */
  onClose: () => void;
  /** The invite was created: its screen comes next. */
  onCreated: (invite: Invite) => void;
}

/** What is wrong with each part of the form; null where nothing is. */
interface Faults {
  expiry: string | null;
  to: string | null;
  places: string | null;
  name: string | null;
}

const noFaults: Faults = { expiry: null, to: null, places: null, name: null };

function faultsOf(form: Form): Faults {
  return {
    expiry: faultOfExpiry(form, new Date()),
    to: faultOf(form.to),
    places: placesFit(form.places) ? null : texts.placesBad,
    name: nameFits(form.name) ? null : texts.nameBad,
  };
}

/** The dialog for a new invite, over any screen of the group: at its address with "?new" (to.newInvite). What is in it is kept until it is created. */
export function NewInvite({ group, onClose, onCreated }: Props) {
  const [form, setForm, forgetForm] = useDraft<Form>(`new invite ${group.id}`, emptyForm);
  const [faults, setFaults] = useState(noFaults);
  const [refused, setRefused] = useState(0); // how often
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const sayOnPage = useSay();
  const element = useRef<HTMLFormElement>(null);
  const more = useRef<HTMLDetailsElement>(null);
  const latest = useRef(form);
  latest.current = form;

  const change = (part: Partial<Form>) => {
    latest.current = { ...latest.current, ...part };
    setForm(latest.current);
    setFailure(null);
    // What is wrong is said when the form is sent; what has been put right since, isn't.
    const now = faultsOf(latest.current);
    setFaults((before) => ({ expiry: before.expiry && now.expiry, to: before.to && now.to, places: before.places && now.places, name: before.name && now.name }));
  };

  const refuse = (found: Faults) => {
    setFaults(found);
    if ((found.places || found.name) && more.current) more.current.open = true;
    setRefused(refused + 1);
  };
  // The focus goes to the first thing that isn't right.
  useEffect(() => {
    element.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [refused]);

  const mayAnyone = group.accessOptions.includes("anyone");
  const create = async () => {
    if (busy) return;
    const whole = { ...latest.current, access: mayAnyone ? latest.current.access : "org", to: settled(latest.current.to) } satisfies Form;
    change(whole);
    const found = faultsOf(whole);
    if ([...element.current!.elements].some((input) => input instanceof HTMLInputElement && input.validity.badInput)) found.expiry = texts.partly;
    if (Object.values(found).some(Boolean)) return refuse(found);

    const request = requestOf(whole, new Date());
    const sent = asking(whole, request);
    setForm(sent);
    latest.current = sent;
    setBusy(true);
    const answer = await createInvite(group.id, request, sent.asked.key);
    setBusy(false);
    if (answer.ok) {
      forgetForm();
      sayOnPage(sent.to.entries.length > 0 ? texts.createdAndSent : texts.created);
      return onCreated(answer.data);
    }
    const { code, fields } = answer.failure;
    if (code === "invite_deleted" || code === "idempotency_conflict") change({ asked: null });
    if (code === "invalid_request") {
      const names = new Set(fields.map(({ field }) => field));
      const to = markRefusedIn(latest.current.to, sent.to.entries, fields);
      change({ to });
      refuse({
        expiry: names.has("expiresAt") || names.has("expiration") ? texts.expiryRefused : null,
        to: faultOf(to),
        places: names.has("maxUses") ? texts.placesBad : null,
        name: names.has("name") ? texts.nameBad : null,
      });
    }
    setFailure(answer.failure);
  };

  const { entries } = form.to;
  const org = <bdi>{group.orgName}</bdi>;
  return (
    <Dialog title={fillWith(texts.title, { group: <bdi>{group.name}</bdi> })} onClose={onClose} busy={busy} wide>
      <form
        ref={element}
        class="new-invite"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <ExpiryChoice form={form} onChange={change} error={faults.expiry} />

        <fieldset class="radios">
          <legend>{texts.access}</legend>
          {mayAnyone ? (
            <div class="radio-rows">
              <Radio name="access" checked={form.access === "org"} onChoose={() => change({ access: "org" })} means={texts.orgMeans}>
                {fillWith(texts.org, { org })}
              </Radio>
              <Radio name="access" checked={form.access === "anyone"} onChoose={() => change({ access: "anyone" })} means={fillWith(texts.anyoneMeans, { org })}>
                {texts.anyone}
              </Radio>
            </div>
          ) : (
            <p class="radio-only">
              <strong>{fillWith(texts.org, { org })}</strong>
              <span class="small">
                {texts.orgMeans} {fillWith(texts.orgOnly, { org })}
              </span>
            </p>
          )}
        </fieldset>

        <Chips label={texts.emails} hint={texts.emailsHint} value={form.to} onChange={(to) => change({ to })} error={faults.to} />

        <details class="more-options" ref={more} open={form.places !== "" || form.name !== ""}>
          <summary>{texts.more}</summary>
          <div class="more-fields">
            <TextField label={texts.name} hint={texts.nameHint} value={form.name} onInput={(name) => change({ name })} error={faults.name} />
            <TextField label={texts.places} hint={texts.placesHint} value={form.places} onInput={(places) => change({ places })} error={faults.places} keyboard="numeric" />
          </div>
        </details>

        {failure ? <Trouble failure={failure}>{wordsFor(failure, group)}</Trouble> : null}
        <div class="dialog-actions">
          <Button
            busy={busy}
            onClick={() => {
              forgetForm();
              onClose();
            }}
          >
            {dialog.cancel}
          </Button>
          <Button kind="main" type="submit" busy={busy}>
            {busy
              ? texts.creating
              : entries.length === 0
                ? texts.create
                : entries.length === 1
                  ? texts.createAndSendOne
                  : fill(texts.createAndSend, { count: String(entries.length) })}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** What is said of a failure here in other words than elsewhere. */
function wordsFor(failure: Failure, group: SingleGroup): string | undefined {
  switch (failure.code) {
    case "invalid_request":
      return texts.needsWork;
    case "add_people_required":
      return fill(texts.mayNot, { org: group.orgName });
    case "limit_reached": // the day's mails; or too many requests, which are over sooner
      return (failure.retryAfter ?? 0) > 60 ? fill(texts.tooMuchMail, { org: group.orgName }) : undefined;
    case "offline":
    case "unavailable":
      return texts.unsure;
    case "invite_deleted":
      return texts.goneMeanwhile;
    default:
      return undefined;
  }
}
