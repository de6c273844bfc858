import { useEffect, useRef, useState } from "preact/hooks";
import { previewInvite, redeemInvite, requestAccess, type Failure, type Preview } from "../lib/api";
import { dropCode, takeCode } from "../lib/code";
import { loadConfig, type Config } from "../lib/config";
import { comeBack, goSignIn, isReturning, warmUp } from "../lib/door";
import { notSignedIn, session, signedOut, wasSignedIn } from "../lib/session";
import { forget } from "../lib/tab";
import { noteOfSignIn, type Note } from "../parts/Notice";
import { invite, problems, signIn } from "../texts";
import { Screen } from "./Screen";
import { keep, kept, type Acts, type Busy, type View } from "./state";

/**
 * The page behind a link. It reads the code, asks what the link is, signs people in, and lets them join when they press Join: never
 * before, as mail scanners run pages too.
 */
export function Page() {
  const [view, setView] = useState<View>({ at: "reading" });
  const [busy, setBusy] = useState<Busy>(null);
  const [note, setNote] = useState<Note | null>(null);
  const [config, setConfig] = useState<Config | null>(null);
  const [said, say] = useState("");
  const [, seeSession] = useState(session());
  const code = useRef<string | null>(null);
  const visit = useRef(0); // counts openings: what an earlier one still waits for is of no interest
  const shown = useRef(view);
  shown.current = view;

  const show = (next: View) => {
    keep(next);
    setView(next);
  };

  /** Opens what the address or the tab says. */
  const open = async () => {
    const mine = ++visit.current;
    const current = () => mine === visit.current;
    setBusy(null);
    setNote(null);
    const taken = takeCode();
    code.current = taken.kind === "code" ? taken.code : null;
    const restored = kept();
    if (taken.kind === "none" && restored) {
      history.replaceState(null, "", location.pathname); // without an answer of the issuer that nobody waits for
      return setView(restored);
    }

    setView({ at: "reading" });
    if (isReturning()) {
      const outcome = await comeBack();
      if (!current()) return;
      seeSession(session());
      setNote(noteOfSignIn(outcome));
      if (taken.kind === "none") return setView({ at: "no-code", lost: true });
    } else if (taken.kind === "code" && wasSignedIn()) {
      // Loaded anew: the token is gone. The issuer may still know who it was; it is asked by going there, once, without a question.
      const left = await goSignIn("/i", "silent").then(() => true, () => false);
      if (left || !current()) return;
      notSignedIn();
    }
    if (taken.kind === "none") return setView({ at: "no-code", lost: false });
    if (taken.kind === "malformed") return show({ at: "dead", why: "unknown" });
    await load(taken.code, current);
  };

  /** Asks what the link is. */
  const load = async (asked: string, current: () => boolean, quietly = false) => {
    const answer = await previewInvite(asked);
    if (!current()) return;
    if (answer.ok) return present(answer.data);
    if (answer.failure.code === "not_found") return end("unknown");
    if (!quietly) setView({ at: "failed", failure: answer.failure });
  };

  const present = (preview: Preview) => {
    if (preview.state === "deleted") return end("deleted");
    if (preview.state === "used_up") dropCode();
    show({ at: "invite", preview, ahead: Date.parse(preview.serverTime) - Date.now() });
    warmUp(); // signing in is what comes next for most
  };

  const end = (why: "unknown" | "deleted") => {
    dropCode();
    show({ at: "dead", why });
  };

  const refuse = (failure: Failure) => {
    if (failure.code === "unauthenticated") {
      signedOut();
      seeSession(null);
      return setNote({ text: signIn.ended, calm: true });
    }
    setNote({ text: problems[failure.code] ?? problems["internal_error"]!, requestId: failure.requestId });
  };

  const acts: Acts = {
    signIn: async (wish) => {
      setBusy("leaving");
      setNote(null);
      const mine = visit.current;
      try {
        await goSignIn("/i", wish);
      } catch {
        if (mine !== visit.current) return;
        setBusy(null);
        setNote({ text: signIn.unreachable });
      }
    },
    join: async () => {
      const before = shown.current;
      const asked = code.current;
      if (before.at !== "invite" || asked === null) return;
      const mine = visit.current;
      setBusy("joining");
      setNote(null);
      say(invite.joining);
      const answer = await redeemInvite(asked);
      if (mine !== visit.current) return;
      setBusy(null);
      say("");
      if (answer.ok) {
        dropCode();
        return show({ at: "joined", joined: answer.data });
      }
      const { preview } = before;
      switch (answer.failure.code) {
        case "not_found":
          return end("unknown");
        case "invite_deleted":
          return end("deleted");
        case "invite_expired":
          return present({ ...preview, state: "expired" });
        case "invite_suspended":
          return present({ ...preview, state: "suspended" });
        case "invite_used_up":
          return present({ ...preview, state: "used_up" });
        case "removed":
          return setView({ at: "refused", why: "removed", preview });
        case "org_members_only":
          return setView({ at: "refused", why: "members-only", preview });
        default:
          return refuse(answer.failure);
      }
    },
    request: async (message) => {
      const before = shown.current;
      const asked = code.current;
      if (before.at !== "invite" || asked === null) return;
      const mine = visit.current;
      setBusy("requesting");
      setNote(null);
      say(invite.requesting);
      const answer = await requestAccess(asked, message);
      if (mine !== visit.current) return;
      setBusy(null);
      say("");
      if (answer.ok) {
        dropCode();
        forget("message");
        return show({ at: "requested", preview: before.preview });
      }
      if (answer.failure.code === "not_found") return end("unknown");
      if (answer.failure.code === "invite_deleted") return end("deleted");
      refuse(answer.failure);
    },
    retry: () => void open(),
    ended: () => {
      const mine = visit.current;
      if (code.current !== null) void load(code.current, () => mine === visit.current, true);
    },
    say,
  };

  useEffect(() => {
    void open();
    loadConfig().then(setConfig, () => {});
    const another = () => void open(); // a second link, in the same tab
    const back = (event: PageTransitionEvent) => {
      // The page comes back as it was left, perhaps on its way to the issuer.
      if (event.persisted && shown.current.at !== "joined") void open();
    };
    const online = () => {
      if (shown.current.at === "failed") void open();
    };
    addEventListener("hashchange", another);
    addEventListener("pageshow", back);
    addEventListener("online", online);
    return () => {
      removeEventListener("hashchange", another);
      removeEventListener("pageshow", back);
      removeEventListener("online", online);
    };
  }, []);

  return <Screen view={view} busy={busy} note={note} config={config} person={session()?.label ?? null} said={said} acts={acts} />;
}
