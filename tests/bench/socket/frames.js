// The few frames that the benchmark's viewer sends, written by hand, so that no library of the page
// is measured with them.

const ICD_VERSION = 30;

/** A frame with room for the payload, and the offset where that begins. */
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

/** The corners of a polygon that moves back and forth. */
export function polygon(vertices, step) {
  const shift = 100 * Math.sin(step / 20);
  return Array.from({ length: vertices }, (_, n) => {
    const angle = (2 * Math.PI * n) / vertices;
    return { x: 500 + shift + 300 * Math.cos(angle), y: 500 + 300 * Math.sin(angle) };
  });
}

/** SET_REGION: region 1 of image 0, a polygon with these corners. */
export function setRegion(points, requestId) {
  const POINT = 12;
  const info = 2 + points.length * POINT + 5;
  const bytes = new Uint8Array(10 + 3 + info);
  const view = new DataView(bytes.buffer);
  const head = [0x0d, 0, 0, 0, 0, 0x15, 1, 0, 0, 0, 0x1a, (info & 0x7f) | 0x80, info >> 7];
  bytes.set([...head, 0x08, 6]);
  let at = head.length + 2;
  for (const { x, y } of points) {
    bytes.set([0x12, 10, 0x0d], at);
    view.setFloat32(at + 3, x, true);
    bytes[at + 7] = 0x15;
    view.setFloat32(at + 8, y, true);
    at += POINT;
  }
  bytes[at] = 0x1d;
  return framed(11, requestId, bytes);
}
