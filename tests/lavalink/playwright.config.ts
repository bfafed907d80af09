/** Tests against a Lavalink node, most of them without a browser. */
import { defineConfig, devices } from "@playwright/test";
import { chromium, PLAYWRIGHT_ARGS } from "../e2e/harness/chromium.js";

export default defineConfig({
  projects: [
    { name: "main", testIgnore: "lavalink-rs.spec.ts" },
    { name: "rust", testMatch: "lavalink-rs.spec.ts" },
  ],
  outputDir: "../../test-results/lavalink",
  fullyParallel: true,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env["CI"]),
  reporter: "list",
  use: {
    ...devices["Desktop Chrome"],
    trace: "off",
    launchOptions: { executablePath: chromium(), args: PLAYWRIGHT_ARGS },
  },
});
