/** Tests against a Lavalink node, most of them without a browser. */
import { defineConfig } from "@playwright/test";

export default defineConfig({
  projects: [
    { name: "main", testIgnore: "lavalink-rs.spec.ts" },
    { name: "rust", testMatch: "lavalink-rs.spec.ts" },
  ],
  outputDir: "../../test-results/lavalink",
  fullyParallel: true,
  workers: 2,
  timeout: 15_000,
  expect: { timeout: 5_000 },
  forbidOnly: Boolean(process.env["CI"]),
  reporter: "list",
});
