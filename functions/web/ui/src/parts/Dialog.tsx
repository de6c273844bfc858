import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { dialog as texts } from "../texts";
import { Icon } from "./Icon";
import { Status } from "./Status";

interface Props {
  title: ComponentChildren;
  children: ComponentChildren;
  /** It is to be taken away: Esc, or its cross, was pressed. */
  onClose: () => void;
  /** Something is on its way, and ends soon: it can't be closed now. */
  busy?: boolean;
  wide?: boolean;
}

/**
 * A dialog over the page, open as long as it is shown. The focus goes to what has autoFocus, or else to its heading, and back to where it was
 * when it is taken away; or, if that is gone, to the heading of the page.
 */
export function Dialog({ title, children, onClose, busy = false, wide = false }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useLayoutEffect(() => {
    const dialog = element.current!;
    dialog.showModal();
    (dialog.querySelector<HTMLElement>("[data-focus]") ?? dialog.querySelector<HTMLElement>("h2"))?.focus();
    return () => {
      dialog.close();
      setTimeout(() => {
        if (document.activeElement === document.body) document.querySelector<HTMLElement>("h1")?.focus();
      });
    };
  }, []);
  return (
    <dialog
      ref={element}
      class={wide ? "dialog wide" : "dialog"}
      aria-labelledby={heading}
      onCancel={(event) => {
        if (event.target !== element.current) return; // a file chooser in it was cancelled
        event.preventDefault();
        if (!busy) onClose();
      }}
    >
      <Status unseen>
        <div class="dialog-top">
          <h2 id={heading} tabIndex={-1}>
            {title}
          </h2>
          <button type="button" class="cross" aria-label={texts.close} aria-disabled={busy} onClick={() => (busy ? undefined : onClose())}>
            <Icon name="cross" />
          </button>
        </div>
        {children}
      </Status>
    </dialog>
  );
}
