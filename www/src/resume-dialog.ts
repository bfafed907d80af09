/**
 * The question before a resume. Its two buttons are equal: neither has the focus at first, and
 * Escape does not answer it.
 */
import type { OfferedCalculation, ResumeAnswer, ResumeOffer } from "carta-resume";
import { byId, h, setText } from "./dom.js";
import { ago, calculation, list, moment } from "./words.js";
import { counts, rows } from "./workspace-list.js";

/**
 * Shows the offer until it is answered or withdrawn. `replaces`: something is open that would be
 * replaced by it.
 */
export function askToResume(
  offer: ResumeOffer,
  signal: AbortSignal,
  replaces: boolean,
): Promise<ResumeAnswer> {
  const dialog = byId("resume-dialog", HTMLDialogElement);
  const title = byId("resume-title", HTMLElement);
  setText(byId("resume-status", HTMLElement), "");
  const remake = byId("resume-remake", HTMLFieldSetElement);
  offerToRemake(remake, []);
  let shown = "";
  show();

  /** The offer may change while it is open, and time passes. */
  function show(): void {
    const { saved, no, fate, title: asked = "Restore your work?" } = TEXTS[offer.reason];
    setText(title, asked);
    const contents = list(counts(offer)) || "nothing";
    setText(byId("resume-saved", HTMLElement), saved(contents, ago(offer.savedAt)));
    byId("resume-saved", HTMLElement).title = moment(offer.savedAt);
    setText(byId("resume-fate", HTMLElement), replaces || offer.reason !== "archive" ? fate : "");
    setText(byId("resume-no", HTMLElement), no);
    const { images, catalogs, suspected, canRemake } = offer;
    const cannotRestore = lostForGood(offer);
    const now = JSON.stringify([images, catalogs, suspected, canRemake, cannotRestore]);
    if (now === shown) return;
    shown = now;
    byId("resume-files", HTMLElement).replaceChildren(...rows(offer));
    offerToRemake(remake, canRemake);
    const lost = byId("resume-lost", HTMLElement);
    lost.hidden = cannotRestore.length === 0;
    const what = cannotRestore.map(({ name, why }) =>
      h("li", {}, h("strong", {}, name), ` ${why}`),
    );
    lost.querySelector("ul")?.replaceChildren(...what);
  }

  return new Promise((resolve, reject) => {
    const showing = window.setInterval(show, 1_000);
    const listening = new AbortController();
    const options = { signal: listening.signal };
    const done = () => {
      clearInterval(showing);
      listening.abort();
      dialog.close();
    };
    const answer = (id: string, chosen: () => ResumeAnswer) => {
      const click = () => (done(), resolve(chosen()));
      byId(id, HTMLButtonElement).addEventListener("click", click, options);
    };
    answer("resume-yes", () => ({ remake: ticked(remake) }));
    answer("resume-no", () => false);
    // A browser may insist on closing the dialog: then the question comes back.
    dialog.addEventListener("keydown", refuseEscape, options);
    dialog.addEventListener("cancel", (event) => event.preventDefault(), options);
    dialog.addEventListener("close", () => dialog.showModal(), options);
    signal.addEventListener("abort", () => (done(), reject(signal.reason)), options);
    if (!dialog.open) dialog.showModal();
    title.focus();
  });
}

/** A tick box for each; what was ticked stays ticked. */
function offerToRemake(group: HTMLFieldSetElement, all: readonly OfferedCalculation[]): void {
  const now = JSON.stringify(all);
  if (group.dataset["offered"] === now) return;
  group.dataset["offered"] = now;
  const before = ticked(group);
  const labels = all.map((one) => {
    const { id, images } = one;
    const tick = h("input", { type: "checkbox", value: String(id), checked: before.includes(id) });
    const title = images.map(({ name }) => name).join("\n");
    return h("label", { title }, tick, h("span", {}, calculation(one)));
  });
  group.querySelectorAll("label").forEach((label) => label.remove());
  group.append(...labels);
  group.hidden = all.length === 0;
}

const ticked = (group: HTMLFieldSetElement) =>
  [...group.querySelectorAll("input")].filter((it) => it.checked).map((it) => Number(it.value));

/** What has no tick box. */
const lostForGood = ({ canRemake, cannotRestore }: ResumeOffer) =>
  cannotRestore.filter(
    ({ fileId, name }) =>
      !canRemake.some(({ images }) =>
        images.some((image) => image.fileId === fileId && image.name === name),
      ),
  );

function refuseEscape(event: KeyboardEvent): void {
  if (event.key === "Escape") event.preventDefault();
}

interface Texts {
  title?: string;
  /** What there is, and since when. */
  saved: (contents: string, when: string) => string;
  /** The label of the button for a no. */
  no: string;
  /** What happens to what is not restored, or to what is open. */
  fate: string;
}

const KEPT = "If you start empty, this work goes to the archive.";

const TEXTS: Record<ResumeOffer["reason"], Texts> = {
  "connection-lost": {
    saved: (what, when) => `The connection was lost. You had ${what} open, saved ${when}.`,
    no: "Start empty",
    fate: KEPT,
  },
  "page-reloaded": {
    saved: (what, when) => `This page was reloaded. You had ${what} open, saved ${when}.`,
    no: "Start empty",
    fate: KEPT,
  },
  "tab-closed": {
    saved: (what, when) => `Another tab was closed and left this work: ${what}, saved ${when}.`,
    no: "Start empty",
    fate: KEPT,
  },
  archive: {
    title: "Restore this from the archive?",
    saved: (what, when) => `From the archive: ${what}, saved ${when}.`,
    no: "Not now",
    fate: "It takes the place of what is open now, which goes to the archive.",
  },
  "other-tab": {
    title: "Move this work here?",
    saved: (what, when) => `Another tab has this open: ${what}, saved ${when}.`,
    no: "Leave it there",
    fate: "The other tab stops working on it. Whatever is open here goes to the archive.",
  },
};
