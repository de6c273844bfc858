import { useEffect, useState } from "preact/hooks";
import { comeBackHere, signInHere, signOutHere } from "../lib/account";
import { readMe } from "../lib/api";
import { loadConfig, type Config } from "../lib/config";
import { isReturning } from "../lib/door";
import { useLoad } from "../lib/load";
import { useRoute, type Route } from "../lib/route";
import { mayBeSignedIn, notSignedIn, session } from "../lib/session";
import type { Wish } from "../lib/signin";
import { Button } from "../parts/Button";
import { Heading } from "../parts/Heading";
import { later } from "../parts/later";
import { noteOfSignIn, Notice, type Note } from "../parts/Notice";
import { Status } from "../parts/Status";
import { home, nowhere, shell, signIn } from "../texts";
import { GroupPage } from "./GroupPage";
import { OrgPage } from "./OrgPage";
import { Top } from "./Top";

const Home = later(() => import("./Home").then((module) => module.Home));

/** Lets people in, and shows them the screen that the address names. */
export function App() {
  const [config, setConfig] = useState<Config | null>(null);
  const [asking, setAsking] = useState(true); // whether it is still to be seen who is signed in
  const [note, setNote] = useState<Note | null>(null);
  const route = useRoute();

  const enter = async (wish: Wish) => {
    setAsking(true);
    setNote(null);
    try {
      await signInHere(wish);
    } catch {
      if (session() === null) notSignedIn();
      setAsking(false);
      setNote({ text: signIn.unreachable });
    }
  };

  const signOut = async () => {
    await signOutHere().catch(() => {}); // here it is done, whatever the issuer says
    setNote({ text: shell.signedOut, calm: true });
    setAsking(false);
  };

  useEffect(() => {
    loadConfig().then(setConfig, () => {});
    if (isReturning()) {
      void comeBackHere().then((outcome) => {
        setNote(noteOfSignIn(outcome));
        setAsking(false);
      });
    } else if (mayBeSignedIn()) {
      void enter("silent");
    } else {
      setAsking(false);
    }
    const back = (event: PageTransitionEvent) => {
      if (event.persisted) setAsking(false); // it was left for the issuer
    };
    addEventListener("pageshow", back);
    return () => removeEventListener("pageshow", back);
  }, []);

  const person = session()?.label ?? null;
  return (
    <Status>
      <div class="app">
        <Top product={config?.product ?? ""} person={person} onSignOut={() => void signOut()} onOtherAccount={() => void enter("other-account")} />
        <main>
          {person !== null ? (
            <>
              {note ? <Notice {...note} /> : null}
              <Screens route={route} openOrganizations={config?.openOrganizations ?? true} />
            </>
          ) : asking ? null : (
            <article class="card plain">
              <Heading title={home.title}>{home.title}</Heading>
              <p>{home.why}</p>
              {note ? <Notice {...note} /> : null}
              <Button kind="main" onClick={() => void enter("usual")}>
                {home.signIn}
              </Button>
            </article>
          )}
        </main>
      </div>
    </Status>
  );
}

function Screens({ route, openOrganizations }: { route: Route; openOrganizations: boolean }) {
  const me = useLoad(readMe, []);
  switch (route.at) {
    case "home":
      return <Home me={me} openOrganizations={openOrganizations} />;
    case "org":
      return <OrgPage key={route.orgId} orgId={route.orgId} tab={route.tab} me={me} />;
    case "group":
      return <GroupPage key={route.groupId} route={route} me={me} />;
    case "nowhere":
      return (
        <article class="card plain">
          <Heading title={nowhere.title}>{nowhere.title}</Heading>
          <p>{nowhere.why}</p>
          <a class="button" href="/">
            <span>{nowhere.home}</span>
          </a>
        </article>
      );
  }
}
