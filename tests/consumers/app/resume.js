// The backend drops a connection, and what was open is restored afterwards: an image is opened and
// one region drawn before that, another region after it. The outcome is the ids of both and what
// the viewer has noticed.
import { openFile, regionOf, setRegion, Viewer } from "./viewer.js";

/** What the page was told: the address of the backend. */
export const backend = () => new URLSearchParams(location.search).get("backend");

/** Each way has a user of its own, so that none is offered what another has left. */
const options = (user, more) => ({
  user,
  backoff: { initialMs: 20, maxMs: 100 },
  onError: ({ code, message }) => console.error(`${user}: ${code}: ${message}`),
  ...more,
});

/** With a client that the viewer uses directly. */
async function byClient({ ResumeClient, EventType }) {
  const client = new ResumeClient({
    url: backend(),
    icdVersion: 28,
    user: "client",
    backoff: { initialMs: 20, maxMs: 100 },
    confirmResume: () => true,
  });
  const resumed = new Promise((resolve) => client.on("resumed", resolve));
  await client.connect();
  await client.request(EventType.OPEN_FILE, new Uint8Array(openFile));
  const draw = async () =>
    regionOf((await client.request(EventType.SET_REGION, new Uint8Array(setRegion))).payload);
  const before = await draw();
  await drop(client.status.sessionId);
  const { images } = await resumed;
  const outcome = { images, regions: [before, await draw()] };
  await client.close();
  client.free();
  return outcome;
}

/** With a viewer that does not know the client; `make(options)` returns its socket. */
async function bySocket(user, make, more) {
  let onResumed;
  const resumed = new Promise((resolve) => (onResumed = resolve));
  const viewer = new Viewer(make(options(user, { onResumed, ...more })));
  await viewer.start();
  const before = await viewer.draw();
  await drop(viewer.sessionId);
  const { images } = await resumed;
  const regions = [before, await viewer.draw()];
  const closed = viewer.until("close");
  viewer.close();
  await closed;
  return { images, regions, noticed: viewer.noticed };
}

/** All ways, one after another. In the last one, the page's own question is asked. */
export async function resume(client, { ResumableWebSocket, install, uninstall }) {
  const url = backend();
  const confirmResume = () => true;
  const make = (options) => new ResumableWebSocket(url, [], options);
  const installed = (options) => {
    install({ match: url, ...options });
    return new WebSocket(url);
  };
  const outcomes = {
    client: await byClient(client),
    socket: await bySocket("socket", make, { confirmResume }),
    installed: await bySocket("installed", installed),
  };
  uninstall();
  return outcomes;
}
