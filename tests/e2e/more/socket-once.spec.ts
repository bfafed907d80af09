/**
 * A viewer that does not know the package sends requests without waiting, on connections that break
 * at random: everything is done once, and answered once and in order.
 *
 * `REPEAT` says how many runs there are, `SEED` repeats one of them.
 */
import type { Backend } from "../harness/backend.js";
import { expect, repeat, test } from "../harness/test.js";
import { Asker, REFUSED } from "../harness/asker.js";
import { Random } from "../harness/random.js";
import type { ViewerPage } from "../harness/viewer-page.js";

const STEPS = 100;
const FIRST_OWN_ID = 0xf000_0001;

for (let run = 0; run < repeat(3); run += 1) {
  test(`everything once and in order, run ${run + 1}`, async ({ viewer, backend }) => {
    const given = process.env["SEED"];
    const seed = given ? Number(given) + run : Math.floor(Math.random() * 2 ** 31);
    console.log(`SEED=${seed}`);
    const random = new Random(seed);
    await viewer.connect({
      url: backend.url,
      plain: "install",
      confirm: "yes",
      backoff: { initialMs: 10, maxMs: 50 },
      heartbeat: { intervalMs: 250, timeoutMs: 800, busyTimeoutMs: 800 },
    });
    const asker = new Asker(viewer, random);
    await asker.openFirst();
    // Answers take a while to arrive, so that there is something to lose.
    await backend.control(`delay?ms=${random.below(40)}`);
    for (let step = 0; step < STEPS; step += 1) {
      if (random.below(8) > 0) await asker.asks();
      else await somethingHappens(asker, backend, random);
    }
    await backend.control("delay?ms=0");
    await asker.allAnswered();
    // What the backend never answers is answered by the client at the next drop.
    const settled = viewer.recorder.newest;
    await backend.control("drop");
    await asker.allAnswered({ refused: true });
    const again = viewer.recorder.sent().filter(({ socket }) => socket > settled);
    const tiles = again.filter(({ type }) => /TILES|IMAGE_CHANNELS/.test(type));
    expect(tiles, "what has arrived is not requested again").toEqual([]);

    await expectEverythingOnce(viewer, asker);
    await expectTheViewersState(viewer, asker, backend);
    expect(await viewer.uncaught()).toEqual([]);
  });
}

async function somethingHappens(asker: Asker, backend: Backend, random: Random): Promise<void> {
  await asker.mayLose();
  switch (random.below(6)) {
    case 0:
      return backend.crashAndRestart();
    case 1:
      return backend.control("restart?down=50");
    case 2:
      return backend.control(`stall?ms=${100 + random.below(1_200)}`);
    case 3:
      await asker.allAnswered();
      return asker.losesAnAnswer(backend);
    case 4:
      return backend.control("half-open");
    default:
      return backend.control("drop");
  }
}

/** What the viewer has seen. */
async function expectEverythingOnce(viewer: ViewerPage, asker: Asker): Promise<void> {
  const { frames, errors } = await viewer.record();
  expect(frames.filter(({ requestId }) => requestId >= FIRST_OWN_ID)).toEqual([]);
  const answers = frames.map(({ requestId }) => requestId).filter((id) => asker.asked.has(id));
  expect([...answers].sort((a, b) => a - b)).toEqual([...asker.asked.keys()]);
  const inTurn = answers.filter(
    (id) => !REFUSED.has(asker.asked.get(id) ?? "") && !asker.abandoned.has(id),
  );
  expect(inTurn).toEqual([...inTurn].sort((a, b) => a - b));

  // Nothing that acts outside the session was tried twice.
  for (const type of REFUSED) {
    const ids = viewer.recorder.sent(type).map(({ requestId }) => requestId);
    const asked = [...asker.asked.entries()].filter(([, name]) => name === type);
    expect(ids.sort((a, b) => a - b)).toEqual(asked.map(([id]) => id));
  }
  // Or the viewer itself gave it up.
  const refusals = errors.filter(({ code }) => code === "not-replayed" || code === "abandoned");
  expect(errors).toEqual(refusals);
}

/** The outcome at the backend, and the tiles that have arrived. */
async function expectTheViewersState(
  viewer: ViewerPage,
  asker: Asker,
  backend: Backend,
): Promise<void> {
  const { sessionId } = await viewer.status();
  const session = await backend.session(sessionId);
  expect(session["images"]).toMatchObject(asker.images());
  expect((session["images"] as unknown[]).length).toBe(asker.images().length);
  expect(session["regions"]).toEqual(asker.regions());
  expect(session["requirements"]).toEqual(asker.statistics());

  const complete = viewer.recorder
    .received("RASTER_TILE_SYNC")
    .filter(({ message }) => message?.["endSync"] === true)
    .map(({ message }) => [message?.["fileId"], message?.["channel"], message?.["tileCount"]]);
  expect(complete).toEqual(expect.arrayContaining(asker.tiles()));
}
