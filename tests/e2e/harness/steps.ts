/** Steps that many tests take. */
import { expect } from "./expect.js";
import type { Backend, SessionState } from "./backend.js";
import type { Fields } from "./messages.js";
import type { Viewer, ViewerPage } from "./viewer-page.js";

export const RECTANGLE = 3;
export const ELLIPSE = 4;
export const POLYGON = 6;

export const rectangle = (x: number, y: number, width: number, height: number): Fields => ({
  regionType: RECTANGLE,
  controlPoints: [
    { x, y },
    { x: width, y: height },
  ],
  rotation: 0,
});

export const STATISTICS = { coordinate: "z", statsTypes: [0, 2, 4, 8, 9] };
export const CONTOURS = {
  levels: [0.5, 1, 2],
  smoothingMode: 2,
  smoothingFactor: 4,
  decimationFactor: 4,
  compressionLevel: 8,
  contourChunkSize: 100000,
};

/** Opens an image and expects that this succeeds. */
export async function openImage(viewer: Viewer, file: string, fileId: number): Promise<void> {
  const answer = await viewer.request("OPEN_FILE", { directory: "", file, fileId });
  expect(answer).toMatchObject({ type: "OPEN_FILE_ACK", message: { success: true, fileId } });
}

/** Makes a region; returns its id. */
export async function addRegion(
  viewer: Viewer,
  fileId: number,
  regionInfo: Fields,
): Promise<number> {
  const answer = await viewer.request("SET_REGION", { fileId, regionId: -1, regionInfo });
  expect(answer).toMatchObject({ type: "SET_REGION_ACK", message: { success: true } });
  if (answer.error !== undefined) throw new Error(answer.error.message);
  return Number(answer.message?.["regionId"]);
}

/**
 * What an astronomer has after a morning's work: two images, one of them at another channel and
 * with contours, three regions, and the data streams that open windows require.
 */
export async function buildWorkspace(viewer: ViewerPage): Promise<{ regions: number[] }> {
  await openImage(viewer, "a.fits", 0);
  await openImage(viewer, "b.fits", 1);
  await viewer.send("SET_IMAGE_CHANNELS", { fileId: 0, channel: 3, stokes: 0 });
  const turned = { ...rectangle(40, 24, 12, 6), rotation: 30 };
  const ellipse = {
    regionType: ELLIPSE,
    controlPoints: [
      { x: 20.5, y: 30.25 },
      { x: 9, y: 5 },
    ],
    rotation: 0,
  };
  const polygon = {
    regionType: POLYGON,
    controlPoints: [
      { x: 10, y: 10 },
      { x: 30, y: 12 },
      { x: 22, y: 33 },
    ],
    rotation: 0,
  };
  const regions = [
    await addRegion(viewer, 0, turned),
    await addRegion(viewer, 0, ellipse),
    await addRegion(viewer, 1, polygon),
  ];
  await viewer.send("SET_CONTOUR_PARAMETERS", { fileId: 1, referenceFileId: 1, ...CONTOURS });
  const [first] = regions;
  await viewer.send("SET_STATS_REQUIREMENTS", {
    fileId: 0,
    regionId: first,
    statsConfigs: [STATISTICS],
  });
  const histograms = [{ coordinate: "z", channel: -1, numBins: -1 }];
  await viewer.send("SET_HISTOGRAM_REQUIREMENTS", { fileId: 0, regionId: -1, histograms });
  await viewer.recorder.waitForReceived("REGION_STATS_DATA");
  await viewer.recorder.waitForReceived("CONTOUR_IMAGE_DATA");
  return { regions };
}

/**
 * What the backend really has in the viewer's session, including everything that the viewer has
 * sent: requests are answered in order.
 */
export async function truth(backend: Backend, viewer: Viewer): Promise<SessionState> {
  const { phase, sessionId } = await viewer.status();
  if (phase === "active") await viewer.request("FILE_LIST_REQUEST", { directory: "$BASE" });
  return backend.session(sessionId);
}

/** Answers the open question and waits for the outcome. */
export async function resume(viewer: Viewer): Promise<void> {
  const { reports } = await viewer.record();
  await viewer.waitForPhase("confirming");
  await viewer.answer(true);
  await viewer.waitForRecord("reports", reports.length + 1);
  await viewer.waitForPhase("active");
}
