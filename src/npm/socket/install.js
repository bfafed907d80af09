// `install()`: the page's `WebSocket` is the browser's own, but for the addresses
// that are to be kept.
import { NATIVE, nativeSocket } from "../native-socket.js";
import { engine } from "./engine.js";
import { descriptorOf } from "./native.js";
import { checked, wrong } from "./options.js";
import { isResumable, ResumableWebSocket } from "./resumable.js";

let installed;

/** (URL) → whether it is to be kept. */
function matcher(match) {
  if (match === undefined) return () => true;
  if (typeof match === "string") {
    const begins = beginning(match);
    return ({ href }) => href.startsWith(match) || href.startsWith(begins);
  }
  // One with the flag g would remember where it stood.
  if (match instanceof RegExp) return ({ href }) => href.search(match) >= 0;
  if (typeof match === "function") return (url) => judged(match, url);
  throw wrong("match must be the beginning of an address, a RegExp, or a function (url).");
}

/** A beginning as addresses are written: small letters, no port that goes without saying. */
function beginning(match) {
  let url;
  try {
    url = new URL(match);
  } catch {
    return match;
  }
  if (/^https?:$/.test(url.protocol)) {
    throw wrong(`match is the address of a WebSocket: ${match.replace(/^http/i, "ws")}`);
  }
  return url.href;
}

/** A function that throws says no; a viewer that makes a socket is not to suffer. */
function judged(match, url) {
  try {
    const matches = match(url);
    if (typeof matches?.then === "function") throw wrong("match must answer at once.");
    return matches;
  } catch (error) {
    reportError(error);
    return false;
  }
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

export function install(given = {}) {
  if (Object(given) !== given) throw wrong("install() takes an object.");
  const { match, ...options } = given;
  checked(options);
  const matches = matcher(match);
  uninstall();
  const Native = nativeSocket();
  // Node before 22, where a page is made for a browser.
  if (!Native) return;
  class WebSocket {
    constructor(url, protocols) {
      const args = [...arguments];
      // It is looked at twice, and may be different each time.
      if (args.length > 0) args[0] = `${url}`;
      const address = args.length > 0 && addressOf(args[0]);
      const target = new.target === WebSocket ? Native : new.target;
      if (!address || !matches(address)) return Reflect.construct(Native, args, target);
      try {
        return Reflect.construct(ResumableWebSocket, [args[0], protocols, options], new.target);
      } catch (error) {
        // What the browser does not take, it does not take again.
        const socket = Reflect.construct(Native, args, target);
        cannotKeep(error);
        return socket;
      }
    }
  }
  const { prototype, ...members } = Object.getOwnPropertyDescriptors(Native);
  Object.defineProperties(WebSocket, {
    ...members,
    [NATIVE]: { value: Native },
    // Also of those that were made before.
    [Symbol.hasInstance]: {
      value(socket) {
        const asAll = Function.prototype[Symbol.hasInstance];
        return this === WebSocket ? socket instanceof Native : asAll.call(this, socket);
      },
    },
  });
  Object.setPrototypeOf(WebSocket, Object.getPrototypeOf(Native));
  speakForBoth(WebSocket.prototype, Native.prototype);
  put(WebSocket);
  installed = { Native, WebSocket };
  engine();
}

let hasTold = false;

/** Another package has put something in place of the browser's. */
function cannotKeep(error) {
  if (!hasTold) {
    console.warn(
      "carta-resume: this page's WebSocket is not the browser's own, so connections are not kept. " +
        "Call install() before what replaces it.",
      error,
    );
  }
  hasTold = true;
}

/** Each member does to a socket of the one kind or the other what it does to that. */
function speakForBoth(prototype, native) {
  Object.setPrototypeOf(prototype, native);
  const ours = Object.getOwnPropertyDescriptors(ResumableWebSocket.prototype);
  for (const [name, own] of Object.entries(ours)) {
    if (name === "constructor") continue;
    const theirs = descriptorOf(native, name) ?? own;
    const both = { ...theirs };
    for (const part of ["get", "set", "value"]) {
      if (typeof own[part] === "function") both[part] = either(own[part], theirs[part]);
    }
    Object.defineProperty(prototype, name, both);
  }
}

function either(ours, theirs) {
  if (ours === theirs) return ours;
  const { name, length } = theirs;
  // A method, so that it is no constructor.
  const { both } = {
    both(...args) {
      return Reflect.apply(isResumable(this) ? ours : theirs, this, args);
    },
  };
  return Object.defineProperties(both, { name: { value: name }, length: { value: length } });
}

function put(value) {
  const how = { writable: true, configurable: true, enumerable: false };
  Object.defineProperty(globalThis, "WebSocket", { value, ...how });
}

export function uninstall() {
  if (installed && globalThis.WebSocket === installed.WebSocket) put(installed.Native);
  installed = undefined;
}
