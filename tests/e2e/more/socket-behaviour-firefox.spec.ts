/** What a page can observe of the package's WebSocket and of Firefox's own. */
import { test as base } from "@playwright/test";
import { Firefox } from "../harness/firefox.js";
import {
  CLASSES,
  address,
  compareAll,
  type ClassName,
  type Run,
  type WorkerFixtures,
} from "../harness/sockets/behaviour.js";
import { withFolder } from "../harness/folder.js";
import { SocketServer } from "../harness/sockets/server.js";

/** Otherwise, Firefox delays connections after others have failed, as some must here. */
const PROMPT = { "network.websocket.delay-failed-reconnects": false };

async function openPage(firefox: Firefox, url: string): Promise<Run> {
  const tab = await firefox.newTab();
  await tab.navigate(url);
  await tab.has("run");
  // As text, because WebDriver does not return every value unchanged.
  const script = `const show = (value) => done(JSON.stringify(value) ?? "undefined");
    run(arguments[0], arguments[1]).then(show, (error) => show("failed: " + error));`;
  return async (name, mode) => {
    const shown = await tab.evaluateAsync<string>(script, name, mode);
    return shown === "undefined" ? undefined : JSON.parse(shown);
  };
}

const test = base.extend<object, WorkerFixtures>({
  runs: [
    async ({}, use) => {
      const server = await SocketServer.start();
      await withFolder(async (profile) => {
        const firefox = await Firefox.start(profile, PROMPT);
        try {
          const runs = new Map<ClassName, Run>();
          for (const name of CLASSES) {
            runs.set(name, await openPage(firefox, address(server.origin, name)));
          }
          await use(runs);
        } finally {
          await firefox.kill();
        }
      });
      await server.stop();
    },
    { scope: "worker" },
  ],
});

compareAll(test, "firefox");
