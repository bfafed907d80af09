// Texts from outside, times and lists as people read them.
import type { Texts } from "./texts.js";

const LONGEST = 240;

/**
 * A text from outside, to be shown as text: signs that would reorder or hide what
 * stands around them are made visible, and the middle of a very long one is left out.
 */
export function outside(text: string): string {
  const whole = String(text);
  const short =
    whole.length <= LONGEST ? whole : `${whole.slice(0, LONGEST - 80)} … ${whole.slice(-77)}`;
  return short.replace(/[\p{Cc}\p{Cs}\p{Bidi_Control}]/gu, "\u{fffd}");
}

/**
 * What a CARTA backend says to each viewer that registers: it tells a user nothing,
 * and reads like an instruction.
 */
const ROUTINE =
  /^(Start a new (front|back)end and assign it|Network reconnected) with session id \d+$/;

/** A backend's words, if they are for the user. */
export const wordsOf = (message: string): string => (ROUTINE.test(message) ? "" : outside(message));

const BEFORE = /[\p{L}\p{N}_.-]$/u;
const AFTER = /^[.-]?[\p{L}\p{N}_]/u;

/** Whether a text names something, and not only something that has this in its name. */
export function mentions(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0 && name; at = text.indexOf(name, at + 1)) {
    if (!BEFORE.test(text.slice(0, at)) && !AFTER.test(text.slice(at + name.length))) return true;
  }
  return false;
}

/** As at the beginning of a sentence. */
export function capital(text: string, { language }: Pick<Texts, "language">): string {
  const [first = "", ...rest] = text;
  return first.toLocaleUpperCase(language) + rest.join("");
}

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/** How long ago, in the largest unit that fits; clocks may be turned back. */
export function ago(time: number, { language, justNow }: Texts): string {
  const past = Date.now() - time;
  const fitting = UNITS.find(([, span]) => past >= span);
  if (!fitting) return justNow;
  const [unit, span] = fitting;
  return new Intl.RelativeTimeFormat(language).format(-Math.floor(past / span), unit);
}

/** Date and time as this browser's user writes them; "" if there is no such moment. */
export function moment(time: number): string {
  const date = new Date(time);
  return time > 0 && !isNaN(date.getTime())
    ? date.toLocaleString([], { dateStyle: "medium", timeStyle: "short" })
    : "";
}

/** The time of day in the same manner. */
export const clock = (date: Date): string => date.toLocaleTimeString([], { timeStyle: "short" });

/** "a", "a and b", "a, b and c". */
export const list = (parts: string[], { language }: Pick<Texts, "language">): string =>
  new Intl.ListFormat(language).format(parts);

export interface Numbers {
  images: number;
  regions: number;
  catalogs: number;
  /** Images that were computed. */
  computed?: number;
}

/** "2 images, 3 regions and 1 catalog". */
export function inNumbers(
  { images, regions, catalogs, computed = 0 }: Numbers,
  texts: Texts,
): string {
  const parts: string[] = [];
  if (images > 0) parts.push(texts.images(images));
  if (regions > 0) parts.push(texts.regions(regions));
  if (catalogs > 0) parts.push(texts.catalogs(catalogs));
  if (computed > 0) parts.push(texts.computed(computed));
  return list(parts, texts) || texts.nothing;
}
