// A viewer as it was deployed, with the browser's `WebSocket`. The page's title gives the outcome.
import { backend } from "./resume.js";
import { Viewer } from "./viewer.js";

const viewer = new Viewer(new WebSocket(backend()));
await viewer.start();
const before = await viewer.draw();
const closed = viewer.until("close");
const dropped = drop(viewer.sessionId);
const after = dropped.then(() => viewer.draw());
// Only one of the two happens.
const regions = [before, await Promise.race([after, closed.then(() => null)])];
document.title = JSON.stringify({ regions, noticed: viewer.noticed });
