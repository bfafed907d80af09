// `npm run report:liveness`: what silence costs. First on a virtual clock, where cases of minutes
// and hours take no time, as a table: a dead connection is noticed soon, and a busy backend or a
// slow line is not mistaken for one. Then the same on real sockets, in Chromium with the
// development backend, with shorter times. Fails if any target is missed.
import { buildBackend } from "./lib/backend.mjs";
import { demo } from "./lib/demo.mjs";
import { bin } from "./lib/node.mjs";
import { backendBinary } from "./lib/paths.mjs";
import { Failed, main, run, say, watch } from "./lib/process.mjs";
import { cargo } from "./lib/rust.mjs";
import { forEndToEnd } from "./lib/setup.mjs";

const TABLE = "dead_connections_are_noticed_and_living_ones_kept";

async function onAVirtualClock() {
  cargo();
  const lines = [];
  const args = ["test", "--test", "native", TABLE, "--", "--nocapture"];
  const onLine = (line) => lines.push(line);
  const code = await watch("cargo", args, { quiet: true, onLine });
  const rows = lines.filter((line) => line.startsWith("|"));
  if (rows.length === 0) throw new Failed(lines.slice(-40).join("\n"));
  say(rows.join("\n"));
  if (code !== 0) throw new Failed("Not every row meets its target.");
}

async function onRealSockets() {
  const { chromium, firefox, geckodriver } = await forEndToEnd();
  await demo();
  await buildBackend();
  const env = {
    CHROMIUM: chromium,
    FIREFOX: firefox,
    GECKODRIVER: geckodriver,
    BACKEND_BIN: backendBinary,
  };
  const config = ["-c", "tests/e2e/playwright.config.ts", "--project=more", "--reporter=list"];
  const files = ["e2e/more/liveness.spec.ts", "e2e/more/hidden.spec.ts"];
  await run(bin("playwright"), ["test", ...config, ...files], { env });
}

await main(async () => {
  say("On a virtual clock:\n");
  await onAVirtualClock();
  say("\nIn Chromium, with the development backend:\n");
  await onRealSockets();
});
