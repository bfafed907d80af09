/**
 * What has happened: a log for looking things up, and an unobtrusive notice of the latest entry.
 */
import type { OfferedCalculation, RemakeReport, ResumeReport } from "carta-resume";
import { byId, h, setText } from "./dom.js";
import type { OpenImage } from "./open-image.js";
import type { Level } from "./viewer.js";
import { calculation, list, many } from "./words.js";

const KEPT = 200;

export function log(level: Level, text: string): void {
  const list = byId("log-list", HTMLElement);
  const panel = byId("log", HTMLDetailsElement);
  const time = h("time", {}, new Date().toLocaleTimeString());
  const entry = h("li", { className: level }, time, h("span", {}, text));
  list.prepend(entry);
  while (list.children.length > KEPT) list.lastElementChild?.remove();
  const entries = list.children.length;
  setText(byId("log-count", HTMLElement), entries === 0 ? "" : String(entries));
  if (level === "error" && !panel.open) panel.classList.add("unread");
}

/** Opening the log counts as reading it. */
export function watchLog(): void {
  const panel = byId("log", HTMLDetailsElement);
  panel.addEventListener("toggle", () => panel.classList.toggle("unread", false));
}

let hideNotice = 0;

export function notice(text: string): void {
  const element = byId("notice", HTMLElement);
  setText(byId("notice-text", HTMLElement), text);
  element.hidden = false;
  clearTimeout(hideNotice);
  hideNotice = window.setTimeout(endNotice, 12_000);
  byId("notice-close", HTMLButtonElement).onclick = endNotice;
}

/** Hides the notice, when it is no longer news. */
export function endNotice(): void {
  byId("notice", HTMLElement).hidden = true;
}

/** What was made again, and what was not. */
export function remadeInWords({ made, notMade }: RemakeReport): string {
  const names = (all: { calculation: OfferedCalculation }[]) =>
    list(all.map((each) => calculation(each.calculation)));
  const parts = [];
  if (made.length > 0) parts.push(`Made again: ${names(made)}.`);
  if (notMade.length > 0) parts.push(`Not made again: ${names(notMade)}.`);
  const why = new Set(notMade.map(({ message }) => message).filter(Boolean));
  return [...parts, ...why].join(" ");
}

/**
 * A report in words. `images`: the current ones; `gone`: names of images that existed only in the
 * backend's memory.
 */
export function inWords(
  report: ResumeReport,
  images: readonly OpenImage[],
  gone: readonly string[] = [],
): string {
  const parts = [
    `Restored ${many(report.images.length, "image")} in ${Math.round(report.durationMs)} ms.`,
  ];
  if (gone.length > 0) parts.push(`Gone with the backend’s memory: ${list(gone)}.`);
  const missing = [
    ...images.filter(({ lost }) => lost).map(({ file }) => file),
    ...images.filter(({ lost }) => !lost).flatMap(lostRegions),
  ];
  if (missing.length > 0) parts.push(`Not restored: ${list(missing)}.`);
  return parts.join(" ");
}

function lostRegions({ file, regions }: OpenImage): string[] {
  const count = regions.filter(({ lost }) => lost).length;
  return count === 0 ? [] : [`${many(count, "region")} of ${file}`];
}
