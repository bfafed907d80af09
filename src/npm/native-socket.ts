// The browser's WebSocket. `install()` of `carta-resume/socket` puts another class
// in its place, which answers to this symbol.
export const NATIVE: unique symbol = Symbol.for("carta-resume.native-socket");

type SocketClass = typeof WebSocket;

export const nativeSocket = (): SocketClass | undefined => {
  const current: (SocketClass & { [NATIVE]?: SocketClass }) | undefined = globalThis.WebSocket;
  return current?.[NATIVE] ?? current;
};
