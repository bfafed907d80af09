/** Counts, times, sizes and calculations as people say them. */
import type { OfferedCalculation } from "carta-resume";

export const many = (count: number, word: string) => `${count} ${word}${count === 1 ? "" : "s"}`;

/** "a", "a and b", "a, b and c". */
export function list(parts: readonly string[]): string {
  const last = parts.at(-1) ?? "";
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(", ")} and ${last}`;
}

const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

/** How long ago, in the largest unit that fits; clocks may be turned back. */
export function ago(time: number, now = Date.now()): string {
  const past = now - time;
  const [unit, span] = UNITS.find(([, span]) => past >= span) ?? [];
  if (unit === undefined || span === undefined) return "just now";
  return `${many(Math.floor(past / span), unit)} ago`;
}

/** A moment in full, for users who want to know it. */
export const moment = (time: number) =>
  new Date(time).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });

export function size(bytes: number): string {
  if (bytes < 1000) return many(bytes, "byte");
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

const KINDS: Record<OfferedCalculation["kind"], string> = {
  moments: "moments",
  "pv-image": "PV image",
  "pv-preview": "PV preview",
  fit: "images of the fit",
};

/** What is made again, for example "moments of a.fits". */
export const calculation = ({ kind, file }: OfferedCalculation) => `${KINDS[kind]} of ${file}`;

export const inText = (error: unknown) => (error instanceof Error ? error.message : String(error));
