import { share as texts } from "../texts";
import { Button } from "./Button";
import { Icon } from "./Icon";
import { useSay } from "./Status";

/** Hands a link to the device's share sheet; where there is none, to the mail program. */
export function ShareButton({ title, text, url }: { title: string; text: string; url: string }) {
  const say = useSay();
  if (typeof navigator.share !== "function") {
    const mail = `mailto:?subject=${encodeURIComponent(title)}&body=${encodeURIComponent(`${text}\r\n\r\n${url}\r\n`)}`;
    return (
      <a class="button" href={mail}>
        <Icon name="share" />
        <span>{texts.byMail}</span>
      </a>
    );
  }
  const share = async () => {
    try {
      await navigator.share({ title, text, url });
    } catch (error) {
      const closed = error instanceof DOMException && error.name === "AbortError"; // the sheet was closed
      if (!closed) say(texts.failed);
    }
  };
  return (
    <Button icon="share" onClick={() => void share()}>
      {texts.share}
    </Button>
  );
}
