// The browser's WebSocket. `install()` of `carta-resume/socket` puts another class
// in its place, which answers to this symbol.
export const NATIVE = Symbol.for("carta-resume.native-socket");

export const nativeSocket = () => globalThis.WebSocket?.[NATIVE] ?? globalThis.WebSocket;

export const openSocket = (address) => new (nativeSocket())(address);
