// The development backend: building and running it.
import { backendBinary, fastBackendBinary, root } from "./paths.mjs";
import { ended, Failed, start, step } from "./process.mjs";

/**
 * Compiles it without optimisation: from scratch, that takes a third of the time, and what has been
 * compiled for the tests and the tools is used again.
 */
export async function buildBackend() {
  await step("development backend", "cargo", ["build", "-p", "backend"]);
}

/** With optimisation, so that a benchmark of something else does not measure it. */
export async function buildFastBackend() {
  const args = ["build", "-p", "backend", "--profile", "fast"];
  await step("development backend, optimised", "cargo", args);
}

/**
 * Starts it on `port` (0: a free one) and waits until it says where it listens. Returns its http
 * and ws addresses, and `stop()`.
 */
export async function startBackend(args, { port = 0, quiet = false, fast = false } = {}) {
  const binary = fast ? fastBackendBinary : backendBinary;
  const child = start(binary, ["--port", String(port), ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const end = ended(child);
  const listening = new Promise((resolve, reject) => {
    let text = "";
    child.stdout.setEncoding("utf8");
    child.stdout.on("data", (more) => {
      if (!quiet) process.stdout.write(more);
      text += more;
      const found = /\b(?:http|ws):\/\/([\w.[\]-]+:\d+)/.exec(text);
      if (found) resolve(found[1]);
    });
    end.then(({ code, error }) =>
      reject(new Failed(error ? `backend: ${error.message}` : `The backend ended with ${code}.`)),
    );
  });
  const host = await listening;
  return {
    http: `http://${host}`,
    ws: `ws://${host}`,
    ended: end,
    async stop() {
      child.kill("SIGTERM");
      await end;
    },
  };
}
