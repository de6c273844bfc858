import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { problems, trouble } from "../texts";
import { Button } from "./Button";
import { Notice } from "./Notice";
import { Skeleton } from "./Skeleton";

/** A component whose code is fetched when it is first shown, or asked for. */
export type Later<P> = ComponentType<P> & { ask: () => void };

/** Makes a component of one that is fetched when it is needed. */
export function later<P extends object>(fetch: () => Promise<ComponentType<P>>): Later<P> {
  let here: ComponentType<P> | null = null;
  let asked: Promise<void> | null = null;
  const ask = () =>
    (asked ??= fetch().then((component) => {
      here = component;
    }));

  function Later(props: P) {
    const [, see] = useState(here !== null);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      ask().then(() => see(true), () => setFailed(true)); // it may have come since this was drawn
    }, []);
    // Browsers remember that it wasn't there: only a new page asks again. After a deployment that is what helps too.
    if (failed) {
      return (
        <div class="trouble">
          <Notice text={navigator.onLine ? trouble.screen : problems["offline"]!} />
          <Button onClick={() => location.reload()}>{trouble.reload}</Button>
        </div>
      );
    }
    const Component = here;
    return Component ? <Component {...props} /> : <Skeleton />;
  }
  Later.ask = () => void ask().catch(() => {});
  return Later;
}
