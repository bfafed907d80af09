// `npm run build`: the npm package in dist. `--force` builds it even if nothing has changed.
import { main } from "./lib/process.mjs";
import { buildPackage } from "./lib/package.mjs";
import { forBuild } from "./lib/setup.mjs";

await main(async () => {
  await forBuild();
  await buildPackage({ force: process.argv.includes("--force") });
});
