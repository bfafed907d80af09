/** Work that another tab has open: it moves to this one after a yes, and only then. */
import { comeBack, moved, openOneRegion, xOf } from "../harness/durable.js";
import type { Backend } from "../harness/backend.js";
import { expect, test } from "../harness/firefox-test.js";
import type { FirefoxViewer } from "../harness/firefox-viewer.js";
import type { ViewerPage } from "../harness/viewer-page.js";

/** A tab in either browser. */
type Tab = ViewerPage | FirefoxViewer;

interface Tabs {
  viewer: Tab;
  backend: Backend;
  /** Opens a further tab of the same browser. */
  openTab: () => Promise<Tab>;
}

/** What a tab lists for this backend: one Firefox also has the work of other tests. */
async function listed(tab: Tab, { port }: Backend) {
  const all = await tab.archived();
  return all.filter(({ address }) => Number(new URL(address).port) === port);
}

async function isGivenAwayWhenCutOff({ viewer, backend, openTab }: Tabs): Promise<void> {
  await viewer.connect({ url: backend.url });
  const region = await openOneRegion(viewer);
  const { sessionId } = await viewer.status();
  Object.assign(backend.options, { token: "new" });
  await backend.crashAndRestart();
  await viewer.waitForPhase("waiting", "connecting", "failed");

  const tab = await openTab();
  await tab.connect({ url: backend.url });
  const { offers } = await tab.waitForRecord("offers");
  expect(offers).toMatchObject([{ reason: "other-tab", images: [{ file: "a.fits" }] }]);
  // What is done there until it is handed over comes along.
  await viewer.edit(moved(region, 33));
  await tab.answer(true);
  const { reports } = await tab.waitForRecord("reports");
  expect(reports[0]).toMatchObject({ reason: "archive", success: true });
  expect(xOf(reports[0]?.state, region)).toBe(33);
  expect(await listed(tab, backend)).toEqual([]);

  await viewer.waitForPhase("closed");
  expect((await viewer.status()).error).toMatchObject({
    code: "moved",
    message: expect.stringMatching(/^This work has moved to another tab\./),
  });
  const own = (await tab.status()).sessionId;
  expect(own).not.toBe(sessionId);
  const connected = (await backend.sessions()).filter(({ connected }) => connected);
  expect(connected.map(({ sessionId }) => sessionId)).toEqual([own]);

  // Each of them continues with its own work now.
  await tab.editAndReload(moved(region, 34));
  const back = await comeBack(tab, { url: backend.url });
  expect(back.offer.reason).toBe("page-reloaded");
  expect(xOf(back.report.state, region)).toBe(34);
  await viewer.reload();
  await viewer.connect({ url: backend.url });
  expect((await viewer.record()).offers).toEqual([]);
  for (const each of [viewer, tab]) expect(await each.uncaught()).toEqual([]);
}

async function isGivenAwayIfWanted({ viewer, backend, openTab }: Tabs): Promise<void> {
  await viewer.connect({ url: backend.url });
  await openOneRegion(viewer);
  const tab = await openTab();
  await tab.connect({ url: backend.url });
  const [open, ...more] = await listed(tab, backend);
  expect(more).toEqual([]);
  expect(open).toMatchObject({ why: "open", images: [{ file: "a.fits", regionCount: 1 }] });
  const id = open?.id ?? "";
  expect((await tab.archive("delete", id)).error?.code).toBe("unknown-workspace");
  expect((await tab.record()).offers).toEqual([]);

  const wanted = async (answer: boolean) => {
    const before = (await tab.record()).offers.length;
    await tab.beginRestoring(id);
    const { offers } = await tab.waitForRecord("offers", before + 1);
    expect(offers.at(-1)?.reason).toBe("other-tab");
    await tab.answer(answer);
    return (await tab.restored()).value;
  };
  expect(await wanted(false)).toBe(false);
  expect((await viewer.status()).phase).toBe("active");
  expect(await wanted(true)).toBe(true);
  await viewer.waitForPhase("closed");
  expect((await viewer.record()).errors.map(({ code }) => code)).toEqual(["moved"]);
  expect((await tab.state()).images).toMatchObject([{ file: "a.fits" }]);
  const connected = (await backend.sessions()).filter(({ connected }) => connected);
  expect(connected.map(({ sessionId }) => sessionId)).toEqual([(await tab.status()).sessionId]);

  // Nothing is offered of another user's work.
  const other = await openTab();
  await other.connect({ url: backend.url, user: "bob" });
  expect(await listed(other, backend)).toEqual([]);
}

const CUT_OFF =
  "a backend is restarted with another token: a tab that is cut off gives its work away";
const AT_WORK = "a tab that works gives its work away only if its user wants that";

test.describe("Chromium", () => {
  test.describe(() => {
    test.use({ backendOptions: { token: "old" } });
    test(CUT_OFF, ({ viewer, backend, openTab }) =>
      isGivenAwayWhenCutOff({ viewer, backend, openTab }),
    );
  });
  test(AT_WORK, ({ viewer, backend, openTab }) =>
    isGivenAwayIfWanted({ viewer, backend, openTab }),
  );
});

test.describe("Firefox", () => {
  test.setTimeout(120_000);
  test.describe(() => {
    test.use({ backendOptions: { token: "old" } });
    test(CUT_OFF, ({ firefoxViewer: viewer, backend, openFirefoxTab: openTab }) =>
      isGivenAwayWhenCutOff({ viewer, backend, openTab }),
    );
  });
  test(AT_WORK, ({ firefoxViewer: viewer, backend, openFirefoxTab: openTab }) =>
    isGivenAwayIfWanted({ viewer, backend, openTab }),
  );
});
