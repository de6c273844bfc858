// The stack that the tests run against: the one of `make run`, on a free port and with a data folder of its own.

import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { until } from "./until";

/** The repository. */
export const root = fileURLToPath(new URL("../../../..", import.meta.url));

/** Where what tests leave behind goes. */
export const left = join(root, ".local", "e2e");

/** How long building and starting may take: on a new machine all modules and the engine are fetched first. */
const patience = 5 * 60_000;

export interface Stack {
  /** The origin of the app and the API. */
  readonly url: string;
  /** Where the stack keeps everything: its table, mails, and the logs of its functions. */
  readonly dataDir: string;
  /** What it has printed. */
  printed(): string;
  /** Sees that nothing in its table is wrong. */
  check(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

export async function startStack(): Promise<Stack> {
  const binary = join(left, "local");
  await promisify(execFile)("go", ["build", "-o", binary, "./infra/local"], { cwd: root });
  const dataDir = await mkdtemp(join(tmpdir(), "group-invites-e2e-"));
  let printed = "";
  const child = spawn(binary, ["run"], { cwd: root, env: environment(dataDir), stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (printed += text));
  try {
    const url = await until("the stack serves", () => address(child, dataDir), { patience, pause: 100 });
    return { url, dataDir, printed: () => printed, check: () => check(dataDir), stop: () => stop(child, dataDir) };
  } catch (error) {
    await stop(child, dataDir);
    throw new Error(`the stack doesn't start:\n${printed}`, { cause: error });
  }
}

/** That of this process, without what would have the stack use anything but its own. */
function environment(dataDir: string): NodeJS.ProcessEnv {
  const { DYNAMODB_ENDPOINT, ALLOW_REMOTE_TABLE, TABLE_NAME, PARAMETERS, LAMBDA_CONCURRENCY, ...rest } = process.env;
  return { ...rest, PORT: "0", DATA_DIR: dataDir, SCHEDULE_EVERY: "1s", NO_COLOR: "1" };
}

/** The address at which it serves, once it does: it writes it down when everything is there. */
async function address(child: ChildProcess, dataDir: string): Promise<string | null> {
  if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
  const state = await readFile(join(dataDir, "stack.json"), "utf8").catch(() => "");
  return state.endsWith("}\n") ? (JSON.parse(state) as { url: string }).url : null;
}

/** Looks twice, ten seconds apart: what follows the last test may be under way. */
async function check(dataDir: string): Promise<void> {
  try {
    await promisify(execFile)("go", ["run", "./infra/invariants", "-local", "-again", "10s"], { cwd: root, env: environment(dataDir) });
  } catch (error) {
    throw new Error(`the table isn't as it must be:\n${(error as { stdout?: string }).stdout ?? ""}`, { cause: error });
  }
}

async function stop(child: ChildProcess, dataDir: string): Promise<void> {
  if (child.exitCode === null) {
    child.kill("SIGTERM");
    await once(child, "exit");
  }
  await rm(dataDir, { recursive: true, force: true });
}
