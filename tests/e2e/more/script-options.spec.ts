/** The attributes of the script tag that equips a viewer. */
import { test as base, expect } from "../harness/test.js";
import { Recorder } from "../harness/recorder.js";
import { encode } from "../harness/messages.js";
import { inRoot } from "../harness/paths.js";
import type { Page } from "@playwright/test";

/** A page with the script and a viewer that registers. */
async function equip(page: Page, url: string, attributes: Record<string, string>): Promise<void> {
  await page.route("**/carta-resume-install.js", (route) =>
    route.fulfill({ path: inRoot("dist/carta-resume-install.js") }),
  );
  const register = encode("REGISTER_VIEWER", { sessionId: 0, clientFeatureFlags: 5 }, 1);
  await page.evaluate(
    async ([url, attributes, frame]) => {
      const script = document.createElement("script");
      Object.assign(script.dataset, attributes);
      script.src = "/carta-resume-install.js";
      const loaded = new Promise((resolve) => script.addEventListener("load", resolve));
      document.head.append(script);
      await loaded;
      const socket = new WebSocket(url);
      const bytes = Uint8Array.from(atob(frame), (char) => char.charCodeAt(0));
      socket.addEventListener("open", () => socket.send(bytes));
    },
    [url, attributes, register.toString("base64")] as const,
  );
}

const test = base;

test("heartbeat, timeouts and backoff are attributes", async ({ viewer, backend }) => {
  const recorder = new Recorder(viewer.page);
  await equip(viewer.page, backend.url, {
    heartbeatIntervalMs: "100",
    heartbeatTimeoutMs: "2000",
    timeoutsConnectMs: "5000",
    backoffMaxMs: "200",
    backoffJitter: "none",
  });
  const pings = () => recorder.texts.filter(({ text }) => text === "PING").length;
  await expect.poll(pings).toBeGreaterThan(3);
});

for (const [attribute, value, name] of [
  ["heartbeatTimeoutMs", "soon", "heartbeat.timeoutMs"],
  ["heartbeatTimeoutS", "1", "heartbeat.timeoutS"],
  ["timeoutsConnectMs", "-1", "timeouts.connectMs"],
  ["backoffFactor", "", "backoff.factor"],
  ["heartbeat", "sometimes", "heartbeat"],
] as const) {
  test(`${attribute}="${value}" is refused by name`, async ({ viewer, backend }) => {
    const { page } = viewer;
    const warned = page.waitForEvent("console", (message) => message.text().includes(name));
    await equip(page, backend.url, { [attribute]: value });
    expect((await warned).text()).toMatch(/^carta-resume: /);
  });
}
