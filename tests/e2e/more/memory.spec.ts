/** Image data pass through: they are not copied into any WebAssembly memory. */
import { EventType } from "../harness/event-types.js";
import { expect, test } from "../harness/test.js";

const FRAME_BYTES = 4 * 1024 * 1024;
const FRAMES = 25;

interface Probe {
  memories: WebAssembly.Memory[];
  /** Bytes written into WebAssembly memories by JavaScript. */
  copied: number;
}

/** Runs before the package is loaded: finds its memories and counts what is written to them. */
function spy() {
  const probe: Probe = { memories: [], copied: 0 };
  Object.assign(window, { probe });
  const instantiate = WebAssembly.instantiateStreaming;
  WebAssembly.instantiateStreaming = async (...args) => {
    const result = await instantiate(...args);
    for (const value of Object.values(result.instance.exports)) {
      if (value instanceof WebAssembly.Memory) probe.memories.push(value);
    }
    return result;
  };
  const set = Uint8Array.prototype.set;
  Uint8Array.prototype.set = function (source, offset) {
    if (probe.memories.some(({ buffer }) => buffer === this.buffer)) probe.copied += source.length;
    set.call(this, source, offset);
  };
}

test("frames of 4 MB are not copied into the memory of the package", async ({
  context,
  site,
  backend,
}) => {
  const page = await context.newPage();
  await page.addInitScript(spy);
  await page.goto(`${site.origin}/page/index.html`);
  await page.waitForFunction(() => "lab" in window);
  await page.evaluate(async (url) => {
    const { lab } = window as unknown as {
      lab: {
        ResumeClient: new (options: object) => {
          connect(): Promise<void>;
          on(event: "frame", handler: (frame: ArrayBuffer) => void): void;
        };
      };
    };
    const client = new lab.ResumeClient({ url, icdVersion: 28, confirmResume: () => true });
    const sizes: number[] = [];
    Object.assign(window, { sizes, client });
    client.on("frame", (frame) => sizes.push(frame.byteLength));
    await client.connect();
  }, backend.url);
  const probe = () =>
    page.evaluate(() => {
      const { probe, sizes } = window as unknown as { probe: Probe; sizes: number[] };
      const bytes = probe.memories.map(({ buffer }) => buffer.byteLength);
      const pages = bytes.reduce((sum, each) => sum + each, 0);
      return { pages, copied: probe.copied, sizes: [...sizes] };
    });

  const before = await probe();
  expect(before.pages).toBeGreaterThan(0);
  expect(before.copied, "the spy sees REGISTER_VIEWER_ACK being read").toBeGreaterThan(0);
  await backend.control(
    `flood?type=${"RASTER_TILE_DATA" satisfies keyof typeof EventType}&bytes=${FRAME_BYTES}&count=${FRAMES}`,
  );
  await expect
    .poll(async () => (await probe()).sizes.filter((size) => size > FRAME_BYTES).length)
    .toBe(FRAMES);
  const after = await probe();
  console.log(
    `${FRAMES} frames of ${FRAME_BYTES} bytes: ${after.pages} bytes of memory before and after, ` +
      `${after.copied - before.copied} bytes copied in (8 of each header)`,
  );
  expect(after.pages).toBe(before.pages);
  expect(after.copied - before.copied).toBeLessThanOrEqual(FRAMES * 8);
});
