/**
 * The question before a resume. Its two buttons are equal: neither has the
 * focus at first, and Escape does not answer.
 */
import type { ResumeOffer } from "carta-resume";
import { byId, h, setText } from "./dom.js";

/** Shows the offer until it is answered or withdrawn. */
export function askToResume(offer: ResumeOffer, signal: AbortSignal): Promise<boolean> {
  const dialog = byId("resume-dialog", HTMLDialogElement);
  const title = byId("resume-title", HTMLElement);
  setText(byId("resume-saved", HTMLElement), summary(offer));
  byId("resume-files", HTMLElement).replaceChildren(...rows(offer));
  const lost = byId("resume-lost", HTMLElement);
  lost.hidden = offer.cannotRestore.length === 0;
  lost
    .querySelector("ul")
    ?.replaceChildren(
      ...offer.cannotRestore.map(({ name, why }) => h("li", {}, h("strong", {}, name), ` ${why}`)),
    );

  return new Promise((resolve, reject) => {
    const listening = new AbortController();
    const options = { signal: listening.signal };
    const done = () => {
      listening.abort();
      dialog.close();
    };
    const answer = (id: string, yes: boolean) =>
      byId(id, HTMLButtonElement).addEventListener("click", () => (done(), resolve(yes)), options);
    answer("resume-yes", true);
    answer("resume-no", false);
    // A browser may insist on closing: then the question comes back.
    dialog.addEventListener("keydown", refuseEscape, options);
    dialog.addEventListener("cancel", (event) => event.preventDefault(), options);
    dialog.addEventListener("close", () => dialog.showModal(), options);
    signal.addEventListener("abort", () => (done(), reject(signal.reason)), options);
    if (!dialog.open) dialog.showModal();
    title.focus();
  });
}

function refuseEscape(event: KeyboardEvent): void {
  if (event.key === "Escape") event.preventDefault();
}

const WHY: Record<ResumeOffer["reason"], string> = {
  "connection-lost": "The connection was lost.",
  "page-reloaded": "The page was reloaded.",
  "tab-closed": "A tab with open work was closed.",
  archive: "This work was put away.",
};

const many = (count: number, word: string) => `${count} ${word}${count === 1 ? "" : "s"}`;

function summary({ reason, images, catalogs, savedAt }: ResumeOffer): string {
  const parts = [many(images.length, "image")];
  const regions = images.reduce((sum, image) => sum + image.regionCount, 0);
  parts.push(many(regions, "region"));
  if (catalogs.length > 0) parts.push(many(catalogs.length, "catalog"));
  const time = new Date(savedAt).toLocaleTimeString([], { timeStyle: "short" });
  return `${WHY[reason]} You had ${parts.join(", ")} open at ${time}.`;
}

function rows({ images, catalogs }: ResumeOffer): HTMLElement[] {
  const row = (name: string, folder: string, details: string) => {
    const title = h("span", { className: "file-name", title: folder }, name);
    return h("li", {}, title, h("span", { className: "file-detail" }, details));
  };
  return [
    ...images.map(({ file, directory, channel, stokes, regionCount, hasContours }) => {
      const details = [`channel ${channel}`];
      if (stokes > 0) details.push(`Stokes ${stokes}`);
      details.push(many(regionCount, "region"));
      if (hasContours) details.push("contours");
      return row(file, directory, details.join(" · "));
    }),
    ...catalogs.map(({ name, directory }) => row(name, directory, "catalog")),
  ];
}
