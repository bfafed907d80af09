/** Which backend this page talks to. */
export interface BackendAddress {
  /** The whole WebSocket address. It may contain a token: never show it. */
  readonly url: string;
  /** What may be shown: no user, no query. */
  readonly shown: string;
  /** Where the development backend accepts control commands. */
  readonly control: string;
}

/**
 * Reads `?backend=ws://…`; without it, the backend is where the page came from.
 * Throws an `Error` whose message can be shown.
 */
export function backendAddress(page: URL | Location): BackendAddress {
  const given = new URLSearchParams(page.search).get("backend");
  const url = given === null ? ownAddress(page) : parse(given);
  const http = url.protocol === "wss:" ? "https:" : "http:";
  return {
    url: url.href,
    shown: `${url.protocol}//${url.host}${url.pathname === "/" ? "" : url.pathname}`,
    control: `${http}//${url.host}/control/`,
  };
}

function ownAddress(page: URL | Location): URL {
  const url = new URL("/", page.href);
  url.protocol = page.protocol === "https:" ? "wss:" : "ws:";
  const token = new URLSearchParams(page.search).get("token");
  if (token !== null) url.searchParams.set("token", token);
  return url;
}

function parse(given: string): URL {
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url === null || (url.protocol !== "ws:" && url.protocol !== "wss:")) {
    throw new Error(
      "The address after ?backend= is not a WebSocket address. It must look like ws://localhost:3002.",
    );
  }
  url.hash = "";
  return url;
}
