// `carta-resume-install.js`: one script tag equips a viewer that cannot be
// changed. What it needs is in its own attributes; see the README.
import { install } from "./socket/install.js";
import { askUser, StatusLine } from "./ui/index.js";

const { match, user = "", rebuild, storage } = document.currentScript?.dataset ?? {};

/** What is kept nowhere is in no archive either. */
const texts =
  storage === "memory"
    ? { noMeans: { "connection-lost": "The viewer is told that the connection is gone." } }
    : {};

let resumption;
let answered = null;
const line = new StatusLine({ retry: () => resumption?.retryNow() });

// For whoever helps a user: in the browser's console.
globalThis.cartaResume = {
  get archive() {
    return resumption?.archive;
  },
};

// The line is for the user; this is for whoever looks after the viewer.
function complain(error) {
  line.error(error);
  console.warn(`carta-resume: ${error.message}`, error);
}

/** Asks again about what was set aside last. */
async function bringBack() {
  const { archive } = resumption;
  try {
    const [newest] = await archive.list();
    await archive.restore(newest?.id);
  } catch (error) {
    complain(error);
  }
}

install({
  match,
  user,
  rebuild: rebuild !== "off",
  ...(storage && { storage }),
  async confirmResume(offer, signal) {
    const parts = offer.reason !== "connection-lost";
    const answer = await askUser(offer, signal, { parts, texts });
    answered = offer;
    if (parts && offer.reason !== "archive" && answer !== true)
      line.setAside(bringBack, answer !== false);
    return answer;
  },
  onStatus(status, of) {
    resumption = of;
    line.show(status);
  },
  onRebuilding: (done, all) => line.rebuilding(done, all),
  onResumed: (report) => line.report(report, answered),
  onError: complain,
});
