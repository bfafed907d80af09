// The tests in tests/wasm_*, files or folders, in headless browsers through wasm-pack.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { buildBackend, startBackend } from "./backend.mjs";
import { nativeBin, root } from "./paths.mjs";
import { environment, Failed } from "./process.mjs";
import { PageReader } from "./tally.mjs";

/**
 * Where the tests find the address of the running development backend: the
 * test runner serves the package's folder, so they fetch `/.tools/backend.json`.
 */
const addressFile = join(root, ".tools", "backend.json");

/** Names of the test targets for browsers. */
export const wasmTestNames = () =>
  readdirSync(join(root, "tests"))
    .filter((name) => /^wasm_\w+(\.rs)?$/.test(name))
    .map((name) => basename(name, ".rs"))
    .sort();

/** cargo splits the runner's path at spaces: this returns a folder without any. */
function withoutSpaces(folder) {
  if (!/\s/.test(folder)) return { folder, remove() {} };
  const made = mkdtempSync(join(tmpdir(), "carta-resume-"));
  symlinkSync(folder, join(made, "bin"));
  return {
    folder: join(made, "bin"),
    remove: () => rmSync(made, { recursive: true, force: true }),
  };
}

/**
 * Runs every test file in both browsers, with a backend to talk to. `run` runs a test program.
 * wasm-pack is called once for each browser, so that a failure in one does not keep the other from
 * running.
 */
export async function wasmTests(programs, run) {
  const tests = wasmTestNames();
  if (tests.length === 0) throw new Failed("There is no tests/wasm_*.");
  await buildBackend();
  const backend = await startBackend(["--control", "--root", join(root, "tests", "fixtures")], {
    quiet: true,
  });
  mkdirSync(join(root, ".tools"), { recursive: true });
  writeFileSync(addressFile, JSON.stringify({ ws: backend.ws, http: backend.http }));
  const runner = withoutSpaces(nativeBin);
  const cache = join(root, ".tools", "cache");
  mkdirSync(cache, { recursive: true });
  const env = {
    PATH: [runner.folder, environment().PATH].join(delimiter),
    // The time limit for the tests of one file, in seconds.
    WASM_BINDGEN_TEST_TIMEOUT: "120",
    WASM_PACK_CACHE: cache,
  };
  const browsers = [
    ["--chrome", "--chromedriver", programs.chromedriver],
    ["--firefox", "--geckodriver", programs.geckodriver],
  ];
  const files = tests.flatMap((name) => ["--test", name]);
  try {
    for (const browser of browsers) {
      const args = ["test", "--mode", "no-install", "--headless", ...browser, ".", ...files];
      await run(programs.wasmPack, args, { env, reader: PageReader });
    }
  } finally {
    runner.remove();
    if (existsSync(addressFile)) rmSync(addressFile);
    await backend.stop();
  }
}
