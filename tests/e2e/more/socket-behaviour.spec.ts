/** What a page can observe of the package's WebSocket and of Chromium's own. */
import { test as base, expect, type Browser } from "@playwright/test";
import {
  CLASSES,
  address,
  compareAll,
  type ClassName,
  type Run,
  type WorkerFixtures,
} from "../harness/sockets/behaviour.js";
import { cases } from "../harness/sockets/page/cases.js";
import { SocketServer } from "../harness/sockets/server.js";

async function open(browser: Browser, url: string): Promise<Run> {
  const page = await browser.newPage();
  const devTools = await page.context().newCDPSession(page);
  await page.exposeFunction("collectGarbage", () => devTools.send("HeapProfiler.collectGarbage"));
  await page.goto(url);
  await page.waitForFunction(() => "run" in window);
  return (name, mode) =>
    page.evaluate(([name, mode]) => (window as unknown as { run: Run }).run(name, mode), [
      name,
      mode,
    ] as const);
}

const test = base.extend<object, WorkerFixtures>({
  runs: [
    async ({ browser }, use) => {
      const server = await SocketServer.start();
      const runs = new Map<ClassName, Run>();
      for (const name of CLASSES) runs.set(name, await open(browser, address(server.origin, name)));
      await use(runs);
      for (const context of browser.contexts()) await context.close();
      await server.stop();
    },
    { scope: "worker" },
  ],
});

compareAll(test, "chromium");

test("every case that is left out says why", () => {
  const names = cases.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const reasons = cases.flatMap(({ plainOnly, firstOnly, leftOutOf, differs }) => [
    plainOnly,
    firstOnly,
    ...(differs ?? []).map(({ why }) => why),
    ...Object.values(leftOutOf ?? {}),
  ]);
  expect(reasons.filter((reason) => reason !== undefined && reason.length < 3)).toEqual([]);
  // A drop that a viewer should not notice is the one difference by design.
  const hidden = cases.filter(({ plainOnly }) => plainOnly?.startsWith("a close by the server"));
  expect(hidden.map(({ name }) => name)).toEqual([
    "closing: both sides at once",
    ...names.filter((name) => name.startsWith("server ends: ")),
  ]);
});
