// What came back and what did not, in sentences.
import type { OfferedCalculation, ResumeOffer } from "../offer.js";
import type { RemakeReport, ResumeReport } from "../report.js";
import type { ViewReport } from "../view.js";
import { calculationName } from "./contents.js";
import type { Texts } from "./texts.js";
import { inNumbers, list, mentions, outside } from "./words.js";

export interface SaidReport {
  /** Nothing is missing or other than it was. */
  isGood: boolean;
  text: string;
  small: string;
}

/**
 * A resume's report. `offer` has the names of its images. An `isUnmodified` viewer
 * restores nothing by itself.
 */
export function sayReport(
  report: ResumeReport,
  offer: ResumeOffer | null,
  texts: Texts,
  isUnmodified: boolean,
): SaidReport {
  const { success, message, reason, remaking, changedImages } = report;
  const more = alterations(report, offer, texts);
  if (reason !== "connection-lost") more.push(...reopened(report, texts, isUnmodified));
  else if (success) more.push(more.length + remaking.length > 0 ? texts.restBack : texts.back);
  if (success) {
    const [text = "", ...others] = more;
    const notBack = report.view?.notBack ?? [];
    const isGood = [gone(report), report.failedRegions, changedImages, notBack].flat().length === 0;
    return { isGood, text, small: others.join(" ") };
  }
  // Of a rebuild, these are sentences of this package.
  const isRebuild = isUnmodified && reason !== "connection-lost";
  const words = outside(message.trim());
  const said = isRebuild || !words ? words : `${texts.backend(words.replace(/\.+$/, ""))}.`;
  if (isRebuild) more.push(texts.isKept);
  const text = texts.notBack(list(failed(report, offer, words, texts), texts));
  return { isGood: false, text, small: [said, ...more].filter(Boolean).join(" ") };
}

/** What failed to come back and is not in the backend's `words` already. */
function failed(
  { failedImages, failedRegions }: ResumeReport,
  offer: ResumeOffer | null,
  words: string,
  texts: Texts,
): string[] {
  const what = names(failedImages, offer?.images, ({ file }) => file, texts);
  // Regions alone would not tell whose they are.
  if (failedRegions.length > 0) return [...what, texts.regions(failedRegions.length)];
  // Of two with one name both are named.
  const isAlone = (name: string) => what.indexOf(name) === what.lastIndexOf(name);
  return what.filter((name) => !isAlone(name) || !mentions(words, name));
}

/** What is not as it was. */
function alterations(report: ResumeReport, offer: ResumeOffer | null, texts: Texts): string[] {
  const sentences = [];
  const lost = names(gone(report), offer?.cannotRestore, ({ name }) => name, texts);
  if (lost.length > 0) sentences.push(texts.gone(list(lost, texts)));
  // Otherwise they are counted with the others that failed.
  const regions = report.success ? report.failedRegions.length : 0;
  if (regions > 0) sentences.push(texts.regionsGone(regions));
  const files = report.changedImages.map(({ file }) => outside(file));
  if (files.length > 0) sentences.push(texts.changed(list(files, texts)));
  return sentences;
}

/** What is open again after a reload. */
function reopened(
  { images, regionCount, catalogs, view }: ResumeReport,
  texts: Texts,
  isUnmodified: boolean,
): string[] {
  const counts = { images: images.length, regions: regionCount, catalogs: catalogs.length };
  const said = [texts.reopened(inNumbers(counts, texts))];
  if (view) said.push(missing(view, texts) || texts.viewIsBack);
  else if (isUnmodified) said.push(texts.viewIsNew);
  return said;
}

/** What of a view is not as before; "" if all is. */
function missing({ notBack }: ViewReport, texts: Texts): string {
  const aspects = notBack.map((aspect) => texts.aspects[aspect]);
  return aspects.length > 0 ? texts.viewIsNotBack(list(aspects, texts)) : "";
}

/** Images that are gone and are not made again. */
function gone({ lostImages, remaking }: ResumeReport): number[] {
  const remade = remaking.flatMap(({ images }) => images.map(({ fileId }) => fileId));
  return lostImages.filter((fileId) => !remade.includes(fileId));
}

/** The names of images, as far as an offer has them. */
function names<Offered extends { fileId: number }>(
  fileIds: number[],
  offered: Offered[] | undefined,
  nameOf: (offered: Offered) => string,
  texts: Texts,
): string[] {
  return fileIds.map((fileId) => {
    const known = offered?.find((each) => each.fileId === fileId);
    return known ? outside(nameOf(known)) : texts.image(fileId);
  });
}

/** What was made again and what was not, with the reasons; any of them may be empty. */
export function sayRemade(
  { made, notMade, view }: RemakeReport,
  texts: Texts,
): { made: string; look: string; notMade: string; why: string } {
  const named = (all: { calculation: OfferedCalculation }[]) =>
    list(
      all.map(({ calculation }) => calculationName(calculation, texts)),
      texts,
    );
  const why = new Set(notMade.map(({ message }) => outside(message)).filter(Boolean));
  return {
    made: made.length > 0 ? texts.remade(named(made)) : "",
    look: view ? missing(view, texts) : "",
    notMade: notMade.length > 0 ? texts.notRemade(named(notMade)) : "",
    why: [...why].join(" "),
  };
}

export const sentences = (...all: string[]): string => all.filter(Boolean).join(" ");

/** Joined, with the sentence about everything else at the end. */
export function restLast({ restBack }: Texts, ...all: string[]): string {
  const rest = all.some((text) => text.endsWith(restBack)) ? restBack : "";
  return sentences(...all.map((text) => text.replace(restBack, "").trim()), rest);
}
