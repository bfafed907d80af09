// The WebAssembly behind `ResumableWebSocket`: loaded by `install()`, or when the
// first socket is made, beside its connecting, so that importing costs nothing and
// works in Node.
import { ResumeClient as Generated } from "../carta_resume.js";
import { clientOf } from "../client.js";
import { load } from "../wasm.js";

let loading;

/** A viewer that registers waits no longer than this for it, in milliseconds. */
const PATIENCE_MS = 10_000;

/** Resolves with the class of its clients, or nothing if there is none. */
export function engine() {
  loading ??= load().then(
    () => clientOf(Generated),
    (error) => {
      // If it is not the page's policy, the next socket tries again.
      if (error?.name !== "CompileError") loading = undefined;
      console.warn(
        "carta-resume: the WebAssembly could not be loaded, so connections are not kept. If " +
          "the page has a content security policy, it needs 'wasm-unsafe-eval' in script-src.",
        error,
      );
    },
  );
  return loading;
}

/** The same, in time for a viewer that waits for it. */
export async function engineSoon() {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => {
      console.warn(
        "carta-resume: the WebAssembly takes too long to load, so this connection is not kept.",
      );
      resolve();
    }, PATIENCE_MS);
  });
  try {
    return await Promise.race([engine(), late]);
  } finally {
    clearTimeout(timer);
  }
}
