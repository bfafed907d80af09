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
    if (!resumption) throw new Error("No viewer has registered with a backend yet.");
    return resumption.archive;
  },
};

// The line is for the user; this is for whoever looks after the viewer.
function complain(error) {
  line.error(error);
  console.warn(`carta-resume: ${error.message}`, error);
}

/** What was offered last and set aside, with the part that was wanted all the same. */
let aside;

function setAside(offer, answer) {
  aside = { offer, without: answer || undefined };
  line.setAside(() => bringBack(offer, answer), answer !== false);
}

/** Asks once more. */
async function bringBack(offer, answer) {
  try {
    const { archive } = resumption;
    const entries = await archive.list();
    const entry = entries.find(({ savedAt }) => savedAt === offer.savedAt);
    await archive.restore(entry?.id ?? "");
  } catch (error) {
    complain(error);
    if (error.code === "not-active") setAside(offer, answer);
  }
}

install({
  match,
  user,
  rebuild: rebuild !== "off" && rebuild !== "false",
  ...(storage && { storage }),
  async confirmResume(offer, signal) {
    const parts = offer.reason !== "connection-lost";
    const isAgain = offer.reason === "archive" && offer.savedAt === aside?.offer.savedAt;
    const without = isAgain ? aside.without : undefined;
    const answer = await askUser(offer, signal, { parts, texts, without });
    answered = offer;
    if (isAgain && answer !== false) line.takenBack();
    if (parts && offer.reason !== "archive" && answer !== true) setAside(offer, answer);
    return answer;
  },
  onStatus(status, of) {
    // One of several that has come to its end is no news of the others.
    if (of !== resumption && status.phase === "closed") return;
    resumption = of;
    line.show(status);
  },
  onRebuilding: (done, all) => line.rebuilding(done, all),
  onResumed: (report) => line.report(report, answered),
  onError: complain,
});
