// What a WebSocket takes, and how it judges it.

/** A view of binary data, without a copy; `undefined` for anything else. */
export function toBytes(data) {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (!ArrayBuffer.isView(data)) return undefined;
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** As it is now: what becomes of it after `send()` does not count. */
export function snapshot(data) {
  const bytes = toBytes(data);
  if (bytes) return bytes.slice();
  return data instanceof Blob ? data : `${data}`;
}

const encoder = new TextEncoder();

/** Bytes that it takes on the wire. */
export function sizeOf(data) {
  if (data instanceof Blob) return data.size;
  return (toBytes(data) ?? encoder.encode(data)).length;
}

/** The arguments of `close()`, as the browser sees them; throws what it throws. */
export function closing([code, reason]) {
  const status = {};
  if (code !== undefined) {
    // [Clamp] unsigned short.
    const clamped = Math.min(Math.max(Number(code), 0), 65535);
    status.code = Math.round(clamped) || 0;
    if (status.code !== 1000 && !(status.code >= 3000 && status.code <= 4999)) {
      const message = `The close code must be either 1000, or between 3000 and 4999. ${status.code} is neither.`;
      throw new DOMException(message, "InvalidAccessError");
    }
  }
  if (reason !== undefined) {
    status.reason = `${reason}`;
    if (encoder.encode(status.reason).length > 123) {
      const message = "The close reason must not be greater than 123 UTF-8 bytes.";
      throw new DOMException(message, "SyntaxError");
    }
  }
  return status;
}
