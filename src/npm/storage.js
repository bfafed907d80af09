// The class that keeps sessions in the browser.
import init, { openSessionStore as open } from "./carta_resume.js";

let loading;

export async function openSessionStore(options) {
  try {
    await (loading ??= init());
  } catch {
    // The next client tries again.
    loading = undefined;
    throw "failed";
  }
  return open(options);
}
