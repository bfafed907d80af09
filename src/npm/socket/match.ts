// Which connections `install()` keeps.
import { wrong } from "../check.js";

type Match = string | RegExp | ((url: URL) => boolean);

/** (URL) → whether it is to be kept. */
export function matcher(match: Match | undefined): (url: URL) => boolean {
  if (match === undefined) return () => true;
  if (typeof match === "string") {
    const begins = beginning(match);
    return ({ href }) => href.startsWith(match) || href.startsWith(begins);
  }
  // One with the flag g would remember where it stood.
  if (match instanceof RegExp) return ({ href }) => href.search(match) >= 0;
  if (typeof match === "function") return (url) => judged(match, url);
  throw wrong("match must be the beginning of an address, a RegExp, or a function (url).");
}

/** A beginning as addresses are written: in lower case, without a default port. */
function beginning(match: string): string {
  let url;
  try {
    url = new URL(match);
  } catch {
    return match;
  }
  if (/^https?:$/.test(url.protocol)) {
    throw wrong(`match is the address of a WebSocket: ${match.replace(/^http/i, "ws")}`);
  }
  return url.href;
}

/** A function that throws says no; a viewer that makes a socket does not suffer from it. */
function judged(match: (url: URL) => boolean, url: URL): boolean {
  try {
    const matches: unknown = match(url);
    if (typeof (matches as PromiseLike<unknown> | undefined)?.then === "function") {
      throw wrong("match must answer at once, not with a promise.");
    }
    return Boolean(matches);
  } catch (error) {
    reportError(error);
    return false;
  }
}

/** The address as a WebSocket takes it; `undefined` if it takes none. */
export function addressOf(url: string): URL | undefined {
  try {
    const address = new URL(url, globalThis.document?.baseURI);
    address.protocol = address.protocol.replace(/^http/, "ws");
    return address;
  } catch {
    return undefined;
  }
}
