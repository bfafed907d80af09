// What a user is told of an error.
import type { ResumeError } from "../errors.js";
import { EventType } from "../generated/event-type.js";
import type { Texts } from "./texts.js";
import { outside } from "./words.js";

export type SaidError = Pick<ResumeError, "code" | "message" | "frames">;

/** What a user would miss. */
const WORK: readonly number[] = [
  EventType.OPEN_FILE,
  EventType.CONCAT_STOKES_FILES,
  EventType.OPEN_CATALOG_FILE,
  EventType.SET_REGION,
  EventType.IMPORT_REGION,
];

/** The sentence for an error; `undefined` if there is nothing to tell a user. */
export function sayError({ code, message, frames }: SaidError, texts: Texts): string | undefined {
  const { errors } = texts;
  if (!Object.hasOwn(errors, code)) return undefined;
  if (code === "declined" && !frames?.some(({ eventType }) => WORK.includes(eventType)))
    return undefined;
  return errors[code]?.(outside(message));
}
