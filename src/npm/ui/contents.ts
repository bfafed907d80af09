// What an offer holds, in rows.
import type { OfferedCalculation, OfferedImage, ResumeOffer } from "../offer.js";
import { h } from "./dom.js";
import type { Texts } from "./texts.js";
import { capital, inNumbers, outside } from "./words.js";

/** A row that can be ticked. */
export interface Item {
  /** Its own among all. */
  key: string;
  kind: "images" | "catalogs";
  fileId: number;
  name: string;
  details: string[];
  /** It may be what stops the backend. */
  suspected: boolean;
}

export const keyOf = (kind: Item["kind"], fileId: number): string => `${kind} ${fileId}`;

/** What can be ticked. */
export function items(
  { images, catalogs, suspected }: Pick<ResumeOffer, "images" | "catalogs" | "suspected">,
  texts: Texts,
): Item[] {
  const all = [
    ...images.map((image): Item => ({
      key: keyOf("images", image.fileId),
      kind: "images",
      fileId: image.fileId,
      name: outside(image.file),
      details: details(image, texts),
      suspected: suspected.images.includes(image.fileId),
    })),
    ...catalogs.map(({ fileId, directory, name }): Item => ({
      key: keyOf("catalogs", fileId),
      kind: "catalogs",
      fileId,
      name: outside(name),
      details: [texts.catalog, ...folder(directory)],
      suspected: suspected.catalogs.includes(fileId),
    })),
  ];
  for (const item of all) if (item.suspected) item.details.push(texts.suspected);
  return all;
}

const folder = (directory: string): string[] =>
  directory === "" || directory === "." ? [] : [outside(directory)];

function details(image: OfferedImage, texts: Texts): string[] {
  const { directory, hdu, channel, stokes, regionCount, hasContours } = image;
  const parts = folder(directory);
  // The first one is what a file is when no other is named.
  if (hdu !== "" && hdu !== "0") parts.push(texts.hdu(outside(hdu)));
  parts.push(texts.channel(channel));
  if (stokes > 0) parts.push(texts.stokes(stokes));
  if (regionCount > 0) parts.push(texts.regions(regionCount));
  if (hasContours) parts.push(texts.contours);
  return parts;
}

/** In numbers: "2 images, 3 regions, 1 catalog and 1 computed image". */
export function summary(
  {
    images,
    catalogs,
    cannotRestore = [],
  }: Pick<ResumeOffer, "images" | "catalogs"> & Partial<Pick<ResumeOffer, "cannotRestore">>,
  texts: Texts,
): string {
  const regions = images.reduce((sum, { regionCount }) => sum + regionCount, 0);
  const isFile = (id: number) => images.some(({ fileId }) => fileId === id);
  const lost = new Set(cannotRestore.map(({ fileId }) => fileId).filter((id) => !isFile(id)));
  const counts = { images: images.length, regions, catalogs: catalogs.length };
  return inNumbers({ ...counts, computed: lost.size }, texts);
}

/** Whether something was still being restored when the connection was lost. */
export const isRestoring = ({ stillRestoring }: ResumeOffer): boolean =>
  Object.values(stillRestoring).some((count) => count > 0);

/** A row: a name and its details, behind `box` if it can be ticked. */
export function row(
  { name, details }: Pick<Item, "name" | "details">,
  box?: HTMLElement,
): HTMLElement {
  // Each detail by itself: a folder may be written from right to left.
  const parts = details.flatMap((part, at) => [at > 0 ? " · " : "", h("bdi", {}, part)]);
  const text = [
    h("bdi", { className: "name" }, name),
    h("span", { className: "details" }, ...parts),
  ];
  return h("li", {}, ...(box ? [h("label", {}, box, h("span", {}, ...text))] : text));
}

/** "moments of a.fits" */
export function calculationName(
  { kind, file, regionId }: OfferedCalculation,
  texts: Texts,
): string {
  const name = texts.calculation[kind](outside(file));
  return regionId === undefined ? name : texts.ofRegion(name, regionId);
}

/** Something that can be made again, behind `box`. */
export function remakeRow(
  calculation: OfferedCalculation,
  texts: Texts,
  box: HTMLElement,
): HTMLElement {
  const name = capital(calculationName(calculation, texts), texts);
  const { images, channels } = calculation;
  const details = images.map((image) => outside(image.name));
  if (channels) details.push(texts.ofChannels(...channels));
  return row({ name, details }, box);
}

/** What is lost whatever is ticked. */
export function lost({ cannotRestore, canRemake }: ResumeOffer): ResumeOffer["cannotRestore"] {
  const made = canRemake.flatMap(({ images }) => images);
  const isMade = ({ fileId, name }: ResumeOffer["cannotRestore"][number]) =>
    made.some((image) => image.fileId === fileId && image.name === name);
  return cannotRestore.filter((each) => !isMade(each));
}

/** What cannot be restored, and why. */
export const lostRow = ({ name, why }: ResumeOffer["cannotRestore"][number]): HTMLElement =>
  h("li", {}, h("bdi", { className: "name" }, outside(name)), " ", h("bdi", {}, outside(why)));
