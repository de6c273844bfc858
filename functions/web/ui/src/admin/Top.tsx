import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../parts/Icon";
import { initials } from "../parts/Tile";
import { shell } from "../texts";

interface Props {
  product: string;
  /** Who is signed in, as people call it; null before that. */
  person: string | null;
  onSignOut: () => void;
  onOtherAccount: () => void;
}

/** The top of every screen: the product, which leads home, and the account. */
export function Top({ product, person, onSignOut, onOtherAccount }: Props) {
  return (
    <header class="top">
      <a class="home" href="/" aria-label={product === "" ? shell.home : undefined}>
        <Icon name="arrow" />
        <span>{product}</span>
      </a>
      {person === null ? null : <Account person={person} onSignOut={onSignOut} onOtherAccount={onOtherAccount} />}
    </header>
  );
}

function Account({ person, onSignOut, onOtherAccount }: { person: string; onSignOut: () => void; onOtherAccount: () => void }) {
  const element = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const shut = (refocus: boolean) => {
      const menu = element.current!;
      if (!menu.open) return;
      menu.open = false;
      if (refocus) menu.querySelector("summary")?.focus();
    };
    const outside = (event: Event) => {
      if (event.target instanceof Node && !element.current!.contains(event.target)) shut(false);
    };
    const escape = (event: KeyboardEvent) => {
      if (event.key === "Escape") shut(element.current!.contains(document.activeElement));
    };
    document.addEventListener("pointerdown", outside);
    document.addEventListener("focusin", outside);
    document.addEventListener("keydown", escape);
    return () => {
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("focusin", outside);
      document.removeEventListener("keydown", escape);
    };
  }, []);
  return (
    <details class="account" ref={element}>
      <summary aria-label={`${shell.account}: ${person}`}>
        <span class="who" aria-hidden="true">
          {initials(person)}
        </span>
      </summary>
      <div class="menu">
        <p class="small">{shell.signedInAs}</p>
        <p>
          <bdi>{person}</bdi>
        </p>
        <button type="button" onClick={onOtherAccount}>
          {shell.otherAccount}
        </button>
        <button type="button" onClick={onSignOut}>
          {shell.signOut}
        </button>
      </div>
    </details>
  );
}
