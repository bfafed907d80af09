// The browser's WebSocket and what its members do, whatever a class that extends
// it has in their place.
import { nativeSocket } from "../native-socket.js";

/** Node has one from 22 on; before, this module can be imported and no socket made. */
class None extends EventTarget {
  constructor() {
    super();
    throw new TypeError("There is no WebSocket here; Node has one from 22 on.");
  }
}

/** The browser's own class, whatever the page has put in its place. */
export const Native: typeof WebSocket = nativeSocket() ?? (None as unknown as typeof WebSocket);

/** The descriptor of a property that an object has or inherits. */
export function descriptorOf(object: object, name: string): PropertyDescriptor | undefined {
  for (let place: object | null = object; place; place = Object.getPrototypeOf(place)) {
    const found = Object.getOwnPropertyDescriptor(place, name);
    if (found) return found;
  }
  return undefined;
}

const member = (name: keyof WebSocket): PropertyDescriptor =>
  descriptorOf(Native.prototype, name) ?? {};

const getterOf =
  <K extends keyof WebSocket>(name: K, { get } = member(name)) =>
  (socket: WebSocket): WebSocket[K] =>
    Reflect.apply(get as () => WebSocket[K], socket, []);

const setterOf =
  <K extends keyof WebSocket>(name: K, { set } = member(name)) =>
  (socket: WebSocket, value: WebSocket[K]): void =>
    Reflect.apply(set as (value: WebSocket[K]) => void, socket, [value]);

/** Takes any arguments: the browser says what is wrong with them. */
const methodOf =
  (name: keyof WebSocket, { value } = member(name)) =>
  (socket: WebSocket, ...args: unknown[]): void =>
    Reflect.apply(value, socket, args);

export const urlOf = getterOf("url");
export const readyStateOf = getterOf("readyState");
export const bufferedAmountOf = getterOf("bufferedAmount");
export const setBinaryTypeOf = setterOf("binaryType");
export const onmessageOf = getterOf("onmessage");
export const setOnmessageOf = setterOf("onmessage");
export const sendOn = methodOf("send");
export const closeOn = methodOf("close");
export const listenTo = methodOf("addEventListener");
