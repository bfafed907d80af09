/** Mistakes in a hasty integrator's own functions must not break the client. */
import { expect, test } from "../harness/test.js";
import type { Page } from "@playwright/test";

interface Client {
  status: { phase: string };
  on(event: string, handler: (value: ArrayBuffer & { code: string; phase: string }) => void): void;
  connect(): Promise<void>;
  retryNow(): void;
  openImage(image: object): void;
  closeImage(fileId: unknown): void;
  removeRegion(regionId: unknown): void;
  setChannel(fileId: unknown, channel: unknown, stokes: unknown): void;
  viewerState(): { images: unknown[] };
  close(): void;
  free(): void;
  request(type: number, payload: Uint8Array): Promise<{ payload: Uint8Array }>;
}
interface Offered {
  confirmResume: (offer: object) => unknown;
  url: string | (() => string);
  backoff?: { initialMs: number; maxMs: number };
}
type Lab = { ResumeClient: new (options: Offered) => Client };
declare const window: {
  lab: Lab;
  client: Client;
  calls: number;
  drops: number;
} & typeof globalThis;

/** Makes a client that has an image; `confirm` is the source of a function. */
async function connect(page: Page, url: string, confirm: string): Promise<void> {
  await page.evaluate(
    async ([url, confirm]) => {
      window.calls = 0;
      const answer = (0, eval)(confirm) as (offer: object) => unknown;
      const client = new window.lab.ResumeClient({
        url,
        backoff: { initialMs: 20, maxMs: 50 },
        confirmResume: (offer) => {
          window.calls += 1;
          return answer(offer);
        },
      });
      window.client = client;
      await client.connect();
      client.openImage({ fileId: 0, directory: "", file: "a.fits" });
    },
    [url, confirm] as const,
  );
}

const phase = (page: Page) => page.evaluate(() => window.client.status.phase);

test("a frame that a handler transfers to a worker still answers its request", async ({
  viewer,
  backend,
}) => {
  const { page } = viewer;
  await connect(page, backend.url, "() => true");
  const sizes = await page.evaluate(async () => {
    const { port1 } = new MessageChannel();
    window.client.on("frame", (frame) => port1.postMessage(frame, [frame]));
    const sizes = [];
    for (let count = 0; count < 2; count += 1) {
      const { payload } = await window.client.request(2, new Uint8Array());
      sizes.push(payload.length);
    }
    return sizes;
  });
  expect(sizes[0]).toBeGreaterThan(0);
  expect(sizes[1]).toBe(sizes[0]);
});

test("a frozen offer can be asked about over two drops", async ({ viewer, backend }) => {
  const { page } = viewer;
  const confirm = "(offer) => new Promise((done) => { Object.freeze(offer); window.done = done; })";
  await connect(page, backend.url, confirm);
  await page.evaluate(() => {
    window.drops = 0;
    window.client.on("status", ({ phase }) => (window.drops += phase === "waiting" ? 1 : 0));
  });
  for (const drops of [1, 2]) {
    await backend.control("drop");
    const seen = () => page.evaluate(() => [window.drops, window.client.status.phase]);
    await expect.poll(seen).toEqual([drops, "confirming"]);
  }
  await page.evaluate(() => (window as unknown as { done(answer: boolean): void }).done(true));
  await expect.poll(() => phase(page)).toBe("active");
  expect(await page.evaluate(() => window.calls)).toBe(1);
});

const unreadable = {
  "an element that throws":
    "({ images: Object.defineProperty([0], 0, { get() { throw new Error('no'); } }) })",
  "an array that throws": "({ images: new Proxy([0], { get() { throw new Error('no'); } }) })",
  "a promise that throws":
    "Object.defineProperty(Promise.resolve(), 'constructor', { get() { throw new Error('no'); } })",
};
for (const [name, answer] of Object.entries(unreadable)) {
  test(`${name} is no answer, and the question is asked again`, async ({ viewer, backend }) => {
    const { page } = viewer;
    await connect(page, backend.url, `() => (window.calls > 1 ? true : ${answer})`);
    await page.evaluate(() => {
      window.client.on("error", ({ code }) => {
        if (code === "confirm-failed") window.client.retryNow();
      });
    });
    await backend.control("drop");
    await expect.poll(() => page.evaluate(() => window.calls)).toBe(2);
    await expect.poll(() => phase(page)).toBe("active");
  });
}

