// The browser: Debian's Chromium, or the one that CHROMIUM names.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

/** Nothing that the browser asks the network of its own accord, and nothing that needs a screen. */
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: executable(), headless: true, args: flags });
}

function executable(): string {
  const named = process.env["CHROMIUM"];
  const path = named ?? "/usr/bin/chromium";
  if (existsSync(path)) return path;
  if (named === undefined && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    console.log("installing Chromium, by apt-get");
    execFileSync("apt-get", ["update", "-qq"], { stdio: "inherit" });
    execFileSync("apt-get", ["install", "-y", "-qq", "chromium"], { stdio: ["ignore", "ignore", "inherit"] });
    if (existsSync(path)) return path;
  }
  throw new Error(`there is no browser at ${path}: install Chromium (apt-get install chromium), or say where it is by CHROMIUM=`);
}
