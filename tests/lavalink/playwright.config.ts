/** Tests against a Lavalink node, most of them without a browser. */
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  outputDir: "../../test-results/lavalink",
  fullyParallel: true,
  workers: 2,
  timeout: 15_000,
  expect: { timeout: 5_000 },
  forbidOnly: Boolean(process.env["CI"]),
  reporter: "list",
});
