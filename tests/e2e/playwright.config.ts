import { defineConfig, devices } from "@playwright/test";
import { chromium, PLAYWRIGHT_ARGS } from "./harness/chromium.js";

export default defineConfig({
  projects: [
    // The main stories, and all other cases.
    { name: "main", testDir: "main" },
    { name: "more", testDir: "more" },
  ],
  outputDir: "../../test-results",
  fullyParallel: true,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env["CI"]),
  reporter: process.env["E2E_REPORTER"] ?? "list",
  use: {
    ...devices["Desktop Chrome"],
    // Recording a trace of each test takes a fifth of the time: use `--trace on` for the one that
    // fails.
    trace: "off",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: chromium(),
      args: PLAYWRIGHT_ARGS,
    },
  },
});
