// For the WebAssembly.
import { EventType } from "./generated/event-type.js";

const names = new Map(Object.entries(EventType).map(([name, number]) => [number as number, name]));

export const eventName = (number: number): string => names.get(number) ?? String(number);
