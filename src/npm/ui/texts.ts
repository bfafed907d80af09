// All words that a user reads.
import type { ArchivedWorkspace } from "../archive.js";
import type { ResumeErrorCode } from "../generated/error-codes.js";
import type { OfferedCalculation, ResumeReason } from "../offer.js";
import type { ViewAspect } from "../view.js";

const many = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;

type ByReason<Text> = Record<ResumeReason, Text>;

/** The texts of the question and of the status line. */
export interface Texts {
  /** Of the sentences here: BCP 47, and its direction. */
  language: string;
  direction: string;

  // The question.
  title: ByReason<string>;
  /** Why it is asked, and what there is: "2 images and 3 regions". */
  why: ByReason<(what: string) => string>;
  /** A restore was under way when the connection was lost; `what` of it is not there yet. */
  stillRestoring: (what: string) => string;
  /** `when`: "5 minutes ago"; `moment`: the date and time. */
  saved: (when: string, moment: string) => string;
  yes: ByReason<string>;
  /** The button for a yes when not everything is ticked. */
  yesToPart: (count: number, all: number) => string;
  yesMeans: ByReason<string>;
  yesToPartMeans: string;
  yesToNothingMeans: string;
  no: ByReason<string>;
  noMeans: ByReason<string>;
  /** A tick: how the files were shown comes back too. */
  withView: string;
  list: string;
  everything: string;
  nothing: string;
  images: (count: number) => string;
  regions: (count: number) => string;
  catalogs: (count: number) => string;
  computed: (count: number) => string;
  channel: (channel: number) => string;
  /** The plane's index, or the interface's number of a computed one. */
  stokes: (stokes: number) => string;
  hdu: (hdu: string) => string;
  contours: string;
  catalog: string;
  /** If the backend went away while some of it was being reopened, twice. */
  suspects: string;
  /** With each of these. */
  suspected: string;
  lost: string;
  /** Above what can be made again. */
  canRemake: string;
  /** In the middle of a sentence, by what it is calculated from. */
  calculation: Record<OfferedCalculation["kind"], (file: string) => string>;
  /** What tells calculations of one image apart. */
  ofRegion: (name: string, regionId: number) => string;
  ofChannels: (first: number, last: number) => string;
  backend: (words: string) => string;
  justNow: string;

  /** The button that leads to the panel below. */
  others: string;

  // The panel of saved work.
  savedWork: {
    title: string;
    about: string;
    none: string;
    /** The heading above the work of one backend: "localhost:3002/". */
    of: (address: string) => string;
    why: Record<ArchivedWorkspace["why"], string>;
    more: (count: number) => string;
    restore: string;
    /** For what another tab has open. */
    openHere: string;
    save: string;
    delete: string;
    /** Files, by their names. */
    sure: (what: string) => string;
    keep: string;
    saveOpen: string;
    openFile: string;
    close: string;
    saved: string;
    deleted: (what: string) => string;
    imported: (what: string) => string;
    /** In the status line, when a viewer has begun with nothing. */
    hint: string;
  };

  // The status line.
  retry: string;
  dismiss: string;
  drop: string;
  /** The user has to log in; `message` says so. */
  login: (message: string) => string;
  retryIn: (seconds: number) => string;
  retrying: string;
  again: string;
  resuming: string;
  /** The backend answers nothing, and there is a connection. */
  busy: string;
  /** The same, for long, or without a network; `null` for those who only hear it. */
  silent: (seconds: number | null) => string;
  rebuilding: (done: number, all: number) => string;
  restoringRegions: (done: number, all: number) => string;
  /** `what`: "moments of a.fits"; without a percentage for those who only hear it. */
  remaking: (what: string, percent: number | null) => string;
  stop: string;
  remade: (what: string) => string;
  notRemade: (what: string) => string;
  /** What was not read yet when there was another report. */
  earlier: (time: string, text: string) => string;
  /** After a lost connection, if nothing at all is missing. */
  back: string;
  /** The same, if it is not all. */
  restBack: string;
  /** After a reload: "2 images and 3 regions". */
  reopened: (what: string) => string;
  /** If not all of it came back: where it is. */
  isKept: string;
  /** The user gave up in the middle of a restore; `what` was still to come. */
  gaveUp: (what: string) => string;
  /** The viewer works on with a copy of what has moved to another tab. */
  isCopy: string;
  /** What a viewer that does not know this package has not got back after a reload. */
  viewIsNew: string;
  /** If how everything was shown is back too. */
  viewIsBack: string;
  /** What of it is not, by the names below. */
  viewIsNotBack: (what: string) => string;
  aspects: Record<ViewAspect, string>;
  /** Images that were computed, by their names. */
  gone: (what: string) => string;
  /** Regions that were drawn on them. */
  regionsGone: (count: number) => string;
  /** Files, by their names. */
  changed: (what: string) => string;
  notBack: (what: string) => string;
  /** After a no, and after a yes to a part. */
  archived: string;
  restArchived: string;
  bringBack: string;
  image: (fileId: number) => string;
  failed: (message: string) => string;
  /** By `code` of a ResumeError; what has no entry is not shown. */
  errors: Partial<Record<ResumeErrorCode, (message: string) => string>>;
}

