// `npm run backend -- --port 3002 --root DIR …`: the development backend. The arguments after `--`
// are passed to it; `--help` lists them.
import { buildBackend } from "./lib/backend.mjs";
import { backendBinary } from "./lib/paths.mjs";
import { ended, main, start } from "./lib/process.mjs";
import { cargo } from "./lib/rust.mjs";

await main(async () => {
  cargo();
  await buildBackend();
  const child = start(backendBinary, process.argv.slice(2), {
    stdio: "inherit",
    cwd: process.cwd(),
  });
  process.exitCode = (await ended(child)).code;
});
