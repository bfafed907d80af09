// The WebAssembly behind `ResumableWebSocket`: loaded when the first socket is
// made, beside its connecting, so that importing costs nothing and works in Node.
import load, { ResumeClient as Generated } from "../carta_resume_socket.js";
import { clientOf } from "../client.js";

let loading;

/** Resolves with the class of its clients. */
export function engine() {
  loading ??= load().then(
    () => clientOf(Generated),
    (error) => {
      console.warn(
        "carta-resume: the WebAssembly could not be loaded, so connections are not kept. If " +
          "the page has a content security policy, it needs 'wasm-unsafe-eval' in script-src.",
        error,
      );
    },
  );
  return loading;
}
