// `install()`: the page's `WebSocket` is the browser's own, except for the addresses
// that are to be kept.
import { wrong } from "../check.js";
import { NATIVE, nativeSocket } from "../native-socket.js";
import { engine } from "./engine.js";
import { addressOf, matcher } from "./match.js";
import { descriptorOf } from "./native.js";
import { check, type ResumableOptions } from "./options.js";
import { isResumable, ResumableWebSocket } from "./resumable.js";

/** Options of `install()`. */
export interface InstallOptions extends ResumableOptions {
  /**
   * The connections to keep: how their address (ws: or wss:) begins, or a pattern
   * for it, or a function. Default: all on which a viewer registers.
   */
  match?: string | RegExp | ((url: URL) => boolean);
}

type SocketClass = typeof WebSocket;

let installed: { Native: SocketClass; WebSocket: SocketClass } | undefined;

/**
 * Puts a class in place of `globalThis.WebSocket` that makes a
 * {@link ResumableWebSocket} for matching addresses, and the browser's own for
 * all others. Call it before the viewer makes its socket.
 */
export function install(options: InstallOptions = {}): void {
  if (Object(options) !== options) throw wrong("install() takes an object.");
  const { match, ...resumable } = options;
  check(resumable);
  const matches = matcher(match);
  uninstall();
  const Native = nativeSocket();
  // Node before 22, where a page is made for a browser.
  if (!Native) return;
  const Installed = socketClass(Native, matches, resumable);
  put(Installed);
  installed = { Native, WebSocket: Installed };
  void engine();
}

/** Puts the browser's own class back. Sockets that were made go on. */
export function uninstall(): void {
  if (installed && globalThis.WebSocket === installed.WebSocket) put(installed.Native);
  installed = undefined;
}

function put(value: SocketClass): void {
  const how = { writable: true, configurable: true, enumerable: false };
  Object.defineProperty(globalThis, "WebSocket", { value, ...how });
}

/** A class that makes sockets of both kinds, and looks like the browser's. */
function socketClass(
  Native: SocketClass,
  matches: (url: URL) => boolean,
  options: ResumableOptions,
): SocketClass {
  class WebSocket {
    constructor(url: unknown, protocols?: unknown) {
      const args: unknown[] = [...arguments];
      // It is read twice, and an object may give another text each time.
      if (args.length > 0) args[0] = `${url as string}`;
      const address = args.length > 0 ? addressOf(args[0] as string) : undefined;
      const target = new.target === WebSocket ? Native : new.target;
      if (!address || !matches(address)) return Reflect.construct(Native, args, target);
      try {
        return Reflect.construct(ResumableWebSocket, [args[0], protocols, options], new.target);
      } catch (error) {
        // What the browser does not take, it does not take again.
        const socket: WebSocket = Reflect.construct(Native, args, target);
        cannotKeep(error);
        return socket;
      }
    }
  }
  const { prototype: _, ...members } = Object.getOwnPropertyDescriptors(Native);
  Object.defineProperties(WebSocket, {
    ...members,
    [NATIVE]: { value: Native },
    // Also of those that were made before.
    [Symbol.hasInstance]: {
      value(this: unknown, socket: unknown) {
        const asAll = Function.prototype[Symbol.hasInstance];
        return this === WebSocket ? socket instanceof Native : asAll.call(this as Function, socket);
      },
    },
  });
  Object.setPrototypeOf(WebSocket, Object.getPrototypeOf(Native));
  speakForBoth(WebSocket.prototype, Native.prototype);
  return WebSocket as unknown as SocketClass;
}

let hasTold = false;

/** Another package has put something in place of the browser's. */
function cannotKeep(error: unknown): void {
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
function speakForBoth(prototype: object, native: object): void {
  Object.setPrototypeOf(prototype, native);
  const ours = Object.getOwnPropertyDescriptors<object>(ResumableWebSocket.prototype);
  for (const [name, own] of Object.entries<PropertyDescriptor>(ours)) {
    if (name === "constructor") continue;
    const theirs = descriptorOf(native, name) ?? own;
    const both = { ...theirs };
    for (const part of ["get", "set", "value"] as const) {
      if (typeof own[part] === "function") both[part] = either(own[part], theirs[part]);
    }
    Object.defineProperty(prototype, name, both);
  }
}

type Method = (...args: unknown[]) => unknown;

function either(ours: Method, theirs: Method): Method {
  if (ours === theirs) return ours;
  const { name, length } = theirs;
  // A method, so that it is no constructor.
  const { both } = {
    both(this: unknown, ...args: unknown[]): unknown {
      return Reflect.apply(isResumable(this) ? ours : theirs, this, args);
    },
  };
  return Object.defineProperties(both, { name: { value: name }, length: { value: length } });
}
