import { useState } from "preact/hooks";
import type { Failure } from "../lib/api";
import { signInHere } from "../lib/account";
import { problems, signIn, trouble } from "../texts";
import { Button } from "./Button";
import { Notice } from "./Notice";

/** A failure in words, by its code. */
export function wordsOf(failure: Failure): string {
  return problems[failure.code] ?? problems["internal_error"]!;
}

/** Says that something had no success, and why. What was typed is still there. Where the sign-in has ended, it offers to sign in again. */
export function Trouble({ failure, retry, children }: { failure: Failure; retry?: (() => void) | undefined; children?: string | undefined }) {
  const [leaving, setLeaving] = useState<"" | "leaving" | "unreachable">("");
  const again = async () => {
    setLeaving("leaving");
    await signInHere("usual").catch(() => setLeaving("unreachable"));
  };
  return (
    <div class="trouble">
      <Notice
        text={leaving === "unreachable" ? signIn.unreachable : (children ?? wordsOf(failure))}
        requestId={failure.requestId}
        calm={failure.code === "unauthenticated" && leaving !== "unreachable"}
      />
      {failure.code === "unauthenticated" ? (
        <Button busy={leaving === "leaving"} onClick={() => void again()}>
          {signIn.again}
        </Button>
      ) : retry ? (
        <Button onClick={retry}>{trouble.retry}</Button>
      ) : null}
    </div>
  );
}