test("trying again at once does not stop the page", async ({ viewer, backend }) => {
  const { page } = viewer;
  await connect(page, backend.url, "() => { throw new Error('no dialog yet'); }");
  await page.evaluate(() => {
    window.client.on("error", ({ code }) => {
      if (code === "confirm-failed") window.client.retryNow();
    });
  });
  await backend.control("drop");
  await expect.poll(() => page.evaluate(() => window.calls)).toBeGreaterThan(5);
  expect(await phase(page)).toBe("confirming");
});

test("trying again at once for an address does not stop the page", async ({ viewer, backend }) => {
  const asked = await viewer.page.evaluate(async (url) => {
    let asked = 0;
    const client = new window.lab.ResumeClient({
      url: () => {
        asked += 1;
        if (asked < 10) throw new Error("no token yet");
        return url;
      },
      confirmResume: () => true,
    });
    client.on("status", ({ phase }) => {
      if (phase === "waiting") client.retryNow();
    });
    // A timer, which would never fire if the page were blocked.
    const tasks = new Promise((done) => setTimeout(done));
    await Promise.all([client.connect(), tasks]);
    return asked;
  }, backend.url);
  expect(asked).toBe(10);
});

test("what is not a number closes no image", async ({ viewer, backend }) => {
  const { page } = viewer;
  await connect(page, backend.url, "() => true");
  const result = await page.evaluate(() => {
    const { client } = window;
    const codes: unknown[] = [];
    for (const wrong of [undefined, null, "0", NaN, 0.5, 2 ** 32, {}, true]) {
      const calls = [
        () => client.closeImage(wrong),
        () => client.removeRegion(wrong),
        () => client.setChannel(0, wrong, 0),
      ];
      for (const call of calls) {
        try {
          call();
          codes.push(`${String(wrong)} was taken`);
        } catch (error) {
          codes.push((error as { code: string }).code);
        }
      }
    }
    return { codes: [...new Set(codes)], images: client.viewerState().images.length };
  });
  expect(result.codes).toEqual(["unknown-image", "invalid-region", "invalid-option"]);
  expect(result.images).toBe(1);
});

test("a closed client leaves nothing behind on the page", async ({ viewer, backend }) => {
  const left = await viewer.page.evaluate(async (url) => {
    const listening = new Set<string>();
    let number = 0;
    const ids = new WeakMap<object, number>();
    const key = (event: string, handler: object) => {
      if (!ids.has(handler)) ids.set(handler, (number += 1));
      return `${event} ${ids.get(handler)}`;
    };
    const { addEventListener, removeEventListener } = EventTarget.prototype;
    EventTarget.prototype.addEventListener = function (event, handler, options) {
      if (this === window || this === document) {
        const name = key(event, handler as object);
        listening.add(name);
        const signal = typeof options === "object" ? options.signal : undefined;
        signal?.addEventListener("abort", () => listening.delete(name));
      }
      addEventListener.call(this, event, handler, options);
    };
    EventTarget.prototype.removeEventListener = function (event, handler, options) {
      listening.delete(key(event, handler as object));
      removeEventListener.call(this, event, handler, options);
    };
    const timers = new Set<unknown>();
    const { setTimeout, clearTimeout } = window;
    Object.assign(window, {
      setTimeout(handler: () => void, ms: number) {
        const timer = setTimeout(() => {
          timers.delete(timer);
          handler();
        }, ms);
        timers.add(timer);
        return timer;
      },
      clearTimeout(timer: number) {
        timers.delete(timer);
        clearTimeout(timer);
      },
    });
    const client = new window.lab.ResumeClient({ url, confirmResume: () => true });
    let told = 0;
    client.on("status", () => {
      told += 1;
      if (client.status.phase === "active") client.close();
    });
    await client.connect().catch(() => {});
    const before = told;
    // The handlers of the socket are freed in separate tasks.
    while (timers.size > 0) await new Promise((done) => setTimeout(done));
    const phase = client.status.phase;
    client.free();
    client.close();
    return { phase, listening: [...listening], timers: timers.size, told: told - before };
  }, backend.url);
  expect(left).toEqual({ phase: "closed", listening: [], timers: 0, told: 0 });
});
