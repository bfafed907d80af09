/** What TypeScript must accept of `carta-resume/lavalink`, and what it must refuse. */
import {
  LavalinkNode,
  ResumeError,
  fileStore,
  type LavalinkNodeOptions,
  type LavalinkPlayer,
  type LostSession,
  type NodeMessage,
  type NodeStatus,
  type ReadySession,
  type SessionStore,
} from "carta-resume/lavalink";
import { WebSocket as Ws } from "ws";

/** Both directions: neither type may be wider than the other. */
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

const least = { id: "main", host: "localhost", userId: "1" };
const everything: Required<LavalinkNodeOptions> = {
  ...least,
  port: 2333,
  authorization: "youshallnotpass",
  secure: true,
  clientName: "bot/1.0",
  sessionId: "abc",
  requestTimeoutMs: 10_000,
  resuming: { enabled: true, timeoutSeconds: 60 },
  store: fileStore("sessions"),
  stillConnected: "wait",
  backoff: { initialMs: 500, maxMs: 5_000, factor: 2, jitter: "none", maxAttempts: Infinity },
  heartbeat: { intervalMs: 15_000, timeoutMs: 10_000 },
  webSocket: Ws,
  fetch: (url, init) => fetch(url, init),
};
const node = new LavalinkNode(everything);
new LavalinkNode({
  ...least,
  webSocket: WebSocket,
  fetch,
  heartbeat: false,
  stillConnected: 5_000,
});
const own: SessionStore = { update: (name, change) => void change(`kept of ${name}`) };
new LavalinkNode({ ...least, store: own });
fileStore(new URL("file:///sessions"));

// @ts-expect-error: a bot has an id
new LavalinkNode({ id: "main", host: "localhost" });
// @ts-expect-error: ids are too long for numbers
new LavalinkNode({ ...least, userId: 170939974227591168 });
// @ts-expect-error: the option's name has the unit in it
new LavalinkNode({ ...least, resuming: { enabled: true, timeout: 60 } });
// @ts-expect-error: no such policy
new LavalinkNode({ ...least, stillConnected: "never" });
// @ts-expect-error: nodes are not hidden
new LavalinkNode({ ...least, backoff: { hiddenMaxMs: 1 } });

// What it reports.
const off: () => void = node.on("ready", (session) => same<typeof session, ReadySession>(true));
off();
node.on("resumed", ({ sessionId }) => sessionId.length);
node.on("lost", (session) => same<typeof session, LostSession>(true));
node.on("lost", ({ why }) =>
  same<typeof why, "node-restarted" | "expired" | "still-connected">(true),
);
node.on("message", (message) => same<typeof message, NodeMessage>(true));
node.on("error", (error) => same<typeof error, ResumeError>(true));
node.on("status", (status) => same<typeof status, NodeStatus>(true));
// @ts-expect-error: no such event
node.on("closed", () => {});

// What can be requested.
same<ReturnType<typeof node.connect>, Promise<void>>(true);
same<ReturnType<typeof node.players>, Promise<LavalinkPlayer[]>>(true);
const held: Promise<{ readonly resuming: boolean; readonly timeout: number }> = node.updateSession({
  resuming: true,
  timeout: 60,
});
void held;
void node.close({ forget: true });
same<typeof node.status.sessionId, string | null>(true);
// @ts-expect-error: a node has no such phase
node.status.phase === "confirming";
// @ts-expect-error: it is read only
node.status.attempt = 1;
