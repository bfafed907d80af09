// The browser's WebSocket and what its members do, whatever a class that extends
// it has in their place.
import { nativeSocket } from "../native-socket.js";

/** Node has one from 22 on; before, one can be imported and not be made. */
class None extends EventTarget {
  constructor() {
    super();
    throw new TypeError("There is no WebSocket here; Node has one from 22 on.");
  }
}

export const Native = nativeSocket() ?? None;

/** The descriptor of a property that an object has or inherits. */
export function descriptorOf(object, name) {
  for (let place = object; place; place = Object.getPrototypeOf(place)) {
    const found = Object.getOwnPropertyDescriptor(place, name);
    if (found) return found;
  }
}

const member = (name) => descriptorOf(Native.prototype, name) ?? {};

const of =
  (method) =>
  (socket, ...args) =>
    Reflect.apply(method, socket, args);

export const urlOf = of(member("url").get);
export const readyStateOf = of(member("readyState").get);
export const bufferedAmountOf = of(member("bufferedAmount").get);
export const setBinaryTypeOf = of(member("binaryType").set);
export const onmessageOf = of(member("onmessage").get);
export const setOnmessageOf = of(member("onmessage").set);
export const sendOn = of(member("send").value);
export const closeOn = of(member("close").value);
export const listenTo = of(member("addEventListener").value);
