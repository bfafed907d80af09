// `carta-resume-install.js`: one script tag equips a viewer that cannot be
// changed. What it needs is in its own attributes; see the README.
import { install } from "./socket/install.js";
import { askUser, StatusLine } from "./ui/index.js";

const { match, user = "", rebuild, storage } = document.currentScript?.dataset ?? {};

let resumption;
let answered = null;
const line = new StatusLine({ retry: () => resumption?.retryNow() });

install({
  match,
  user,
  rebuild: rebuild !== "off",
  ...(storage && { storage }),
  async confirmResume(offer, signal) {
    const answer = await askUser(offer, signal, { parts: offer.reason !== "connection-lost" });
    answered = offer;
    return answer;
  },
  onStatus(status, of) {
    resumption = of;
    line.show(status);
  },
  onRebuilding: (done, all) => line.rebuilding(done, all),
  onResumed: (report) => line.report(report, answered),
  onError: (error) => line.error(error),
});
