// `install()`: the page's `WebSocket` is the browser's own, but for the addresses
// that are to be kept.
import { NATIVE, nativeSocket } from "../native-socket.js";
import { ResumeError } from "../errors.js";
import { engine } from "./engine.js";
import { ResumableWebSocket } from "./resumable.js";

let installed;

const wrong = (message) => new ResumeError("invalid-option", message);

/** (URL) → whether it is to be kept. */
function matcher(match) {
  if (match === undefined) return () => true;
  if (typeof match === "string") return ({ href }) => href.startsWith(match);
  // One with the flag g would remember where it stood.
  if (match instanceof RegExp) return ({ href }) => href.search(match) >= 0;
  if (typeof match === "function") return match;
  throw wrong("match must be the beginning of an address, a RegExp, or a function (url).");
}

/** The address as a WebSocket takes it; `undefined` if it takes none. */
function addressOf(url) {
  try {
    const address = new URL(url, globalThis.document?.baseURI);
    address.protocol = address.protocol.replace(/^http/, "ws");
    return address;
  } catch {
    return undefined;
  }
}

export function install({ match, ...options } = {}) {
  const matches = matcher(match);
  uninstall();
  const Native = nativeSocket();
  const replaced = new Proxy(Native, {
    get: (target, name, receiver) =>
      name === NATIVE ? target : Reflect.get(target, name, receiver),
    construct(target, args, newTarget) {
      const isPlain = newTarget === replaced;
      const address = args.length > 0 && addressOf(args[0]);
      if (!address || !matches(address)) {
        return Reflect.construct(target, args, isPlain ? target : newTarget);
      }
      const [url, protocols] = args;
      if (isPlain) return new ResumableWebSocket(url, protocols, options);
      const made = Reflect.construct(ResumableWebSocket, [url, protocols, options], newTarget);
      return withMembers(made, target.prototype);
    },
  });
  put(replaced);
  installed = { Native, replaced };
  engine();
}

/** Gives an object of a class derived from WebSocket what that did not override. */
function withMembers(socket, native) {
  const own = Object.getOwnPropertyDescriptors(ResumableWebSocket.prototype);
  for (const [name, descriptor] of Object.entries(own)) {
    let holder = Object.getPrototypeOf(socket);
    while (holder !== native && !Object.hasOwn(holder, name))
      holder = Object.getPrototypeOf(holder);
    if (holder === native) Object.defineProperty(socket, name, descriptor);
  }
  return socket;
}

function put(WebSocket) {
  Object.defineProperty(globalThis, "WebSocket", {
    value: WebSocket,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}

export function uninstall() {
  if (installed && globalThis.WebSocket === installed.replaced) put(installed.Native);
  installed = undefined;
}
