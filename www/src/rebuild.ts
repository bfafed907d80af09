/** Makes this viewer's own images from what the resume client has kept of them. */
import type { ImageState } from "carta-resume";
import type { Connection } from "./connection.js";
import { decode, type FileInfo } from "./messages.js";
import { factsOf, newImage, newRegion, unknownFacts } from "./open-image.js";
import type { FileFacts, OpenImage } from "./open-image.js";
import { Plane } from "./tiles.js";

/**
 * The image with its plane and regions. `facts` is `null` if the answer to OPEN_FILE was kept;
 * otherwise it is what the backend says about the file now.
 */
export function rebuilt(
  connection: Connection,
  kept: ImageState,
): { image: OpenImage; facts: Promise<FileFacts> | null } {
  const { channel, stokes } = kept;
  const info = keptInfo(kept);
  const image = newImage(kept, info === null ? unknownFacts(channel, stokes) : factsOf(info));
  Object.assign(image, { channel, stokes, shown: new Plane(channel, stokes) });
  image.lost = !kept.live;
  image.selectionUnknown = true;
  image.regions = kept.regions.map(({ regionId, regionType, controlPoints, rotation }) =>
    newRegion(image, { regionType, controlPoints, rotation }, regionId),
  );
  return { image, facts: info === null ? askedFor(connection, kept).then(factsOf) : null };
}

/** From the original OPEN_FILE_ACK, so that nothing is opened twice. */
function keptInfo({ openFileAck }: ImageState): FileInfo | null {
  if (openFileAck === null) return null;
  try {
    return decode("OpenFileAck", openFileAck).fileInfoExtended;
  } catch {
    return null;
  }
}

async function askedFor(connection: Connection, kept: ImageState): Promise<FileInfo> {
  const { directory, file, hdu } = kept;
  const answer = await connection.fileInfo({ directory, file, hdu });
  const info = answer.fileInfoExtended[hdu] ?? Object.values(answer.fileInfoExtended)[0];
  if (!answer.success || info === undefined)
    throw new Error(answer.message || "The backend does not say what is in this file.");
  return info;
}
