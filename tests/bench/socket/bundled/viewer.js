// A viewer that connects and registers, to be bundled.
import { registration } from "../frames.js";

export function begin(Socket) {
  const { times } = window;
  const socket = new Socket(`ws://${location.host}/`);
  times.constructed = performance.now();
  socket.binaryType = "arraybuffer";
  socket.onopen = () => socket.send(registration());
  socket.onmessage = () => (times.registered ??= performance.now());
}
