/**
 * The package's WebSocket beside the browser's own, in one browser, against one
 * server: what a page can observe is the same, case by case. Each case also says
 * what that is, so that none can agree about nothing.
 */
import type { Browser, Page } from "@playwright/test";
import { test as base, expect } from "@playwright/test";
import { cases, type Case } from "./harness/sockets/page/cases.js";
import { SocketServer } from "./harness/sockets/server.js";

/** The class as imported; as installed for the address; as installed for another. */
const CLASSES: ClassName[] = ["native", "ResumableWebSocket", "installed", "unmatched"];
type ClassName = "native" | "ResumableWebSocket" | "installed" | "unmatched";
type Mode = "plain" | "registered" | "reconnected";

type Runner = (name: string, mode: Mode) => Promise<unknown>;

async function openPage(browser: Browser, origin: string, name: ClassName): Promise<Page> {
  const page = await browser.newPage();
  const devTools = await page.context().newCDPSession(page);
  await page.exposeFunction("collectGarbage", () => devTools.send("HeapProfiler.collectGarbage"));
  await page.goto(`${origin}/sockets/index.html?class=${name}`);
  await page.waitForFunction(() => "run" in window);
  return page;
}

interface WorkerFixtures {
  /** A page for each class, for all cases: what one leaves behind, the next must bear. */
  pages: Map<ClassName, Page>;
}

const test = base.extend<object, WorkerFixtures>({
  pages: [
    async ({ browser }, use) => {
      const server = await SocketServer.start();
      const pages = new Map<ClassName, Page>();
      for (const name of CLASSES) {
        pages.set(name, await openPage(browser, server.origin, name));
      }
      await use(pages);
      for (const page of pages.values()) await page.close();
      await server.stop();
    },
    { scope: "worker" },
  ],
});

/** What a class must show in a case. */
function expected({ differs, expected }: Case, name: ClassName, mode: Mode): unknown {
  const isOther = differs?.classes.includes(name) && (differs.modes ?? [mode]).includes(mode);
  return isOther ? differs?.expected : expected;
}

async function compare(pages: Map<ClassName, Page>, one: Case, mode: Mode): Promise<void> {
  for (const [name, page] of pages) {
    const observed = await page.evaluate(
      ([name, mode]) => (window as unknown as { run: Runner }).run(name, mode),
      [one.name, mode] as const,
    );
    expect.soft(observed, name).toEqual(expected(one, name, mode));
  }
}

test.describe("as the browser's own", () => {
  for (const one of cases.filter(({ registeredOnly }) => registeredOnly === undefined)) {
    test(one.name, ({ pages }) => compare(pages, one, "plain"));
  }
});

test.describe("and after REGISTER_VIEWER", () => {
  for (const one of cases.filter(({ plainOnly }) => plainOnly === undefined)) {
    test(one.name, ({ pages }) => compare(pages, one, "registered"));
  }
});

test.describe("and after a drop", () => {
  const isLeftOut = ({ plainOnly, firstOnly }: Case) => (plainOnly ?? firstOnly) !== undefined;
  for (const one of cases.filter((one) => !isLeftOut(one))) {
    test(one.name, ({ pages }) => compare(pages, one, "reconnected"));
  }
});

test("every case that is left out after REGISTER_VIEWER says why", () => {
  const names = cases.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const reasons = cases.map(({ plainOnly }) => plainOnly ?? "run");
  expect(reasons.filter((reason) => reason.length < 3)).toEqual([]);
  // A drop that a viewer is not to notice is the one difference by design.
  const hidden = cases.filter(({ plainOnly }) => plainOnly?.startsWith("a close by the server"));
  expect(hidden.map(({ name }) => name)).toEqual([
    "closing: both sides at once",
    ...names.filter((name) => name.startsWith("server ends: ")),
  ]);
});
