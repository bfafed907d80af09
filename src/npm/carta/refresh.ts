// What the server of a page with a login gives: the page's settings, which tell where
// people log in, and a fresh access token for the page's cookie.
import { settingsAddress } from "./viewer.js";

/** How long it has to answer, in milliseconds: less than an attempt to connect. */
const PATIENCE_MS = 8_000;

interface Settings {
  /** Somebody has to log in before the viewer works. */
  readonly hasLogin: boolean;
  /** Where to get a fresh token; no other address is asked. */
  readonly refreshAddress: string | undefined;
}

/** A fresh token, or why there is none: nobody to ask, the login has expired, no answer now. */
export type Answer =
  { readonly token: string; readonly username: string | undefined } | "none" | "refused" | "silent";

let settings: Promise<Settings | undefined> | undefined;
let refreshing: Promise<Answer> | undefined;

/** The page's settings, as its viewer reads them; `undefined` if there is no answer. */
export async function pageSettings(): Promise<Settings | undefined> {
  settings ??= readSettings();
  const known = await settings;
  if (!known) settings = undefined;
  return known;
}

/** Asks for a fresh token, once for all sockets that need one at the time. */
export async function refresh(): Promise<Answer> {
  refreshing ??= askForToken().finally(() => (refreshing = undefined));
  return refreshing;
}

const fetchInTime = (address: string, method: "GET" | "POST"): Promise<Response> =>
  fetch(address, {
    method,
    credentials: "same-origin",
    cache: "no-store",
    // A redirect leads to a login page, which has no token.
    redirect: "manual",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });

async function readSettings(): Promise<Settings | undefined> {
  try {
    const response = await fetchInTime(settingsAddress(), "GET");
    if (!isAnswer(response)) return undefined;
    const { tokenRefreshAddress, dashboardAddress } = await fieldsOf(response);
    const refreshAddress = named(tokenRefreshAddress);
    return { refreshAddress, hasLogin: Boolean(refreshAddress ?? named(dashboardAddress)) };
  } catch {
    return undefined;
  }
}

async function askForToken(): Promise<Answer> {
  const found = await pageSettings();
  if (!found) return "silent";
  if (!found.refreshAddress) return "none";
  try {
    const response = await fetchInTime(found.refreshAddress, "POST");
    // A redirect leads to where people log in.
    if (response.type === "opaqueredirect") return "refused";
    if (!isAnswer(response)) return "silent";
    if (response.status === 404 || response.status === 405) return "none";
    const { access_token, username } = await fieldsOf(response);
    const token = named(access_token);
    return token ? { token, username: named(username) } : "refused";
  } catch {
    return "silent";
  }
}

/** False for a proxy that says that the server is away or overloaded. */
const isAnswer = ({ status }: Response): boolean => status >= 200 && status < 500 && status !== 429;

/** The fields of a JSON object; none of anything else, and of what says no. */
async function fieldsOf(response: Response): Promise<Record<string, unknown>> {
  const fields: unknown = response.ok ? await response.json().catch(() => null) : null;
  return Object(fields) === fields ? (fields as Record<string, unknown>) : {};
}

const named = (value: unknown): string | undefined =>
  typeof value === "string" && value ? value : undefined;
