// What is needed to compile Rust for the browser and for this machine.
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { executable, nativeBin, root, target, tools, toolsBin } from "./paths.mjs";
import { capture, environment, Missing, step, which } from "./process.mjs";

const wasmTarget = "wasm32-unknown-unknown";
const rustup = "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh";

/** A version "1.2.3" as a number that can be compared. */
const rank = (version) =>
  version.split(".").reduce((sum, part) => sum * 1000 + Number.parseInt(part, 10), 0);
const versionIn = (text) => /\d+\.\d+\.\d+/.exec(text ?? "")?.[0];

export function cargo() {
  // The development backend needs the newest version.
  const wanted = /rust-version = "([\d.]+)"/.exec(
    readFileSync(join(root, "tests/backend/Cargo.toml"), "utf8"),
  )[1];
  if (!which("cargo")) {
    throw new Missing({
      what: "cargo",
      why: "to compile the package and the development backend",
      type: rustup,
    });
  }
  const version = versionIn(capture("rustc", ["--version"]));
  if (!version || !capture("cargo", ["--version"])) {
    throw new Missing({
      what: "a Rust toolchain that cargo can use",
      why: "because cargo is here but does not start",
      type: which("rustup") ? "rustup default stable" : rustup,
    });
  }
  if (rank(version) < rank(`${wanted}.0`)) {
    throw new Missing({
      what: `Rust ${wanted} or newer (this is ${version})`,
      why: "by this project's code",
      type: "rustup update stable",
    });
  }
}

export async function wasm32() {
  const folder = () => capture("rustc", ["--print", "target-libdir", "--target", wasmTarget]);
  if (existsSync(folder() ?? "")) return;
  if (which("rustup"))
    await step(`Rust target ${wasmTarget}`, "rustup", ["target", "add", wasmTarget]);
  if (existsSync(folder() ?? "")) return;
  throw new Missing({
    what: `the Rust target ${wasmTarget}`,
    why: "to compile for the browser",
    type: which("rustup") ? `rustup target add ${wasmTarget}` : rustup,
  });
}

export const wasmBindgen = executable(nativeBin, "wasm-bindgen");

/**
 * A program of the workspace member `tools`. Without optimisation it is built in half the time and
 * is fast enough.
 */
async function tool(name, ...more) {
  const file = executable(nativeBin, name);
  const wanted = /^version = "([\d.]+)"/m.exec(
    readFileSync(join(root, "tests/tools/Cargo.toml"), "utf8"),
  )[1];
  const source = join(root, "tests/tools/src", `${name.replaceAll("-", "_")}.rs`);
  const ready =
    existsSync(file) &&
    statSync(file).mtimeMs > statSync(source).mtimeMs &&
    versionIn(capture(file, ["--version"])) === wanted;
  const build = ["build", "-p", "tools", "--bin", name, ...more];
  if (!ready) await step(`${name} ${wanted}`, "cargo", build);
}

export const bindgen = () => tool("wasm-bindgen");
export const testRunner = () => tool("wasm-bindgen-test-runner", "--features", "runner");

/** Installs programs with cargo into this project's own folder. */
const programs = {
  geckodriver: { version: "0.37.1", suits: (found) => rank(found) >= rank("0.34.0") },
  "wasm-pack": { version: "0.15.1", suits: (found) => rank(found) >= rank("0.13.0") },
};

async function installed(name) {
  const { version, suits } = programs[name];
  const found = which(name);
  const is = found && versionIn(capture(found, ["--version"]));
  if (is && suits(is)) return found;
  const folder = join(target, "install");
  mkdirSync(toolsBin, { recursive: true });
  const args = ["install", name, "--version", version, "--locked", "--force", "--debug"];
  await step(`${name} ${version}`, "cargo", [...args, "--root", tools, "--target-dir", folder], {
    // Half the time of an optimised build, and the folder stays small.
    env: { CARGO_PROFILE_DEV_DEBUG: "0", CARGO_INCREMENTAL: "0" },
  });
  rmSync(folder, { recursive: true, force: true });
  return executable(toolsBin, name);
}

export const geckodriver = () => installed("geckodriver");
export const wasmPack = () => installed("wasm-pack");

export const cargoHome = () => environment().CARGO_HOME ?? join(environment().HOME ?? "", ".cargo");
