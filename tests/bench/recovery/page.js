// The page's side of `npm run bench:recovery`. `window.bench` is what the script calls.
import { ResumeClient } from "carta-resume";
import PartySocket from "partysocket/ws";
import ReconnectingWebSocket from "reconnecting-websocket";

/** On a clock that all processes of the machine share. */
const now = () => performance.timeOrigin + performance.now();

/** A socket that reconnects by itself: it is back when it is open. */
function socket(Socket, url, options, back) {
  return new Promise((resolve) => {
    const socket = new Socket(url, [], options);
    socket.addEventListener("open", () => {
      resolve();
      back();
    });
  });
}

/**
 * Each connects one client of a library, with its defaults, and calls `back` whenever the client is
 * at work.
 */
const LIBRARIES = {
  // Back when the workspace is restored.
  async "carta-resume"(url, back) {
    const client = new ResumeClient({ url, storage: "memory", confirmResume: () => true });
    client.on("error", (error) => console.error(error.code, error.message));
    client.on("resumed", back);
    await client.connect();
    client.openImage({ fileId: 0, directory: "", file: "a.fits" });
  },
  partysocket: (url, back) => socket(PartySocket, url, {}, back),
  // The library draws this once per page, but each client stands for a page of its own.
  "reconnecting-websocket": (url, back) =>
    socket(ReconnectingWebSocket, url, { minReconnectionDelay: 1000 + Math.random() * 4000 }, back),
};

const times = [];

window.bench = {
  async connect(library, url, count) {
    for (let n = 0; n < count; n += 1) {
      times.push([]);
      await LIBRARIES[library](url, () => times[n].push(now()));
    }
  },

  /** The time at which each client was first back after this moment; resolves when all are. */
  async back(since) {
    for (;;) {
      const back = times.map((each) => each.find((time) => time >= since));
      if (!back.includes(undefined)) return back;
      await new Promise((done) => setTimeout(done, 100));
    }
  },
};
