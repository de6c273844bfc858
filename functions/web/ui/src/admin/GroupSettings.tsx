import { useState } from "preact/hooks";
import { deleteGroup, removeGroupMember, renameGroup } from "../lib/directory";
import { fill, fillWith } from "../lib/fill";
import { go, to } from "../lib/route";
import { Button } from "../parts/Button";
import { ConfirmDialog } from "../parts/ConfirmDialog";
import { SettingRow } from "../parts/SettingRow";
import { useSay } from "../parts/Status";
import { group as groupTexts } from "../texts";
import type { InGroup } from "./GroupPage";
import { withGroup } from "./Members";
import { NameDialog } from "./NameForm";

const texts = groupTexts.settings;

/** What a group is called, and the ways out of it. onLeft: the person has left, but sees it still. */
export function GroupSettings(props: InGroup & { onLeft: () => void }) {
  const { group, etag, me, role, changed, refresh, setMe, onLeft } = props;
  const [asking, setAsking] = useState<"rename" | "leave" | "delete" | null>(null);
  const say = useSay();
  const close = () => setAsking(null);
  const may = (what: (typeof group.capabilities)[number]) => group.capabilities.includes(what);
  const name = <bdi>{group.name}</bdi>;
  if (!may("change_group") && !may("leave") && !may("delete_group")) return null;

  return (
    <section class="section">
      <h2>{texts.title}</h2>
      <ul class="list">
        {may("change_group") ? (
          <SettingRow title={texts.name} why={name}>
            <Button onClick={() => setAsking("rename")}>{texts.rename}</Button>
          </SettingRow>
        ) : null}
        {may("leave") ? (
          <SettingRow title={texts.leave} why={role === "admin" ? texts.leaveWhyAdmin : texts.leaveWhy}>
            <Button kind="danger" onClick={() => setAsking("leave")}>
              {texts.leaveVerb}
            </Button>
          </SettingRow>
        ) : null}
        {may("delete_group") ? (
          <SettingRow title={texts.delete} why={texts.deleteWhy}>
            <Button kind="danger" onClick={() => setAsking("delete")}>
              {texts.deleteVerb}
            </Button>
          </SettingRow>
        ) : null}
      </ul>
      {asking === "rename" ? (
        <NameDialog
          title={texts.renameTitle}
          draft={`name of ${group.id}`}
          initial={group.name}
          save={async (wanted) => {
            const answer = await renameGroup(group.id, etag, wanted);
            if (!answer.ok && answer.failure.code === "precondition_failed") refresh();
            return answer;
          }}
          wordsFor={({ code }) => (code === "precondition_failed" ? fill(groupTexts.changedMeanwhile, { name: group.name }) : undefined)}
          onUnchanged={close}
          onDone={(saved) => {
            changed(saved);
            say(fill(texts.renamed, { group: saved.thing.name }));
            close();
          }}
          onClose={close}
        />
      ) : null}
      {asking === "leave" ? (
        <ConfirmDialog
          title={fillWith(texts.leaveAsk, { group: name })}
          verb={texts.leaveVerb}
          doing={texts.leaving}
          act={() => removeGroupMember(group.id, me.user.id)}
          onDone={() => {
            setMe(withGroup(props, false));
            say(fill(texts.left, { group: group.name }));
            if (role !== "admin") return go(to.org(group.orgId));
            close();
            refresh();
            onLeft();
          }}
          onClose={close}
        >
          <p>{role === "admin" ? texts.leaveWhyAdmin : texts.leaveWhy}</p>
        </ConfirmDialog>
      ) : null}
      {asking === "delete" ? (
        <ConfirmDialog
          title={fillWith(texts.deleteAsk, { group: name })}
          verb={texts.deleteVerb}
          doing={texts.deleting}
          act={() => deleteGroup(group.id)}
          onDone={() => {
            setMe(withGroup(props, false));
            say(fill(texts.deleted, { group: group.name }));
            go(to.org(group.orgId));
          }}
          onClose={close}
        >
          <p>{texts.deleteWhy}</p>
        </ConfirmDialog>
      ) : null}
    </section>
  );
}
