// The class that keeps sessions in the browser.
import { openSessionStore as open } from "./carta_resume.js";
import { load } from "./wasm.js";

export async function openSessionStore(options) {
  try {
    await load();
  } catch {
    // The next client tries again.
    throw "failed";
  }
  return open(options);
}
