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
import { environment, Failed, say, watch } from "./process.mjs";

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

/** cargo splits the runner's path at spaces: gives a folder without any. */
function withoutSpaces(folder) {
  if (!/\s/.test(folder)) return { folder, remove() {} };
  const made = mkdtempSync(join(tmpdir(), "carta-resume-"));
  symlinkSync(folder, join(made, "bin"));
  return {
    folder: join(made, "bin"),
    remove: () => rmSync(made, { recursive: true, force: true }),
  };
}

/** Runs every test file in both browsers, with a backend to talk to. */
export async function wasmTests(programs, tally) {
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
    // What the tests of one file are given, in seconds.
    WASM_BINDGEN_TEST_TIMEOUT: "120",
    WASM_PACK_CACHE: cache,
  };
  const drivers = {
    chrome: { CHROMEDRIVER: programs.chromedriver },
    firefox: { GECKODRIVER: programs.geckodriver },
  };
  try {
    for (const [browser, driver] of Object.entries(drivers)) {
      for (const name of tests) {
        say(`\n${name} in ${browser}`);
        const args = [
          "test",
          "--mode",
          "no-install",
          "--headless",
          `--${browser}`,
          ".",
          "--test",
          name,
        ];
        const lines = tally.cargoLines();
        const { onLine } = lines;
        lines.end(await watch(programs.wasmPack, args, { env: { ...env, ...driver }, onLine }));
      }
    }
  } finally {
    runner.remove();
    if (existsSync(addressFile)) rmSync(addressFile);
    await backend.stop();
  }
}
