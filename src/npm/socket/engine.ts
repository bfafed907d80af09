// The WebAssembly behind `ResumableWebSocket`: loaded by `install()`, or when the
// first socket is made, while it connects, so that importing costs nothing and
// works in Node.
import { load } from "../wasm.js";

/** A viewer that registers waits no longer than this for it, in milliseconds. */
const PATIENCE_MS = 10_000;

let loading: Promise<boolean> | undefined;

/** Resolves with whether there can be clients. */
export function engine(): Promise<boolean> {
  loading ??= load().then(
    () => true,
    (error: unknown) => {
      // If it is not the page's policy, the next socket tries again.
      if ((error as Error | undefined)?.name !== "CompileError") loading = undefined;
      console.warn(
        "carta-resume: the WebAssembly could not be loaded, so connections are not kept. If " +
          "the page has a content security policy, it needs 'wasm-unsafe-eval' in script-src.",
        error,
      );
      return false;
    },
  );
  return loading;
}

/** The same, in time for a viewer that waits for it. */
export async function engineSoon(): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => {
      console.warn(
        "carta-resume: the WebAssembly takes too long to load, so this connection is not kept.",
      );
      resolve(false);
    }, PATIENCE_MS);
  });
  try {
    return await Promise.race([engine(), late]);
  } finally {
    clearTimeout(timer);
  }
}
