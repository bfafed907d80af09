// All words that a user reads. Whoever brings others gives those that differ;
// what is a map here may be given in part.

const many = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

const KEPT = "Your work is kept in the archive.";

const failed = (message) => `The connection could not be restored. ${message}`;

export const ENGLISH = {
  /** Of the sentences here: BCP 47, and its direction. */
  language: "en-GB",
  direction: "ltr",

  // The question. The maps have an entry for each `reason` of an offer.
  title: {
    "connection-lost": "Go on where you were?",
    "page-reloaded": "Restore your work?",
    "tab-closed": "Restore this work?",
    archive: "Restore from the archive?",
  },
  /** Why it is asked, and what there is: "2 images and 3 regions". */
  why: {
    "connection-lost": (what) => `The connection to the backend was lost. You had ${what} open.`,
    "page-reloaded": (what) => `This page was loaded anew. You had ${what} open.`,
    "tab-closed": (what) => `Another tab is gone and has left ${what}.`,
    archive: (what) => `You had set aside ${what}.`,
  },
  /** `when`: "5 minutes ago"; `moment`: the date and time. */
  saved: (when, moment) => `Saved ${when} (${moment}).`,
  yes: {
    "connection-lost": "Go on",
    "page-reloaded": "Restore",
    "tab-closed": "Restore",
    archive: "Restore",
  },
  /** The button for a yes when not everything is ticked. */
  yesToPart: (count, all) => `Restore ${count} of ${all}`,
  yesMeans: {
    "connection-lost": "The backend opens everything again, and the viewer goes on.",
    "page-reloaded": "Everything is opened again, as you left it.",
    "tab-closed": "Everything is opened here, as it was left.",
    archive: "Everything in it is opened again.",
  },
  yesToPartMeans: "What is ticked is opened again. The rest is kept in the archive.",
  yesToNothingMeans: "Tick what is to be opened again.",
  no: {
    "connection-lost": "Give up",
    "page-reloaded": "Start empty",
    "tab-closed": "Start empty",
    archive: "Not now",
  },
  noMeans: {
    "connection-lost": `The viewer is told that the connection is gone. ${KEPT}`,
    "page-reloaded": `Nothing is opened. ${KEPT}`,
    "tab-closed": `Nothing is opened. ${KEPT}`,
    archive: "Nothing changes.",
  },
  list: "What would be restored",
  everything: "All of these",
  nothing: "nothing",
  images: (count) => many(count, "image"),
  regions: (count) => many(count, "region"),
  catalogs: (count) => many(count, "catalog"),
  channel: (channel) => `channel ${channel}`,
  /** The plane's index, or the interface's number of a computed one. */
  stokes: (stokes) =>
    ["Ptotal", "Plinear", "PFtotal", "PFlinear", "Pangle"][stokes - 13] ?? `Stokes ${stokes}`,
  hdu: (hdu) => `HDU ${hdu}`,
  contours: "contours",
  catalog: "catalog",
  lost: "What cannot come back",
  backend: (words) => `The backend says: “${words}”`,
  justNow: "just now",

  // The status line.
  retry: "Try now",
  dismiss: "Dismiss",
  drop: "Connection lost.",
  retryIn: (seconds) => `Next try in ${seconds} s.`,
  retrying: "Trying again …",
  again: "Connected again.",
  resuming: "Restoring your session …",
  rebuilding: (done, all) => `Rebuilding ${done} of ${all} …`,
  back: "Everything is back.",
  notBack: (what) => (what ? `Did not come back: ${what}.` : "Not everything came back."),
  /** After a no, and after a yes to a part. */
  setAside: "Your work is in the archive.",
  restSetAside: "What you have left out is in the archive.",
  bringBack: "Bring it back",
  image: (fileId) => `image ${fileId}`,
  failed,
  /** By `code` of a ResumeError; what has no entry is not shown. */
  errors: {
    "storage-failed": (message) =>
      `Your work cannot be kept in this browser, so a reload may lose it. ${message}`,
    "queue-full": () =>
      "Too much was waiting for the connection. Some of what you did then has no effect.",
    "not-replayed": () =>
      "The connection was lost while something was saved. Check whether it is there.",
    "not-active": () => "Nothing can be restored at this moment. Try again a little later.",
    "unknown-workspace": () => "That work is not in the archive any more.",
    // What ends it for good; the viewer goes on from there.
    "connection-refused": failed,
    "registration-refused": failed,
    "retry-budget-spent": failed,
  },
};

/** English, but for what is given. */
export function withTexts(given = {}) {
  const all = { ...ENGLISH, ...given };
  for (const [key, english] of Object.entries(ENGLISH))
    if (typeof english === "object") all[key] = { ...english, ...given[key] };
  return all;
}
