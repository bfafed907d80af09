// Runs one case with the page's class. `window.run` is what the spec calls.
import { makeClass } from "./classes.js";
import { cases } from "./cases.js";
import { Tools } from "./tools.js";

const { searchParams } = new URL(location.href);
const WebSocket = await makeClass(searchParams.get("class"));

/** No case takes nearly this long; a hanging one fails. */
const DEADLINE_MS = 20_000;

/** What a case observes, in "plain", "registered" or "reconnected" mode. */
window.run = async (name, mode) => {
  const { run } = cases.find((candidate) => candidate.name === name);
  const tools = new Tools(WebSocket, mode);
  let timer;
  const deadline = new Promise((resolve) => {
    timer = setTimeout(() => resolve({ "never ended": name, events: tools.log }), DEADLINE_MS);
  });
  try {
    // A copy: what happens to it later is not part of the case.
    return structuredClone(await Promise.race([run(tools), deadline]));
  } finally {
    clearTimeout(timer);
    tools.tidy();
  }
};
