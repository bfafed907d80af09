// What the options of a connection must be, whatever its protocol.
import { is, isObject, number, oneOf, or, whole, type Check } from "./check.js";

/** The longest that a timer can take. */
const MAX_MS = 2 ** 31 - 1;
export const time = number(0, MAX_MS);
export const deadline = number(1, MAX_MS);

export const backoff = {
  initialMs: time,
  maxMs: time,
  factor: number(1, 100),
  jitter: oneOf("full", "none"),
  maxAttempts: or((value) => value === Infinity, whole(1, 2 ** 32 - 1)),
  resetAfterMs: time,
};

/** A heartbeat, or false for none. */
export const heartbeatOr =
  (heartbeat: Check): Check =>
  (value, name) => {
    if (value === false) return;
    is("an object or false", isObject)(value, name);
    heartbeat(value, name);
  };
