/** Whether regions are where they belong, in a real viewer and in its backend. */
import { isDeepStrictEqual } from "node:util";
import { expect } from "./expect.js";
import type { Carta } from "./carta.js";
import { dump } from "./durable.js";

/** Files, each with the positions of its own regions: the x of each. */
export type Places = [file: string, x: number[]][];

/** In the viewer. */
export async function shown(carta: Carta): Promise<Places> {
  const all: Places = [];
  for (const { fileId, file } of await carta.images()) {
    const regions = await carta.regions(fileId);
    all.push([file, regions.map(({ points }) => points[0]?.x ?? NaN)]);
  }
  return all.sort();
}

/** In the backend. */
export async function told(carta: Carta): Promise<Places> {
  type Region = { fileId: number; controlPoints: [x: number, y: number][] };
  const { images, regions } = (await carta.backend.session(carta.sessionId)) as unknown as {
    images: { fileId: number; file: string }[];
    regions: Region[];
  };
  return images
    .map(({ fileId, file }): Places[number] => {
      const own = regions.filter((region) => region.fileId === fileId);
      return [file, own.map(({ controlPoints }) => controlPoints[0]?.[0] ?? NaN)];
    })
    .sort();
}

export async function expectEverywhere(carta: Carta, expected: Places): Promise<void> {
  const found = { shown: await shown(carta), told: await told(carta) };
  const isSo = isDeepStrictEqual(found, { shown: expected, told: expected });
  const message = isSo ? "" : await circumstances(carta);
  expect(found, message).toEqual({ shown: expected, told: expected });
}

/** What the user was told, what each side has, and what is stored of the view. */
async function circumstances(carta: Carta): Promise<string> {
  const known: Record<string, () => Promise<unknown>> = {
    "The line": () => carta.page.getByRole("status").allTextContents(),
    "The viewer": () => carta.page.evaluate(images),
    "The backend": () => carta.backend.session(carta.sessionId),
    "Stored of the view": async () => storedView(await dump(carta.page)),
  };
  const lines = Object.entries(known).map(async ([what, find]) => {
    const found = await find().catch((error: Error) => error.message);
    return `${what}: ${JSON.stringify(found)}`;
  });
  return (await Promise.all(lines)).join("\n");
}

function images(): unknown {
  const { app } = globalThis as unknown as { app: any };
  return app.frames.map((frame: any) => ({
    file: frame.filename,
    matchedTo: frame.spatialReference?.filename,
    zoom: frame.zoomLevel,
    regions: frame.frameRegionSet.regions.map(({ regionId, controlPoints }: any) => [
      regionId,
      controlPoints,
    ]),
  }));
}

/**
 * What decides where regions go and what is shown; from {@link dump}, which contains JSON texts.
 */
const storedView = (dumped: string): string[] =>
  (dumped.match(/(matching|active|(zoom|regions)\/\d+)[^{[]{1,16}[{[](\\.|[^"\\])*/g) ?? []).map(
    (part) => part.replaceAll(/\\u[0-9a-f]{4}/g, " ").replaceAll("\\", ""),
  );
