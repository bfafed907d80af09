// `npm run setup`: installs everything that the other commands need.
import { main, say, seconds } from "./lib/process.mjs";
import { forTests } from "./lib/setup.mjs";

await main(async () => {
  const began = performance.now();
  await forTests();
  say(`Everything is there (${seconds(began)}).`);
});
