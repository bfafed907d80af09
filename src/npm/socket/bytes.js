// What a WebSocket takes, and how it judges it.

/** Bytes as nearly every viewer has them, which is told fast. */
const isOrdinary = (data) =>
  data instanceof Uint8Array &&
  data.byteLength > 0 &&
  data.buffer instanceof ArrayBuffer &&
  !data.buffer.resizable;

const sign = (value) => Object.prototype.toString.call(value).slice(8, -1);

/**
 * A view of binary data, without a copy; `undefined` for anything else. Throws for
 * what a WebSocket does not take either.
 */
export function toBytes(data) {
  if (isOrdinary(data)) return data;
  const isView = ArrayBuffer.isView(data);
  const buffer = isView ? data.buffer : data;
  const kind = isView || Object(buffer) === buffer ? sign(buffer) : "";
  if (kind !== "ArrayBuffer" && kind !== "SharedArrayBuffer") return undefined;
  if (kind === "SharedArrayBuffer" || buffer.resizable) {
    throw new TypeError("A WebSocket takes no shared and no resizable ArrayBuffer.");
  }
  // Also of one that was transferred elsewhere.
  if (data.byteLength === 0) return new Uint8Array();
  return isView ? new Uint8Array(buffer, data.byteOffset, data.byteLength) : new Uint8Array(buffer);
}

const sizeOfBlob = Object.getOwnPropertyDescriptor(Blob.prototype, "size").get;

/** Also one of another frame's. */
function isBlob(data) {
  try {
    sizeOfBlob.call(data);
    return true;
  } catch {
    return false;
  }
}

/** Bytes, a Blob or a text, as `send()` understands what it is given. */
export function understood(data) {
  return toBytes(data) ?? (Object(data) === data && isBlob(data) ? data : `${data}`);
}

const encoder = new TextEncoder();

/** Bytes on the wire of what was understood. */
export function sizeOf(data) {
  if (typeof data === "string") return encoder.encode(data).length;
  return data instanceof Uint8Array ? data.length : data.size;
}

/**
 * The arguments of `close()` as the browser sees them; throws what it throws.
 * For when there is no socket of the browser's to judge them.
 */
export function closing([code, reason]) {
  const status = {};
  if (code !== undefined) {
    // [Clamp] unsigned short, rounded to even.
    const clamped = Math.min(Math.max(Number(code), 0), 65535) || 0;
    const floor = Math.floor(clamped);
    const isHalf = clamped - floor === 0.5;
    status.code = isHalf ? floor + (floor % 2) : Math.round(clamped);
  }
  if (code !== undefined || reason !== undefined) {
    const isPermitted = status.code === 1000 || (status.code >= 3000 && status.code <= 4999);
    if (!isPermitted) {
      const message = `The close code must be either 1000, or between 3000 and 4999. ${status.code ?? 1005} is neither.`;
      throw new DOMException(message, "InvalidAccessError");
    }
  }
  if (reason !== undefined) {
    const bytes = encoder.encode(reason);
    status.reason = new TextDecoder().decode(bytes);
    if (bytes.length > 123) {
      const message = "The close reason must not be greater than 123 UTF-8 bytes.";
      throw new DOMException(message, "SyntaxError");
    }
  }
  return status;
}
