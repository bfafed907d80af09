// Sessions in files, for Node.
import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SessionStore } from "./options.js";

/** A lock that is older was left behind by a process that died within the few milliseconds. */
const STALE_MS = 2_000;
/** How long to wait for a lock. */
const PATIENCE_MS = 5_000;

/**
 * Keeps the session of each node in a file of its own in this folder, which is made if it
 * is missing. A file is replaced as a whole, so that a crash leaves the old or the new
 * one. Several processes may share a folder. It holds no passwords, but anyone with a
 * session's id and the node's password can take the session over.
 */
export function fileStore(folder: string | URL): SessionStore {
  const path = typeof folder === "string" ? folder : decodeURIComponent(folder.pathname);
  // Updates of this process wait for each other here, those of others at the lock.
  let last: Promise<unknown> = Promise.resolve();
  return {
    update(node, change) {
      const done = last.then(() => update(path, fileName(node), change));
      last = done.catch(() => {});
      return done;
    },
  };
}

/** Any name as the name of a file: letters, digits and `-` stay, anything else is escaped. */
const fileName = (node: string): string =>
  [...new TextEncoder().encode(node)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[a-z0-9-]/.test(character) ? character : `_${byte.toString(16).padStart(2, "0")}`;
    })
    .join("");

async function update(
  folder: string,
  name: string,
  change: Parameters<SessionStore["update"]>[1],
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${name}.json`);
  const unlock = await lock(`${file}.lock`);
  try {
    const text = change(await read(file));
    if (text === undefined) return;
    if (text === null) return await rm(file, { force: true });
    const temporary = `${file}.${randomUUID()}.tmp`;
    try {
      await writeFile(temporary, text, { mode: 0o600, flush: true });
      await rename(temporary, file);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  } finally {
    await unlock();
  }
}

async function read(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (code(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Only one process at a time can make a file that must not be there. */
async function lock(path: string): Promise<() => Promise<void>> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      await (await open(path, "wx", 0o600)).close();
      return () => rm(path, { force: true });
    } catch (error) {
      if (code(error) !== "EEXIST" || Date.now() > until) throw error;
    }
    await breakStale(path);
    await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 20));
  }
}

async function breakStale(path: string): Promise<void> {
  try {
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs < STALE_MS) return;
    // Only one process can succeed in moving it away.
    const away = `${path}.${randomUUID()}.tmp`;
    await rename(path, away);
    await rm(away, { force: true });
  } catch (error) {
    if (code(error) !== "ENOENT") throw error;
  }
}

const code = (error: unknown): unknown => (error as { code?: unknown }).code;