/** Texts that differ from the English ones; what is a map may be given in part. */
export type GivenTexts = {
  [Name in keyof Texts]?: Texts[Name] extends string | ((...args: never[]) => string)
    ? Texts[Name]
    : Partial<Texts[Name]>;
};

const KEPT = "Your work is kept in “Saved work”.";

const failed = (message: string): string => `The connection could not be restored. ${message}`;

export const ENGLISH: Texts = {
  language: "en-GB",
  direction: "ltr",
  title: {
    "connection-lost": "Pick up where you left off?",
    "page-reloaded": "Restore your work?",
    "tab-closed": "Restore this work?",
    archive: "Restore this saved work?",
    "other-tab": "Move this work here?",
  },
  why: {
    "connection-lost": (what) => `The connection to the backend was lost. You had ${what} open.`,
    "page-reloaded": (what) => `This page was reloaded. You had ${what} open.`,
    "tab-closed": (what) => `Another tab was closed. It had ${what} open.`,
    archive: (what) => `It contains ${what}.`,
    "other-tab": (what) => `Another tab of this browser has ${what} open.`,
  },
  stillRestoring: (what) =>
    `A restore was under way. It goes on if you continue. Still to come: ${what}.`,
  saved: (when, moment) => `Saved ${when} (${moment}).`,
  yes: {
    "connection-lost": "Continue",
    "page-reloaded": "Restore",
    "tab-closed": "Restore",
    archive: "Restore",
    "other-tab": "Move here",
  },
  yesToPart: (count, all) => `Restore ${count} of ${all}`,
  yesMeans: {
    "connection-lost": "Your files are reopened, and the viewer continues.",
    "page-reloaded": "All files in the list are reopened.",
    "tab-closed": "All files in the list are opened here.",
    archive: "All files in it are reopened.",
    "other-tab": "All files in the list are opened here. The other tab is disconnected.",
  },
  yesToPartMeans: "The ticked items are reopened. The rest stays in “Saved work”.",
  yesToNothingMeans: "Tick what you want to reopen.",
  no: {
    "connection-lost": "Give up",
    "page-reloaded": "Start empty",
    "tab-closed": "Start empty",
    archive: "Not now",
    "other-tab": "Leave it there",
  },
  noMeans: {
    "connection-lost": `The viewer reports the lost connection. ${KEPT}`,
    "page-reloaded": `Nothing is opened. ${KEPT}`,
    "tab-closed": `Nothing is opened. ${KEPT}`,
    archive: "Nothing changes.",
    "other-tab": "Nothing changes.",
  },
  withView: "Show it as before: zoom, colours, matching and panels.",
  list: "What would be restored",
  everything: "All of these",
  nothing: "nothing",
  images: (count) => many(count, "image"),
  regions: (count) => many(count, "region"),
  catalogs: (count) => many(count, "catalog"),
  computed: (count) => many(count, "computed image"),
  channel: (channel) => `channel ${channel}`,
  stokes: (stokes) =>
    ["Ptotal", "Plinear", "PFtotal", "PFlinear", "Pangle"][stokes - 13] ?? `Stokes ${stokes}`,
  hdu: (hdu) => `HDU ${hdu}`,
  contours: "contours",
  catalog: "catalog",
  suspects:
    "The backend stopped twice while files were being reopened. The marked ones may be the cause. You can leave them out.",
  suspected: "may crash the backend",
  lost: "What cannot be restored",
  canRemake:
    "These have to be calculated again, which takes time. Tick the ones that you want; the others are closed. Regions that were drawn on them are lost.",
  calculation: {
    moments: (file) => `moments of ${file}`,
    "pv-image": (file) => `PV image of ${file}`,
    "pv-preview": (file) => `PV preview of ${file}`,
    fit: (file) => `images of the fit of ${file}`,
  },
  ofRegion: (name, regionId) => `${name} (region ${regionId})`,
  ofChannels: (first, last) =>
    first === last ? `channel ${first}` : `channels ${first} to ${last}`,
  backend: (words) => `The backend says: “${words}”`,
  justNow: "just now",
  others: "Saved work …",
  savedWork: {
    title: "Saved work",
    about:
      "What this browser keeps: names of files, regions and settings. The images themselves stay with the backend.",
    none: "There is no saved work in this browser.",
    of: (address) => `From ${address}`,
    why: {
      declined: "you chose not to restore it",
      superseded: "an earlier state",
      expired: "not used for a week",
      closed: "its tab was closed",
      imported: "imported from a file",
      open: "open in another tab",
      moved: "was moved from another tab",
    },
    more: (count) => `${count} more`,
    restore: "Restore",
    openHere: "Move it here",
    save: "Save to a file",
    delete: "Delete",
    sure: (what) => `Delete this for good? ${what}`,
    keep: "Keep",
    saveOpen: "Save what is open",
    openFile: "Open a file …",
    close: "Close",
    saved: "Saved to a file, which can be opened in another browser.",
    deleted: (what) => `Deleted: ${what}.`,
    imported: (what) => `Imported: ${what}. You can restore it from the list.`,
    hint: "Earlier work is kept in this browser.",
  },
  retry: "Try now",
  dismiss: "Dismiss",
  drop: "Connection lost.",
  login: (message) => message,
  retryIn: (seconds) => `Trying again in ${seconds} s.`,
  retrying: "Trying again …",
  again: "Reconnected.",
  resuming: "Restoring your session …",
  busy: "The backend has not answered yet. It may be busy.",
  silent: (seconds) =>
    seconds === null
      ? "The backend is not answering."
      : `The backend has not answered for ${seconds} s.`,
  rebuilding: (done, all) => `Restoring your session … step ${done} of ${all}`,
  restoringRegions: (done, all) =>
    `Restoring regions … ${done.toLocaleString("en")} of ${all.toLocaleString("en")}`,
  remaking: (what, percent) => `Making ${what} again …${percent === null ? "" : ` ${percent} %`}`,
  stop: "Stop",
  remade: (what) => `Made again: ${what}.`,
  notRemade: (what) => `Not made again: ${what}.`,
  earlier: (time, text) => `At ${time}: ${text}`,
  back: "Everything is back.",
  restBack: "Everything else is back.",
  reopened: (what) => `Back: ${what}.`,
  isKept: "All of it is kept in “Saved work”, from where you can restore what is missing.",
  gaveUp: (what) =>
    `The restore was not finished. Not restored: ${what}. All of it is kept in “Saved work”.`,
  isCopy: "This is a copy: the work itself has moved to another tab.",
  viewIsNew: "Zoom, colours, matching and panels are not restored.",
  viewIsBack: "Matching, zoom, colours and panels are as before.",
  viewIsNotBack: (what) => `Not restored: ${what}.`,
  aspects: {
    matching: "matching",
    zoom: "zoom",
    colours: "colours",
    contours: "contour styles",
    overlays: "vector overlay styles",
    regions: "region properties",
    active: "selection",
    order: "image order",
    blending: "colour blending",
    catalogs: "catalog settings",
    online: "online catalogs",
    animator: "animator settings",
    settings: "image view settings",
    layout: "panels",
    widgets: "panel settings",
  },
  gone: (what) => `Not restored: ${what}. Computed images exist only in the backend’s memory.`,
  regionsGone: (count) =>
    count === 1
      ? "1 region was drawn on a computed image and is gone."
      : `${count} regions were drawn on computed images and are gone.`,
  changed: (what) => `Changed on disk in the meantime: ${what}.`,
  notBack: (what) =>
    what ? `Could not be restored: ${what}.` : "Not everything could be restored.",
  archived: "Your work is in “Saved work”.",
  restArchived: "What you left out is in “Saved work”.",
  bringBack: "Bring it back",
  image: (fileId) => `image ${fileId}`,
  failed,
  errors: {
    "storage-failed": (message) =>
      `Your work cannot be saved in this browser, so you may lose it if you reload the page. ${message}`,
    "queue-full": () =>
      "Too many actions were waiting for the connection. Some of what you did in the meantime had no effect.",
    "not-replayed": () =>
      "The connection was lost while something was being saved or calculated. Check whether it finished.",
    declined: () => "What you did just before the connection was lost may not have been saved.",
    "lost-twice": (message) => message,
    "not-active": () => "Nothing can be restored right now. Try again in a moment.",
    "file-changed": (message) => message,
    "invalid-file": (message) => message,
    moved: (message) => message,
    "other-tab-silent": (message) => message,
    "unknown-workspace": () => "That work is no longer in “Saved work”.",
    // What ends it for good; the viewer goes on from there.
    "connection-refused": failed,
    "registration-refused": failed,
    "retry-budget-spent": failed,
  },
};

/** English, except for what is given. */
export function withTexts(given: GivenTexts = {}): Texts {
  const all: Record<string, unknown> = { ...ENGLISH, ...given };
  for (const [key, english] of Object.entries(ENGLISH)) {
    if (typeof english === "object")
      all[key] = { ...english, ...(given[key as keyof Texts] as object) };
  }
  return all as unknown as Texts;
}
