// The few frames that the benchmark's viewer sends, written by hand: no library
// of the page is to be measured with them.

const ICD_VERSION = 30;

/** A frame with room for the payload, and where that begins. */
function framed(eventType, requestId, payload) {
  const bytes = new Uint8Array(8 + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, eventType, true);
  view.setUint16(2, ICD_VERSION, true);
  view.setUint32(4, requestId, true);
  bytes.set(payload, 8);
  return bytes;
}

/** REGISTER_VIEWER: session id 0, feature flags 5. */
export const registration = () => framed(1, 1, [0x1d, 5, 0, 0, 0]);

/** OPEN_FILE of a file as image 0. */
export function openFile(name, requestId) {
  const text = new TextEncoder().encode(name);
  return framed(4, requestId, [0x12, text.length, ...text]);
}

/** SET_REGION's payload: region 1 of image 0, a polygon with so many vertices. */
export function polygon(vertices, shift) {
  const POINT = 12;
  const info = 2 + vertices * POINT + 5;
  const bytes = new Uint8Array(10 + 3 + info);
  const view = new DataView(bytes.buffer);
  const head = [0x0d, 0, 0, 0, 0, 0x15, 1, 0, 0, 0, 0x1a, (info & 0x7f) | 0x80, info >> 7];
  bytes.set([...head, 0x08, 6]);
  let at = head.length + 2;
  for (let n = 0; n < vertices; n += 1) {
    const angle = (2 * Math.PI * n) / vertices;
    bytes.set([0x12, 10, 0x0d], at);
    view.setFloat32(at + 3, 500 + shift + 300 * Math.cos(angle), true);
    bytes[at + 7] = 0x15;
    view.setFloat32(at + 8, 500 + 300 * Math.sin(angle), true);
    at += POINT;
  }
  bytes[at] = 0x1d;
  return bytes;
}

export const setRegion = (payload, requestId) => framed(11, requestId, payload);
