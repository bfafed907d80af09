import { ResumeError } from "./errors.js";

/**
 * Bytes of a frame's header.
 * @internal
 */
export const HEADER_BYTES = 8;

/** A frame's parts. */
export interface Frame {
  eventType: number;
  icdVersion: number;
  /** 0 in streamed data. */
  requestId: number;
  payload: Uint8Array;
}

/** `Uint8Array<ArrayBuffer>`, or `Uint8Array` where TypeScript knows no difference. */
export type OwnBytes = ReturnType<Uint8ArrayConstructor["of"]>;

function bytesOf(data: Uint8Array | ArrayBuffer): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw ResumeError.of("invalid-frame", "Pass bytes as a Uint8Array or ArrayBuffer.");
}

function whole(name: string, value: number, max: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw ResumeError.of("invalid-frame", `${name} must be a whole number from 0 to ${max}.`);
}

/**
 * Joins a frame from its parts.
 * @throws {ResumeError} `invalid-frame` if a number does not fit its field.
 */
export function encodeFrame(frame: {
  eventType: number;
  requestId: number;
  /** Default 30. */
  icdVersion?: number;
  /** Default: empty, every field of the message has its default. */
  payload?: Uint8Array | ArrayBuffer;
}): OwnBytes {
  const { eventType, requestId, icdVersion = 30, payload = new Uint8Array() } = frame;
  const body = bytesOf(payload);
  const bytes = new Uint8Array(HEADER_BYTES + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, whole("eventType", eventType, 0xffff), true);
  view.setUint16(2, whole("icdVersion", icdVersion, 0xffff), true);
  view.setUint32(4, whole("requestId", requestId, 0xffffffff), true);
  bytes.set(body, HEADER_BYTES);
  return bytes;
}

/**
 * Splits a frame into its parts. `payload` is a view of the given bytes.
 * @throws {ResumeError} `invalid-frame` below 8 bytes.
 */
export function decodeFrame(frame: Uint8Array | ArrayBuffer): Frame {
  const bytes = bytesOf(frame);
  if (bytes.length < HEADER_BYTES) {
    throw ResumeError.of("invalid-frame", "A frame has at least the 8 bytes of its header.");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  return {
    eventType: view.getUint16(0, true),
    icdVersion: view.getUint16(2, true),
    requestId: view.getUint32(4, true),
    payload: bytes.subarray(HEADER_BYTES),
  };
}
