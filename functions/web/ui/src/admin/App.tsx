import { useEffect, useState } from "preact/hooks";
import { loadConfig, type Config } from "../lib/config";
import { comeBack, goSignIn, isReturning } from "../lib/door";
import { mayBeSignedIn, notSignedIn, session } from "../lib/session";
import { forget, recall, remember } from "../lib/tab";
import { Button } from "../parts/Button";
import { Icon } from "../parts/Icon";
import { noteOfSignIn, Notice, type Note } from "../parts/Notice";
import { home, signIn } from "../texts";
import { Home } from "./Home";

/** Lets people in, and shows them the screen that the address names. */
export function App() {
  const [config, setConfig] = useState<Config | null>(null);
  const [asking, setAsking] = useState(true); // whether it is still to be seen who is signed in
  const [note, setNote] = useState<Note | null>(null);

  const go = async (silent: boolean) => {
    remember("return", location.pathname);
    setAsking(true);
    try {
      await goSignIn("/", silent ? "silent" : "usual");
    } catch {
      notSignedIn();
      setAsking(false);
      setNote({ text: signIn.unreachable });
    }
  };

  useEffect(() => {
    loadConfig().then(setConfig, () => {});
    if (isReturning()) {
      void comeBack().then((outcome) => {
        history.replaceState(null, "", recall("return") ?? "/");
        forget("return");
        setNote(noteOfSignIn(outcome));
        setAsking(false);
      });
    } else if (mayBeSignedIn()) {
      void go(true);
    } else {
      setAsking(false);
    }
    const back = (event: PageTransitionEvent) => {
      if (event.persisted) setAsking(false); // it was left for the issuer
    };
    addEventListener("pageshow", back);
    return () => removeEventListener("pageshow", back);
  }, []);

  return (
    <div class="app">
      <header class="top">
        <Icon name="arrow" />
        <span>{config?.product ?? ""}</span>
      </header>
      <main>
        {session() ? (
          <Home />
        ) : asking ? null : (
          <article class="card plain">
            <h1 tabIndex={-1}>{home.title}</h1>
            <p>{home.why}</p>
            {note ? <Notice {...note} /> : null}
            <Button kind="main" onClick={() => void go(false)}>
              {home.signIn}
            </Button>
          </article>
        )}
      </main>
    </div>
  );
}
