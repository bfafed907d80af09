// The access token in the address of a CARTA viewer's socket. It is looked at and
// passed on, and never kept longer than the page needs it.
import { jwtDecode } from "jwt-decode";
import { NO_TOKEN } from "./viewer.js";

/** A token that ends sooner is not worth an attempt, in milliseconds. */
const MARGIN_MS = 5_000;

export interface Claims {
  /** When it ends, in milliseconds since 1970; `undefined`: it does not say. */
  readonly end: number | undefined;
  readonly username: string | undefined;
}

/** What a token says of itself; `undefined` if it is only a secret. */
export function claimsOf(token: string): Claims | undefined {
  try {
    const { exp, username } = jwtDecode<{ exp?: unknown; username?: unknown }>(token);
    return {
      end: typeof exp === "number" ? exp * 1_000 : undefined,
      username: typeof username === "string" && username ? username : undefined,
    };
  } catch {
    return undefined;
  }
}

/** Whether it is known to be of no use any more. */
export const hasEnded = (token: string): boolean =>
  (claimsOf(token)?.end ?? Infinity) < Date.now() + MARGIN_MS;

/** Whether it is known to be of use still. */
export const isValid = (token: string): boolean =>
  claimsOf(token)?.end !== undefined && !hasEnded(token);

/** The token in an address; "" if there is none. */
export function tokenOf(address: string): string {
  try {
    const token = new URL(address).searchParams.get("token") ?? "";
    return token === NO_TOKEN ? "" : token;
  } catch {
    return "";
  }
}

/** The same address with another token. */
export function withToken(address: string, token: string): string {
  const url = new URL(address);
  url.searchParams.set("token", token);
  return url.href;
}
