// Frames: an 8-byte little-endian header (event type u16, ICD version u16,
// request id u32) and a protobuf payload.
import { ResumeError } from "./errors.js";

const HEADER = 8;

function bytesOf(data) {
  if (data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw new ResumeError("invalid-frame", "Bytes are taken as Uint8Array or ArrayBuffer.");
}

function whole(name, value, max) {
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new ResumeError("invalid-frame", `${name} must be a whole number from 0 to ${max}.`);
}

export function encodeFrame({ eventType, requestId, icdVersion = 30, payload = new Uint8Array() }) {
  const body = bytesOf(payload);
  const frame = new Uint8Array(HEADER + body.length);
  const view = new DataView(frame.buffer);
  view.setUint16(0, whole("eventType", eventType, 0xffff), true);
  view.setUint16(2, whole("icdVersion", icdVersion, 0xffff), true);
  view.setUint32(4, whole("requestId", requestId, 0xffffffff), true);
  frame.set(body, HEADER);
  return frame;
}

export function decodeFrame(data) {
  const frame = bytesOf(data);
  if (frame.length < HEADER) {
    throw new ResumeError("invalid-frame", "A frame has at least the 8 bytes of its header.");
  }
  const view = new DataView(frame.buffer, frame.byteOffset, HEADER);
  return {
    eventType: view.getUint16(0, true),
    icdVersion: view.getUint16(2, true),
    requestId: view.getUint32(4, true),
    payload: frame.subarray(HEADER),
  };
}
