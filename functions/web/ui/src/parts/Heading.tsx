import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { takeArrival } from "../lib/route";

/** The heading of a screen. It gives the page its title, and takes the focus when the screen is come to from another one. */
export function Heading({ title, children }: { title: string; children: ComponentChildren }) {
  const element = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = title;
    if (takeArrival()) element.current?.focus({ preventScroll: true });
  });
  return (
    <h1 ref={element} tabIndex={-1}>
      {children}
    </h1>
  );
}
