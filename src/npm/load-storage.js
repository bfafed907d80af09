// The way to what is loaded only where something outlives the page.
import { remember } from "./tab.js";

/**
 * A storage that does not answer must not keep the viewer from connecting. Counted
 * in seconds that the page had: one that is busy hears no answers either.
 */
const PATIENCE_S = 9;

const MISSING = "This browser has no IndexedDB, or does not let this page use it.";
const UNLOADABLE = "The part of carta-resume that keeps work in the browser could not be loaded.";
const SILENT = "The browser's storage does not answer.";

function isMissing() {
  try {
    return !globalThis.indexedDB;
  } catch {
    return true;
  }
}

let turn = Promise.resolve();

/**
 * What is stored for a backend and user; see `vault.js`. Rejects with a sentence
 * for people. One after another: a client that was closed before its vault was
 * open gives its session back before the next one looks for it.
 */
export function loadVault(options) {
  const loaded = turn.then(() => load(options));
  turn = loaded.catch(() => {}).then(() => new Promise((next) => setTimeout(next)));
  return loaded;
}

async function load(options) {
  if (isMissing()) throw MISSING;
  let late = false;
  let timer;
  const opening = import("./vault.js").then(
    ({ openVault }) => openVault(options),
    () => Promise.reject(UNLOADABLE),
  );
  const patience = new Promise((_, reject) => {
    let seconds = 0;
    timer = setInterval(() => {
      seconds += 1;
      late = seconds === PATIENCE_S;
      if (late) reject(SILENT);
    }, 1000);
  });
  opening.then((vault) => late && vault.close()).catch(() => {});
  try {
    return await Promise.race([opening, patience]);
  } finally {
    clearInterval(timer);
  }
}

/** Removes all that is stored for a backend and user. */
export async function forgetStored(address, user) {
  remember(`carta-resume:session:${address}${user && ` ${user}`}`, undefined);
  if (isMissing()) return;
  const { forget } = await import("./vault.js");
  await forget(address, user);
}
