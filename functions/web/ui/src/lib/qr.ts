// A link as a QR code, to be scanned from the screen or from paper. Loaded when it is asked for.

import { encode } from "uqr";

/** The free space around it that readers need, in modules (ISO/IEC 18004). */
const margin = 4;

export interface Code {
  /** Width and height with the margin, in modules. */
  size: number;
  /** The black modules as a path of an SVG, one unit a module. */
  path: string;
}

/** Makes a code that can be read with up to 15% of it spoilt. */
export function codeOf(text: string): Code {
  const { size, data } = encode(text, { ecc: "M", border: 0 });
  let path = "";
  for (const [y, row] of data.entries()) {
    for (let x = 0; x < size; x++) {
      if (!row[x]) continue;
      const from = x;
      while (row[x + 1]) x++;
      path += `M${from + margin} ${y + margin}h${x + 1 - from}v1H${from + margin}z`;
    }
  }
  return { size: size + 2 * margin, path };
}

/** The code as a drawing of its own, black on white. */
export function svgOf({ size, path }: Code): Blob {
  const drawing =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" width="${size * 10}" height="${size * 10}" shape-rendering="crispEdges">` +
    `<path fill="#fff" d="M0 0h${size}v${size}H0z"/><path d="${path}"/></svg>\n`;
  return new Blob([drawing], { type: "image/svg+xml" });
}

/** The same as a picture of at least 1000 pixels a side. Null if the browser can't make one. */
export function pngOf({ size, path }: Code): Promise<Blob | null> {
  const scale = Math.ceil(1000 / size);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size * scale;
  const pen = canvas.getContext("2d");
  if (!pen) return Promise.resolve(null);
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.scale(scale, scale);
  pen.fillStyle = "#000";
  pen.fill(new Path2D(path));
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

/** Lets the browser save a file. */
export function save(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // Safari reads it later
}
