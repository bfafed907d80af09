/**
 * Frames as protobufjs reads and writes them, from the same `proto/` files, but with other code
 * than the package's own: an independent check.
 */
import { readdirSync } from "node:fs";
import protobuf from "protobufjs";
import { EventType } from "./event-types.js";
import { inRoot } from "./paths.js";

export type Fields = Record<string, unknown>;

export interface WireFrame {
  /** The name of the event type, or its number if it has none. */
  type: string;
  icdVersion: number;
  requestId: number;
  /** The decoded message; `null` if it is not a message of the interface. */
  message: Fields | null;
  /** Bytes, header included. */
  size: number;
}

const folder = inRoot("proto");
const files = readdirSync(folder).filter(
  (file) => file.endsWith(".proto") && file !== "views.proto",
);
const messages = new protobuf.Root().loadSync(files.map((file) => `${folder}/${file}`));

/** OPEN_FILE → OpenFile. */
function messageName(type: string): string {
  return type
    .toLowerCase()
    .split("_")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}

function lookup(type: string): protobuf.Type | null {
  const found = messages.lookup(`CARTA.${messageName(type)}`);
  return found instanceof protobuf.Type ? found : null;
}

/** Makes a frame of an event type, for example `frame("OPEN_FILE", { file })`. */
export function encode(type: keyof typeof EventType, fields: Fields, requestId: number): Buffer {
  const payload = encodePayload(type, fields);
  const frame = Buffer.alloc(8 + payload.length);
  frame.writeUInt16LE(EventType[type], 0);
  frame.writeUInt16LE(28, 2);
  frame.writeUInt32LE(requestId, 4);
  frame.set(payload, 8);
  return frame;
}

export function encodePayload(type: keyof typeof EventType, fields: Fields): Uint8Array {
  const message = lookup(type);
  if (message === null) {
    if (Object.keys(fields).length > 0) throw new Error(`proto/ has no message for ${type}`);
    return new Uint8Array();
  }
  const problem = message.verify(fields);
  if (problem !== null) throw new Error(`${type}: ${problem}`);
  return message.encode(message.fromObject(fields)).finish();
}

/** Decodes a payload; every field is there, with its default if it was absent. */
export function decodePayload(type: string, payload: Uint8Array): Fields | null {
  const message = lookup(type);
  if (message === null) return null;
  try {
    const options = { longs: Number, enums: Number, defaults: true, bytes: Array } as const;
    return message.toObject(message.decode(payload), options);
  } catch {
    return null;
  }
}

export function decode(frame: Buffer): WireFrame {
  const number = frame.readUInt16LE(0);
  const name = Object.entries(EventType).find(([, value]) => value === number)?.[0];
  const type = name ?? String(number);
  return {
    type,
    icdVersion: frame.readUInt16LE(2),
    requestId: frame.readUInt32LE(4),
    // Pixels do not matter here, and there are many.
    message: type === "RASTER_TILE_DATA" ? null : decodePayload(type, frame.subarray(8)),
    size: frame.length,
  };
}
