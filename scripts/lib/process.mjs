// Running other programs, and telling the user what happens.
import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { nodeBin, root, target, toolsBin } from "./paths.mjs";

/** Something that the user has to do: what is missing, why it is needed, what to type. */
export class Missing extends Error {
  constructor({ what, why, type }) {
    super(
      `Missing: ${what}\n  Needed ${why}.\n  Type:\n${[type]
        .flat()
        .map((line) => `    ${line}`)
        .join("\n")}`,
    );
  }
}

/** A step that failed; its output has already been shown. */
export class Failed extends Error {}

export function which(name, path = environment().PATH) {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, process.platform === "win32" ? `${name}.exe` : name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // It is not in this folder.
    }
  }
  return undefined;
}

let cached;

/** The environment of every program that is run: our tools first on the path. */
export function environment() {
  if (cached) return cached;
  const env = { ...process.env, CARGO_TARGET_DIR: target };
  const path = env.PATH ?? "";
  env.PATH = [toolsBin, nodeBin, path].join(delimiter);
  // With an empty HOME, a rustup cargo does not find its toolchains. They are beside the cargo on
  // the path.
  const cargo = which("cargo", path);
  if (cargo && !env.RUSTUP_HOME) {
    const beside = join(dirname(cargo), "..", "..", ".rustup");
    const own = env.HOME && join(env.HOME, ".rustup", "toolchains");
    if (!(own && existsSync(own)) && existsSync(join(beside, "toolchains")))
      env.RUSTUP_HOME = beside;
  }
  cached = env;
  return env;
}

/** Standard output of a short command, or undefined if it fails. */
export function capture(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    env: environment(),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    ...options,
  });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

const running = new Set();

/** Starts a program that ends when this process ends. */
export function start(
  command,
  args,
  { env, stdio = ["ignore", "inherit", "inherit"], cwd = root } = {},
) {
  const child = spawn(command, args, { cwd, env: { ...environment(), ...env }, stdio });
  running.add(child);
  child.on("close", () => running.delete(child));
  return child;
}

export const ended = (child) =>
  new Promise((done) => {
    child.on("error", (error) => done({ code: 127, error }));
    child.on("close", (code, signal) => done({ code: code ?? 1, signal }));
  });

function stopAll() {
  for (const child of running) child.kill("SIGTERM");
}
process.on("exit", stopAll);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    stopAll();
    process.exit(signal === "SIGINT" ? 130 : 143);
  });
}

/** Runs a program with its output shown. */
export async function run(command, args, options = {}) {
  const { code, error } = await ended(start(command, args, options));
  if (error) throw new Failed(`${command}: ${error.message}`);
  if (code !== 0) throw new Failed(`${command} ${args.join(" ")} ended with ${code}`);
}

/**
 * Runs a program, shows its output as it comes, and passes each line of it to `onLine`. Returns the
 * exit code.
 */
export async function watch(command, args, { onLine, quiet = false, ...options }) {
  const child = start(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  for (const name of ["stdout", "stderr"]) {
    let rest = "";
    child[name].setEncoding("utf8");
    child[name].on("data", (text) => {
      if (!quiet) process[name].write(text);
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop();
      lines.forEach((line) => onLine(line));
    });
    child[name].on("end", () => rest && onLine(rest));
  }
  const { code, error } = await ended(child);
  if (error) console.error(`${command}: ${error.message}`);
  return code;
}

export const say = (text) => console.log(text);
export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/**
 * One line when a step starts, one when it is done, and one every ten seconds between, so that
 * nobody wonders whether it hangs. The program's output is shown if it fails.
 */
export async function step(title, command, args, options = {}) {
  const began = performance.now();
  const lines = [];
  say(`- ${title} …`);
  const timer = setInterval(() => {
    const last = lines.findLast((line) => line.trim()) ?? "";
    say(`  ${title}: ${seconds(began)}  ${last.trim().slice(0, 80)}`);
  }, 10_000);
  const code = await watch(command, args, {
    ...options,
    quiet: true,
    onLine: (line) => lines.push(line),
  });
  clearInterval(timer);
  if (code !== 0) {
    console.error(lines.slice(-60).join("\n"));
    throw new Failed(`${title} failed (${command} ended with ${code})`);
  }
  say(`  ${title}: done, ${seconds(began)}`);
}

/** Runs a script's main function and reports errors as one clear text. */
export async function main(body) {
  try {
    await body();
  } catch (error) {
    console.error(
      error instanceof Missing || error instanceof Failed ? `\n${error.message}` : error,
    );
    process.exitCode = 1;
  }
}
