/** What a node checks before it answers a WebSocket handshake. */
import type { IncomingMessage } from "node:http";

/** What a handshake asked for, and its outcome. */
export interface Handshake {
  authorization: string | undefined;
  userId: string | undefined;
  clientName: string | undefined;
  /** The session to resume. */
  sessionId: string | undefined;
  origin: string | undefined;
  /** The HTTP status of the answer; `null` = broken off without one. */
  status: number | null;
  /** The value of the header `Session-Resumed`, if there was an answer. */
  resumed?: boolean;
}

export function read({ headers }: IncomingMessage): Omit<Handshake, "status"> {
  const one = (name: string): string | undefined => {
    const value = headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  return {
    authorization: one("authorization"),
    userId: one("user-id"),
    clientName: one("client-name"),
    sessionId: one("session-id"),
    origin: one("origin"),
  };
}

/** The status with which a handshake is answered; 101 = accepted. */
export function status(
  { url, headers }: IncomingMessage,
  { authorization, userId, origin }: Omit<Handshake, "status">,
  password: string,
): number {
  if (new URL(url ?? "/", "http://node").pathname !== "/v4/websocket") return 404;
  // No origin is configured, so only pages of the node's own host are let in.
  if (origin !== undefined && origin !== `http://${headers.host}`) return 403;
  if (authorization !== password) return 401;
  if (userId === undefined || userId === "" || userId === "0") return 400;
  return 101;
}
