// The question of this package, for a page that brings none of its own.
import type { ResumeAnswer, ResumeOffer } from "../offer.js";

const load = () => import("../ui/index.js");

/** When the viewer has begun, in milliseconds after it has registered. */
const QUIET_MS = 3_000;

/** Fetches it while that is possible: later, the server may be gone. */
export function fetchQuestion(): void {
  setTimeout(() => load().catch(() => {}), QUIET_MS);
}

/** `view`: how the files were shown can come back. */
export async function ask(
  offer: ResumeOffer,
  signal: AbortSignal,
  view: boolean,
): Promise<ResumeAnswer> {
  const { askUser } = await load();
  return askUser(offer, signal, { parts: offer.reason !== "connection-lost", view });
}
