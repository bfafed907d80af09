/**
 * The real viewers continue animations after a drop, and get the tiles that they were waiting for.
 */
import type { Carta } from "../harness/carta.js";
import { expect, goOn, test as base } from "../harness/carta-equipped.js";
import type { RecordedFrame } from "../harness/recorder.js";

const test = base.extend({
  carta: async ({ carta }, use) => {
    // The cursor's value arrives at an unpredictable time, and would be in the pictures.
    await carta.open({}, { cursorInfoVisible: "never" });
    await carta.openImage("a.fits");
    await carta.waitUntilDrawn();
    await use(carta);
  },
});

test.describe.configure({ timeout: 120_000 });

const CHANNELS = 8;

/** The most frames that may be under way to a viewer that has not confirmed them. */
const WINDOW = 5;

const onSocket = (frames: RecordedFrame[], wanted: number) =>
  frames.filter(({ socket }) => socket === wanted);

/** The animation frames that have arrived completely, by their channels. */
function played(carta: Carta, socket: number): number[] {
  return onSocket(carta.recorder.received("RASTER_TILE_SYNC"), socket)
    .filter(({ message }) => Number(message?.["animationId"]) > 0 && message?.["endSync"] === true)
    .map(({ message }) => Number(message?.["channel"]));
}

/** The frames that the viewer has confirmed. */
const confirmed = (carta: Carta, socket: number) =>
  onSocket(carta.recorder.sent("ANIMATION_FLOW_CONTROL"), socket).length;

const channel = (message: unknown) => (message as { channel: number }).channel;

const truth = (carta: Carta) => carta.backend.session(carta.sessionId);

/**
 * The image's pixels, which are drawn in the frame after a change; without the axes, which are
 * drawn later.
 */
const raster = (carta: Carta) =>
  carta.imageView.locator(".raster-canvas").evaluate(async (canvas: HTMLCanvasElement) => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    await frame();
    await frame();
    return canvas.toDataURL();
  });

/** It has stopped, and viewer and backend agree where. */
async function expectStopped(carta: Carta): Promise<void> {
  await expect
    .poll(async () => {
      const { animation, images } = await truth(carta);
      const shown = channel((images as unknown[])[0]);
      return animation === null && shown === (await carta.read("activeFrame.channel"));
    })
    .toBe(true);
  await carta.waitUntilDrawn();
  await carta.expectNoTrouble();
}

for (const version of ["6.0.0", "4.1.0"] as const) {
  test.describe(`viewer ${version}`, () => {
    test.use({ cartaVersion: version });

    test("an animation continues where it was", async ({ carta }) => {
      const { recorder, backend } = carta;
      // Slow enough for software WebGL.
      await carta.script("animatorStore.setFrameRate", [2]);
      await carta.setChannel(2);
      // The second animation has another number than the one in the new session.
      await carta.play();
      await recorder.waitForReceived("START_ANIMATION_ACK");
      await carta.stop();
      await recorder.waitForSent("STOP_ANIMATION");
      await carta.setChannel(2);
      const before = played(carta, 0).length;
      await carta.play();
      await expect.poll(() => played(carta, 0).length).toBeGreaterThan(before + WINDOW);
      await backend.crashAndRestart();
      await goOn(carta);

      const socket = recorder.newest;
      const [, first, again, ...more] = recorder.sent("START_ANIMATION");
      expect(more).toEqual([]);
      const last = played(carta, 0).at(-1) ?? NaN;
      const { startFrame } = again?.message ?? {};
      expect(again?.message).toEqual({ ...first?.message, startFrame });
      expect(channel(startFrame)).toBe(last);
      // The viewer receives them all: it confirms more than are sent without confirmation.
      await expect.poll(() => confirmed(carta, socket)).toBeGreaterThan(2 * WINDOW);
      const sequence = played(carta, socket);
      expect(sequence).toEqual(sequence.map((_, at) => (last + at) % CHANNELS));
      const shown = new Set<number>();
      await expect
        .poll(async () => shown.add(await carta.read<number>("activeFrame.channel")).size)
        .toBeGreaterThan(2);
      await carta.expectNoTrouble();

      await carta.stop();
      await recorder.waitForSent("STOP_ANIMATION", 2);
      await expectStopped(carta);
      // It does not start again after the next drop.
      await backend.control("drop");
      await goOn(carta);
      await expectStopped(carta);
      expect(recorder.sent("START_ANIMATION")).toHaveLength(3);
    });

    test("an animation that is stopped meanwhile stays stopped", async ({ carta }) => {
      const { recorder, backend } = carta;
      await carta.play();
      await expect.poll(() => played(carta, 0).length).toBeGreaterThan(WINDOW);
      await backend.kill();
      await carta.stop();
      await backend.start();
      await goOn(carta);
      await expectStopped(carta);
      expect(recorder.sent("START_ANIMATION")).toHaveLength(1);
      await carta.setChannel(5);
      await carta.expectNoTrouble();
    });

    test("tiles that had not arrived are requested again", async ({ carta }) => {
      const { backend, recorder } = carta;
      const complete = () =>
        recorder
          .received("RASTER_TILE_SYNC")
          .filter(({ message }) => message?.["endSync"] === true && channel(message) === 5);
      // Channels look different with the same colour range.
      await carta.script("activeFrame.renderConfig.setCustomScale", [0, 10]);
      const first = await raster(carta);
      await carta.setChannel(5);
      await expect.poll(() => complete().length).toBe(1);
      await expect.poll(() => raster(carta)).not.toBe(first);
      const wanted = await raster(carta);
      await carta.setChannel(0);
      await expect.poll(() => raster(carta)).toBe(first);

      for (const type of ["RASTER_TILE_SYNC", "RASTER_TILE_DATA", "RASTER_TILE_SYNC"]) {
        await backend.control(`lose-next?type=${type}`);
      }
      const asked = recorder.sent("SET_IMAGE_CHANNELS").length;
      await carta.script("activeFrame.setChannels", [5, 0, false]);
      await recorder.waitForSent("SET_IMAGE_CHANNELS", asked + 1);
      await expect
        .poll(async () => channel(((await truth(carta))["images"] as unknown[])[0]))
        .toBe(5);
      await backend.kill();
      expect(complete()).toHaveLength(1);
      await backend.start();
      await goOn(carta);
      await expect.poll(() => complete().length).toBe(2);
      await expect.poll(() => raster(carta)).toBe(wanted);
      await carta.expectNoTrouble();
    });
  });
}
