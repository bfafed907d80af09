/**
 * `carta-resume-install.js`: one script tag equips a viewer that cannot be changed.
 *
 *     <script src="carta-resume-install.js"></script>
 *
 * It exports nothing. Its options are attributes of its element:
 *
 * - `data-match`: keep only connections to addresses that begin with this.
 * - `data-user`: separates people who share a browser profile.
 * - `data-rebuild="off"`: do not rebuild the viewer after a reload.
 * - `data-storage="memory"`: keep nothing in the browser.
 *
 * @module carta-resume-install.js
 */
import type { ArchivedWorkspace } from "./archive.js";
import { cartaView } from "./carta/view/index.js";
import type { ResumeError } from "./errors.js";
import type { ResumeAnswer, ResumeOffer } from "./offer.js";
import { scriptOptions } from "./script-options.js";
import { install } from "./socket/install.js";
import type { Resumption } from "./socket/resumption.js";
import { askUser, showSavedWork, StatusLine } from "./ui/index.js";

const options = scriptOptions((document.currentScript?.dataset ?? {}) as DOMStringMap);

declare global {
  var cartaResume: Pick<Resumption, "archive"> & { showSavedWork(): Promise<void> };
}

const texts = {
  yesMeans: {
    archive: "Its files are opened beside those that are open. None is opened twice.",
  },
  // What is kept nowhere is in no archive either.
  ...(options.storage === "memory" && {
    noMeans: { "connection-lost": "The viewer reports the lost connection." },
    yesToPartMeans: "The ticked items are reopened.",
  }),
};

let resumption: Resumption | undefined;
let answered: ResumeOffer | null = null;
let hasAsked = false;
let hasBegun = false;
const line = new StatusLine({
  retry: () => resumption?.retryNow(),
  stop() {
    resumption?.stopRebuilding();
    resumption?.stopRemaking();
  },
  unmodified: true,
  savedWork: () => showSaved(),
});

// For people who help a user: in the browser's console.
globalThis.cartaResume = {
  get archive() {
    if (!resumption) throw new Error("No viewer has registered with a backend yet.");
    return resumption.archive;
  },
  showSavedWork: () => showSaved(),
};

// The line is for the user; this is for people who look after the viewer.
function complain(error: ResumeError): void {
  line.error(error);
  console.warn(`carta-resume: ${error.message}`, error);
}

/** `before` is called before something of it is restored. */
function showSaved(before?: () => void): Promise<void> {
  if (!resumption || resumption.status.phase === "closed") {
    line.error({ code: "not-active", message: "" });
    return Promise.resolve();
  }
  const restore = (wanted: ArchivedWorkspace) => {
    before?.();
    resumption?.archive.restore(wanted.id).catch(complain);
  };
  return showSavedWork(resumption.archive, { texts, restore });
}

/** A viewer that has worked for so long, in milliseconds, and was asked nothing, starts from scratch. */
const BEGUN_MS = 5_000;

/** Once in a page: that there is saved work, if the viewer has begun with nothing. */
async function hintAtSaved(): Promise<void> {
  const { images, catalogs } = resumption?.viewerState() ?? { images: [], catalogs: [] };
  if (hasAsked || images.length + catalogs.length > 0) return;
  const entries = (await resumption?.archive.list().catch(() => [])) ?? [];
  if (entries.some(({ why }) => why !== "open") && !hasAsked) line.hint();
}

/** A yes that leaves something out. */
type Part = Extract<ResumeAnswer, { images: number[] }>;

/** What was last offered and then archived, with the part that the user did want. */
let lastArchived: { offer: ResumeOffer; without: Part | undefined } | undefined;

function noteArchived(offer: ResumeOffer, answer: Part | false): void {
  lastArchived = { offer, without: answer || undefined };
  line.archived(() => bringBack(offer, answer), answer !== false);
}

/** Asks once more. */
async function bringBack(offer: ResumeOffer, answer: Part | false): Promise<void> {
  try {
    const { archive } = globalThis.cartaResume;
    const entries = await archive.list();
    const entry = entries.find(({ savedAt }) => savedAt === offer.savedAt);
    await archive.restore(entry?.id ?? "");
  } catch (thrown) {
    const error = thrown as ResumeError;
    complain(error);
    if (error.code === "not-active") noteArchived(offer, answer);
  }
}

/** Only how the files were shown is left out. */
const hasAll = ({ images, catalogs }: Part, offer: ResumeOffer) =>
  images.length === offer.images.length &&
  (catalogs === undefined || catalogs.length === offer.catalogs.length);

install({
  ...options,
  ...(options.rebuild ? { view: cartaView() } : {}),
  async confirmResume(offer, signal) {
    const parts = offer.reason !== "connection-lost";
    const isAgain = offer.reason === "archive" && offer.savedAt === lastArchived?.offer.savedAt;
    const without = isAgain ? lastArchived?.without : undefined;
    // Without its connection the viewer has no use for other work.
    const isFromElsewhere = offer.reason === "archive" || offer.reason === "other-tab";
    const others = parts && !isFromElsewhere ? showSaved : undefined;
    hasAsked = true;
    const answer = await askUser(offer, signal, { parts, texts, without, others, view: true });
    answered = offer;
    if (answer === false) line.gaveUp(offer);
    if (isAgain && answer !== false) line.takenBack();
    const isPart =
      typeof answer === "object" && answer.images !== undefined && !hasAll(answer, offer);
    if ((isPart || (parts && answer === false)) && !isFromElsewhere)
      noteArchived(offer, isPart ? answer : false);
    return answer;
  },
  onStatus(status, of) {
    // The end of one of several connections says nothing about the others.
    if (of !== resumption && status.phase === "closed") return;
    resumption = of;
    line.show(status);
    if (status.phase === "active" && !hasBegun) setTimeout(hintAtSaved, BEGUN_MS);
    hasBegun ||= status.phase === "active";
  },
  onRebuilding: (done, all, regions) => line.rebuilding(done, all, [], regions),
  onResumed: (report) => line.report(report, answered),
  onRemaking: (progress) => line.remaking(progress),
  onRemade: (report) => line.remade(report),
  onError: complain,
});
