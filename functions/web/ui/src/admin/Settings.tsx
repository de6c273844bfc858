import { useState } from "preact/hooks";
import { changeOrg, deleteOrg, removeOrgMember, type Role } from "../lib/directory";
import { fill, fillWith } from "../lib/fill";
import { go, to } from "../lib/route";
import { Button } from "../parts/Button";
import { ConfirmDialog } from "../parts/ConfirmDialog";
import { SettingRow } from "../parts/SettingRow";
import { useSay } from "../parts/Status";
import { org as orgTexts } from "../texts";
import { AddPeople, whoMayAdd } from "./AddPeople";
import { DeleteOrg } from "./DeleteOrg";
import { NameForm } from "./NameForm";
import type { InOrg } from "./OrgPage";

const texts = orgTexts.settings;

/** What an organization is called, who may bring in new people, and the ways out of it. */
export function Settings(props: InOrg) {
  const { org, etag, me, role, changed, refresh, setMe } = props;
  const [asking, setAsking] = useState<"leave" | "delete" | null>(null);
  const say = useSay();
  const isAdmin = role === "admin";

  /** Saves, if the organization still is as it was read. If it isn't, it is read again, for the next attempt. */
  const save = async (change: { name?: string; addPeople?: Role[] }) => {
    const answer = await changeOrg(org.id, etag, change);
    if (!answer.ok && answer.failure.code === "precondition_failed") refresh();
    return answer;
  };
  const out = (text: string) => {
    setMe({ ...me, orgs: me.orgs.filter(({ id }) => id !== org.id) });
    say(fill(text, { org: org.name }));
    go(to.home);
  };

  return (
    <section class="section settings">
      <h2>{texts.title}</h2>
      {isAdmin ? (
        <section class="card plain">
          <NameForm
            draft={`name of ${org.id}`}
            initial={org.name}
            hint={texts.nameHint}
            save={(name) => save({ name })}
            wordsFor={({ code }) => (code === "precondition_failed" ? fill(orgTexts.changedMeanwhile, { name: org.name }) : undefined)}
            onUnchanged={() => say(texts.unchanged)}
            onDone={(saved) => {
              changed(saved);
              say(texts.saved);
            }}
          />
        </section>
      ) : null}
      <section class="card plain">
        {isAdmin ? (
          <AddPeople
            org={org}
            save={(addPeople) => save({ addPeople })}
            onSaved={(saved) => {
              changed(saved);
              say(texts.saved);
            }}
          />
        ) : (
          <>
            <h3>{texts.addPeople}</h3>
            <p>{fillWith(texts.readOnly, { who: fillWith(texts.whoMay[whoMayAdd(org.addPeople)], { org: <bdi>{org.name}</bdi> }) })}</p>
          </>
        )}
      </section>
      <ul class="list">
        <SettingRow title={texts.leave} why={texts.leaveWhy}>
          <Button kind="danger" onClick={() => setAsking("leave")}>
            {texts.leaveVerb}
          </Button>
        </SettingRow>
        {isAdmin ? (
          <SettingRow title={texts.delete} why={texts.deleteWhy}>
            <Button kind="danger" onClick={() => setAsking("delete")}>
              {texts.deleteVerb}
            </Button>
          </SettingRow>
        ) : null}
      </ul>
      {asking === "leave" ? (
        <ConfirmDialog
          title={fillWith(texts.leaveAsk, { org: <bdi>{org.name}</bdi> })}
          verb={texts.leaveVerb}
          doing={texts.leaving}
          act={() => removeOrgMember(org.id, me.user.id)}
          wordsFor={({ code }) => (code === "last_admin" ? texts.lastAdmin : undefined)}
          onDone={() => out(texts.left)}
          onClose={() => setAsking(null)}
        >
          <p>{texts.leaveWhy}</p>
        </ConfirmDialog>
      ) : null}
      {asking === "delete" ? <DeleteOrg org={org} act={() => deleteOrg(org.id)} onDone={() => out(texts.deleted)} onClose={() => setAsking(null)} /> : null}
    </section>
  );
}
