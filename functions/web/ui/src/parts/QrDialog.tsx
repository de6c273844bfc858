import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Code } from "../lib/qr";
import { qr as texts } from "../texts";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Notice } from "./Notice";
import { Skeleton } from "./Skeleton";

const drawing = () => import("../lib/qr");

interface Props {
  url: string;
  /** Where the link leads, in words. */
  children: ComponentChildren;
  /** What to call the file, without its extension. */
  name: string;
  onClose: () => void;
}

/** Shows a link as a QR code, black on white in the dark too, as readers need it. It can be saved as a drawing and as a picture. */
export function QrDialog({ url, children, name, onClose }: Props) {
  const [code, setCode] = useState<Code | "failed" | null>(null);
  const load = () => {
    setCode(null);
    drawing().then(
      ({ codeOf }) => setCode(codeOf(url)),
      () => setCode("failed"),
    );
  };
  useEffect(load, [url]);
  const download = async (kind: "svg" | "png") => {
    if (code === null || code === "failed") return;
    const { svgOf, pngOf, save } = await drawing();
    const file = kind === "svg" ? svgOf(code) : await pngOf(code);
    if (file) save(file, `${name}.${kind}`);
  };
  return (
    <Dialog title={texts.title} onClose={onClose}>
      {children}
      {code === null ? (
        <Skeleton lines={4} />
      ) : code === "failed" ? (
        <>
          <Notice text={texts.failed} />
          <Button onClick={load}>{texts.retry}</Button>
        </>
      ) : (
        <>
          <svg class="qr" viewBox={`0 0 ${code.size} ${code.size}`} shape-rendering="crispEdges" role="img" aria-label={texts.picture}>
            <path fill="#fff" d={`M0 0h${code.size}v${code.size}H0z`} />
            <path fill="#000" d={code.path} />
          </svg>
          <div class="dialog-actions">
            <Button onClick={() => void download("svg")}>{texts.svg}</Button>
            <Button onClick={() => void download("png")}>{texts.png}</Button>
          </div>
        </>
      )}
    </Dialog>
  );
}
