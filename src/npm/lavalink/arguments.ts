// What the options of a node must be. The WebAssembly relies on these checks.
import type { Settings } from "../carta_resume_lavalink.js";
import { callback, flag, is, isObject, object, oneOf, or, text, whole, wrong } from "../check.js";
import type { Check } from "../check.js";
import { backoff, deadline, heartbeatOr, time } from "../check-connection.js";
import type { LavalinkNodeOptions } from "./options.js";

/** An hour. A larger number is surely meant as milliseconds. */
const MAX_S = 3_600;

/** What may stand in a header as it is. */
const header = (what: string, pattern: RegExp): Check =>
  is(what, (value) => typeof value === "string" && pattern.test(value));

/** A number of seconds. The most frequent mistake is another unit. */
export const seconds: Check = (value, name) => {
  whole(1, 2 ** 31 - 1)(value, name);
  const given = value as number;
  if (given <= MAX_S) return;
  throw wrong(
    `${name} is in seconds, at most ${MAX_S}: ${given} looks like milliseconds. Did you mean ` +
      `${Math.max(1, Math.round(given / 1_000))}?`,
  );
};

type Inside<K extends keyof LavalinkNodeOptions> = Exclude<
  NonNullable<LavalinkNodeOptions[K]>,
  false
>;

const check = object<LavalinkNodeOptions>(
  {
    id: is("a text of 1 to 100 characters", (value) => within(value, 100)),
    host: header("a host name or an address", /^[^\s/?#@\\]{1,255}$/),
    port: whole(1, 65_535),
    authorization: header(
      "the password, without line breaks or spaces around it",
      /^[!-ÿ]+(?: [!-ÿ]+)*$/,
    ),
    secure: flag,
    userId: header("the bot's user id, as a string of digits", /^[1-9]\d{0,19}$/),
    clientName: header("NAME/VERSION, without line breaks", /^[!-~]+(?: [!-~]+)*$/),
    sessionId: header(
      "the id that the node gave, without spaces or line breaks around it",
      /^[\w-]{1,128}$/,
    ),
    requestTimeoutMs: deadline,
    resuming: object<Inside<"resuming">>({ enabled: flag, timeoutSeconds: seconds }),
    store: is("an object with a function `update`", (value) => {
      return isObject(value) && typeof (value as { update: unknown }).update === "function";
    }),
    stillConnected: or((value) => typeof value === "string", time),
    backoff: object<Inside<"backoff">>(backoff),
    heartbeat: heartbeatOr(
      object<Inside<"heartbeat">>({ intervalMs: deadline, timeoutMs: deadline }),
    ),
    webSocket: callback,
    fetch: callback,
  },
  "id",
  "host",
  "userId",
);

const within = (value: unknown, length: number): boolean =>
  typeof value === "string" && value.trim() !== "" && value.length <= length;

/** Throws `invalid-option`, naming what is wrong. */
export function checkOptions(options: unknown): asserts options is LavalinkNodeOptions {
  check(options, "");
  const { stillConnected } = options as LavalinkNodeOptions;
  if (typeof stillConnected === "string") oneOf("wait", "accept")(stillConnected, "stillConnected");
}

/** What `updateSession` takes. */
export const checkUpdate = (value: unknown): void =>
  object<{ resuming?: boolean; timeout?: number }>({ resuming: flag, timeout: seconds })(
    value,
    "settings",
  );

/** Every setting, with the defaults. `canPing`: sockets can be asked for a sign of life. */
export function settings(
  options: LavalinkNodeOptions,
  address: string,
  canPing: boolean,
  isStored: boolean,
): Settings {
  const { resuming, backoff = {}, heartbeat, stillConnected = "wait" } = options;
  const beat = canPing
    ? { intervalMs: 15_000, timeoutMs: 10_000 }
    : { intervalMs: 60_000, timeoutMs: 75_000 };
  const { maxAttempts = Infinity, jitter, initialMs, maxMs, factor, resetAfterMs } = backoff;
  return {
    address,
    userId: options.userId,
    sessionId: options.sessionId ?? null,
    resuming: resuming?.enabled ?? true,
    timeoutSeconds: resuming?.timeoutSeconds ?? 60,
    stillConnectedMs:
      stillConnected === "wait" ? -1 : stillConnected === "accept" ? 0 : stillConnected,
    isStored,
    connectMs: 10_000,
    readyMs: 30_000,
    heartbeat: heartbeat === false ? null : { ...beat, ...heartbeat },
    backoff: {
      initialMs: initialMs ?? 500,
      maxMs: maxMs ?? 3_800,
      factor: factor ?? 3,
      fullJitter: jitter !== "none",
      maxAttempts: maxAttempts === Infinity ? null : maxAttempts,
      resetAfterMs: resetAfterMs ?? 10_000,
    },
  };
}
