// What a WebSocket takes, and how it judges it.

/** What can be sent, once it is understood. */
export type Sendable = string | Uint8Array<ArrayBuffer> | Blob;

/** Bytes as nearly every viewer has them; checked fast. */
const isOrdinary = (data: unknown): data is Uint8Array<ArrayBuffer> =>
  data instanceof Uint8Array &&
  data.byteLength > 0 &&
  data.buffer instanceof ArrayBuffer &&
  !(data.buffer as { resizable?: boolean }).resizable;

const isObject = (value: unknown): value is object => Object(value) === value;

const sign = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/**
 * A view of binary data, without a copy; `undefined` for anything else. Throws for
 * what a WebSocket does not take either.
 */
export function toBytes(data: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (isOrdinary(data)) return data;
  const view = ArrayBuffer.isView(data) ? data : undefined;
  const buffer = view?.buffer ?? data;
  const kind = view || isObject(buffer) ? sign(buffer) : "";
  if (kind !== "ArrayBuffer" && kind !== "SharedArrayBuffer") return undefined;
  // By its sign, since it may be another frame's.
  const bytes = buffer as ArrayBuffer & { resizable?: boolean };
  if (kind === "SharedArrayBuffer" || bytes.resizable) {
    throw new TypeError("A WebSocket does not take a shared or resizable ArrayBuffer.");
  }
  // Also of one that was transferred elsewhere.
  if ((view ?? bytes).byteLength === 0) return new Uint8Array();
  return view ? new Uint8Array(bytes, view.byteOffset, view.byteLength) : new Uint8Array(bytes);
}

const sizeOfBlob = Object.getOwnPropertyDescriptor(Blob.prototype, "size")?.get;

/** Also one of another frame's. */
function isBlob(data: object): data is Blob {
  try {
    sizeOfBlob?.call(data);
    return true;
  } catch {
    return false;
  }
}

/** Bytes, a Blob or a text, as `send()` understands what it is given. */
export function understood(data: unknown): Sendable {
  return toBytes(data) ?? (isObject(data) && isBlob(data) ? data : `${data as string}`);
}

const encoder = new TextEncoder();

/** Bytes on the wire of what was understood. */
export function sizeOf(data: Sendable): number {
  if (typeof data === "string") return encoder.encode(data).length;
  return data instanceof Uint8Array ? data.length : data.size;
}

/** A close code and reason, as far as they are given. */
export interface Closing {
  code?: number;
  reason?: string;
}

/**
 * The arguments of `close()` as the browser sees them; throws what it throws.
 * For when there is no socket of the browser's to judge them.
 */
export function closing([code, reason]: ArrayLike<unknown> & Iterable<unknown>): Closing {
  const status: Closing = {};
  if (code !== undefined) {
    // [Clamp] unsigned short, rounded to even.
    const clamped = Math.min(Math.max(Number(code), 0), 65535) || 0;
    const floor = Math.floor(clamped);
    const isHalf = clamped - floor === 0.5;
    status.code = isHalf ? floor + (floor % 2) : Math.round(clamped);
  }
  if (code !== undefined || reason !== undefined) {
    const given = status.code ?? 1005;
    const isPermitted = given === 1000 || (given >= 3000 && given <= 4999);
    if (!isPermitted) {
      const message = `The close code must be either 1000, or between 3000 and 4999. ${given} is neither.`;
      throw new DOMException(message, "InvalidAccessError");
    }
  }
  if (reason !== undefined) {
    const bytes = encoder.encode(reason as string);
    status.reason = new TextDecoder().decode(bytes);
    if (bytes.length > 123) {
      const message = "The close reason must not be greater than 123 UTF-8 bytes.";
      throw new DOMException(message, "SyntaxError");
    }
  }
  return status;
}
