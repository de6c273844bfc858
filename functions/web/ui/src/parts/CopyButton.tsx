import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { link as texts } from "../texts";
import { Button } from "./Button";
import { useSay } from "./Status";

/** For how long the button says that it has copied. */
const shownFor = 3_000;

/** Copies what an element shows. Where the browser doesn't let it, the element's text is selected, to be copied by hand. */
export function CopyButton({ text, from }: { text: string; from: RefObject<HTMLElement | null> }) {
  const say = useSay();
  const [copied, setCopied] = useState(0); // how often
  useEffect(() => {
    if (copied === 0) return;
    const timer = setTimeout(() => setCopied(0), shownFor);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(copied + 1);
      say(texts.copiedSaid);
    } catch {
      if (from.current) getSelection()?.selectAllChildren(from.current);
      say(texts.notCopied);
    }
  };
  return (
    <Button kind="main" icon={copied ? "check" : "copy"} onClick={() => void copy()}>
      {copied ? texts.copied : texts.copy}
    </Button>
  );
}
