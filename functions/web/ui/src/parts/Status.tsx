import { createContext, type ComponentChildren } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";

const Say = createContext<(text: string) => void>(() => {});

/** Gives the function that says something to everyone: shown for a while, and read out, but not put in anyone's way. */
export function useSay(): (text: string) => void {
  return useContext(Say);
}

/** For how long it stays. What it says is on the screen in another way too. */
const shownFor = 8_000;

/**
 * The one place of a page, or of a dialog on it, where is said what has happened. It is there from the start, so that its changes are read
 * out; a dialog has its own, as what is behind it isn't.
 */
export function Status({ children, unseen = false }: { children: ComponentChildren; unseen?: boolean }) {
  const [said, setSaid] = useState({ text: "", turn: 0 });
  const say = useRef((text: string) => setSaid(({ turn }) => ({ text, turn: turn + 1 })));
  useEffect(() => {
    if (said.text === "") return;
    const timer = setTimeout(() => say.current(""), shownFor);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <Say.Provider value={say.current}>
      {children}
      <div class={unseen ? "unseen" : "status"} role="status">
        {said.text === "" ? null : <p key={said.turn}>{said.text}</p>}
      </div>
    </Say.Provider>
  );
}
