import { useState } from "preact/hooks";
import type { Answer, Failure } from "../lib/api";
import type { Org, Role, Versioned } from "../lib/directory";
import { fill, fillWith } from "../lib/fill";
import { Button } from "../parts/Button";
import { Choice, Choices } from "../parts/Choices";
import { Icon } from "../parts/Icon";
import { useSay } from "../parts/Status";
import { Trouble } from "../parts/Trouble";
import { name, org as orgTexts } from "../texts";

const texts = orgTexts.settings;

/** Names the roles that may add new people; admins always may. */
export function whoMayAdd(addPeople: Role[]): "admin" | "manager" | "user" | "all" {
  const manager = addPeople.includes("manager");
  const user = addPeople.includes("user");
  return manager ? (user ? "all" : "manager") : user ? "user" : "admin";
}

interface Props {
  org: Org;
  save: (addPeople: Role[]) => Promise<Answer<Versioned<Org>>>;
  onSaved: (org: Versioned<Org>) => void;
}

/** Who may add new people to the organization, beside admins. Taking the right away suspends links: it says which. */
export function AddPeople({ org, save, onSaved }: Props) {
  const [manager, setManager] = useState(org.addPeople.includes("manager"));
  const [user, setUser] = useState(org.addPeople.includes("user"));
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const say = useSay();
  const lost = { manager: org.addPeople.includes("manager") && !manager, user: org.addPeople.includes("user") && !user };

  const submit = async () => {
    if (manager === org.addPeople.includes("manager") && user === org.addPeople.includes("user")) return say(texts.unchanged);
    setBusy(true);
    setFailure(null);
    const answer = await save(["admin", ...(manager ? (["manager"] as const) : []), ...(user ? (["user"] as const) : [])]);
    setBusy(false);
    if (answer.ok) onSaved(answer.data);
    else setFailure(answer.failure);
  };

  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void submit();
      }}
    >
      <Choices legend={texts.addPeople} hint={fillWith(texts.addPeopleWhy, { org: <bdi>{org.name}</bdi> })}>
        <Choice type="checkbox" checked fixed label={texts.admins} hint={texts.adminsWhy} />
        <Choice type="checkbox" checked={manager} label={texts.managers} hint={texts.managersWhy} onChange={setManager} />
        <Choice type="checkbox" checked={user} label={texts.users} hint={texts.usersWhy} onChange={setUser} />
      </Choices>
      <div role="status">
        {lost.manager || lost.user ? (
          <div class="notice caution">
            <Icon name="pause" />
            <p>{fill(texts.narrowing, { who: texts.narrowed[lost.manager && lost.user ? "both" : lost.manager ? "manager" : "user"] })}</p>
          </div>
        ) : null}
      </div>
      {failure ? <Trouble failure={failure}>{failure.code === "precondition_failed" ? texts.conflict : undefined}</Trouble> : null}
      <div class="form-actions">
        <Button kind="main" type="submit" busy={busy}>
          {busy ? name.saving : name.save}
        </Button>
      </div>
    </form>
  );
}
