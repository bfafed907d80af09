/** The REST interface of a node, as far as a client of sessions and players needs it. */
import { isPlaying, stats, trackOf, type Player } from "./messages.js";
import type { Session } from "./session.js";
import type { Sessions } from "./sessions.js";

export interface Request {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  authorization: string | undefined;
  body: string;
}

/** `body`: text as it is, an object as JSON, `null` = none. */
export interface Reply {
  status: number;
  body: string | object | null;
}

const VERSION = "4.2.2";

const INFO = {
  version: { semver: VERSION, major: 4, minor: 2, patch: 2, preRelease: null, build: null },
  buildTime: 0,
  git: { branch: "unknown", commit: "unknown", commitTime: 0 },
  jvm: "17",
  lavaplayer: "2",
  sourceManagers: ["local"],
  filters: [],
  plugins: [],
};

/** An answer that reports an error. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Answers a request; `node` has the sessions. */
export function answer(
  request: Request,
  node: { password: string; sessions: Sessions; uptimeS: number },
): Reply {
  try {
    const { authorization } = request;
    if (authorization === undefined) throw new Refusal(401, "Unauthorized");
    if (authorization !== node.password) throw new Refusal(403, "Forbidden");
    return route(request, node);
  } catch (error) {
    if (error instanceof Refusal) return refused(request, error);
    throw error;
  }
}

function route(
  request: Request,
  { sessions, uptimeS }: { sessions: Sessions; uptimeS: number },
): Reply {
  const { method, path } = request;
  const [, version, folder, id, kind, guildId, ...more] = path.split("/");
  if (method === "GET" && path === "/version") return { status: 200, body: VERSION };
  if (method === "GET" && path === "/v4/info") return { status: 200, body: INFO };
  if (method === "GET" && path === "/v4/stats") {
    const players = sessions.all.flatMap((session) => [...session.players.values()]);
    return { status: 200, body: stats(players, uptimeS) };
  }
  if (version !== "v4" || folder !== "sessions" || id === undefined || more.length > 0)
    throw new Refusal(404, "Not Found");
  const session = sessions.find(id);
  if (!session) throw new Refusal(404, "Session not found");
  if (kind === undefined) return ofSession(request, session);
  if (kind !== "players") throw new Refusal(404, "Not Found");
  return guildId === undefined
    ? { status: 200, body: [...session.players.values()] }
    : ofPlayer(request, session, guildId);
}

/** PATCH sets what is given; an empty object only reads. */
function ofSession({ method, body }: Request, session: Session): Reply {
  if (method !== "PATCH") throw new Refusal(405, "Method Not Allowed");
  const { resuming, timeout } = fields(body);
  if (resuming !== undefined && typeof resuming !== "boolean")
    throw new Refusal(400, "resuming must be a boolean");
  if (timeout !== undefined && !Number.isSafeInteger(timeout))
    throw new Refusal(400, "timeout must be a whole number");
  if (resuming !== undefined) session.resuming = resuming;
  if (timeout !== undefined) session.timeout = Number(timeout);
  return { status: 200, body: { resuming: session.resuming, timeout: session.timeout } };
}

function ofPlayer(request: Request, session: Session, guildId: string): Reply {
  const { method, query, body } = request;
  if (method === "DELETE") {
    session.players.delete(guildId);
    return { status: 204, body: null };
  }
  if (method === "GET") {
    const player = session.players.get(guildId);
    if (!player) throw new Refusal(404, "Player not found");
    return { status: 200, body: player };
  }
  if (method !== "PATCH") throw new Refusal(405, "Method Not Allowed");
  const given = fields(body);
  const player = session.player(guildId);
  if (typeof given["volume"] === "number") player.volume = given["volume"];
  if (typeof given["paused"] === "boolean") player.paused = given["paused"];
  if (typeof given["position"] === "number") player.state.position = given["position"];
  if (isFields(given["filters"])) player.filters = given["filters"];
  if (isFields(given["voice"])) {
    Object.assign(player.voice, given["voice"]);
    player.state = { ...player.state, connected: true, ping: 1 };
  }
  if (isFields(given["track"]) && "encoded" in given["track"]) {
    const keep = query.get("noReplace") === "true" && isPlaying(player);
    if (!keep) play(session, player, given["track"]);
  }
  return { status: 200, body: player };
}

/** Changes the track, and sends the events for it. `encoded: null` stops it. */
function play(session: Session, player: Player, given: Record<string, unknown>): void {
  const { guildId } = player;
  const { encoded, userData } = given;
  const isNew = typeof encoded === "string";
  if (player.track) {
    const reason = isNew ? "replaced" : "stopped";
    session.tell({ op: "event", type: "TrackEndEvent", guildId, track: player.track, reason });
  }
  player.track = isNew ? trackOf(encoded, isFields(userData) ? userData : {}) : null;
  player.state.position = 0;
  if (player.track)
    session.tell({ op: "event", type: "TrackStartEvent", guildId, track: player.track });
}

const ERRORS: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
};

function refused({ path, query }: Request, { status, message }: Refusal): Reply {
  const trace = query.get("trace") === "true" ? { trace: `Refusal: ${message}` } : {};
  const error = ERRORS[status] ?? "Error";
  return { status, body: { timestamp: Date.now(), status, error, ...trace, message, path } };
}

function fields(body: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body);
    if (isFields(parsed)) return parsed;
  } catch {
    // Refused below.
  }
  throw new Refusal(400, "The body is not a JSON object");
}

const isFields = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
