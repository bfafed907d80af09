// The archive as a panel: work that can be restored here, saved to a file or deleted, and
// files that come from elsewhere.
import type { Archive, ArchivedWorkspace } from "../archive.js";
import type { ResumeError } from "../errors.js";
import { items, row, summary } from "./contents.js";
import { apart, h, place, say } from "./dom.js";
import { SAVED_WORK } from "./style.js";
import { withTexts, type GivenTexts, type Texts } from "./texts.js";
import { ago, list, moment, outside } from "./words.js";

export interface SavedWorkOptions {
  texts?: GivenTexts | undefined;
  /** Called with what the user wants restored, when the panel is closed. */
  restore: (wanted: ArchivedWorkspace) => void;
}

/** So many files of a workspace are named one by one. */
const NAMED = 5;
const HOST = "carta-resume-saved-work";

/** Whether the panel is open in this page. */
export const showsSavedWork = (): boolean => document.querySelector(HOST) !== null;

/** Shows the panel, once; resolves when the user has closed it. */
export function showSavedWork(archive: Archive, options: SavedWorkOptions): Promise<void> {
  if (showsSavedWork()) return Promise.resolve();
  return new Promise((closed) => new SavedWork(archive, options, closed));
}

class SavedWork {
  readonly #archive: Archive;
  readonly #texts: Texts;
  readonly #restore: SavedWorkOptions["restore"];
  readonly #dialog: HTMLDialogElement;
  #isBusy = false;

  #title = h("h2", { id: "title", tabIndex: -1, autofocus: true });
  #list = h("div", { className: "contents" });
  #said = h("p", { role: "status" });
  #file = h("input", { type: "file", accept: ".carta-resume", hidden: true });

  constructor(archive: Archive, { texts, restore }: SavedWorkOptions, closed: () => void) {
    this.#archive = archive;
    this.#texts = withTexts(texts);
    this.#restore = restore;
    const words = this.#texts.savedWork;
    this.#title.textContent = words.title;
    const close = this.#button(words.close, () => this.#dialog.close());
    const body = h(
      "div",
      { className: "body" },
      this.#title,
      h("p", { id: "about", className: "quiet" }, words.about),
      this.#list,
      this.#said,
      h(
        "div",
        { className: "buttons" },
        this.#button(words.saveOpen, () => void this.#act(() => this.#save())),
        this.#button(words.openFile, () => this.#file.click()),
        close,
      ),
      this.#file,
    );
    this.#dialog = h(
      "dialog",
      {
        className: "box",
        dir: this.#texts.direction,
        "aria-labelledby": "title",
        "aria-describedby": "about",
      },
      body,
    );
    const { host, root } = apart(HOST, SAVED_WORK, this.#texts);
    root.append(this.#dialog);
    this.#file.addEventListener("change", () => void this.#act(() => this.#import()));
    this.#dialog.addEventListener("close", () => {
      host.remove();
      closed();
    });
    place(host, this.#dialog);
    this.#dialog.showModal();
    // Not an act: what the user does while the storage still opens counts.
    void this.#read().then((said) => this.#isBusy || say(this.#said, said));
  }

  #button(text: string, pressed: () => void, label = ""): HTMLButtonElement {
    const button = h("button", { type: "button" }, text);
    if (label) button.ariaLabel = label;
    button.addEventListener("click", pressed);
    return button;
  }

  /** One thing at a time, then the list as it is now; what goes wrong is said. */
  async #act(action: () => Promise<string | void>): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    let said = "";
    try {
      said = (await action()) ?? "";
    } catch (error) {
      said = this.#problem(error as ResumeError);
    }
    said = (await this.#read()) || said;
    this.#isBusy = false;
    say(this.#said, said);
  }

  /** Shows the list as it is now; what goes wrong, to be said. */
  async #read(): Promise<string> {
    try {
      this.#show(await this.#archive.list());
      return "";
    } catch (error) {
      return this.#problem(error as ResumeError);
    }
  }

  #problem({ code, message }: ResumeError): string {
    const { errors } = this.#texts;
    return errors[code]?.(outside(message)) ?? outside(message);
  }

  // What there is

  #show(entries: ArchivedWorkspace[]): void {
    const words = this.#texts.savedWork;
    const addresses = [...new Set(entries.map(({ address }) => address))];
    const groups = addresses.map((address) => {
      const of = entries.filter((entry) => entry.address === address);
      const where = outside(address.replace(/^wss?:\/\//, ""));
      return h(
        "section",
        {},
        h("h3", {}, words.of(where)),
        h("ul", { role: "list" }, ...of.map((entry) => this.#entry(entry))),
      );
    });
    const { activeElement } = this.#dialog.getRootNode() as ShadowRoot;
    const had = this.#list.contains(activeElement);
    this.#list.replaceChildren(...(groups.length > 0 ? groups : [h("p", {}, words.none)]));
    if (had) this.#title.focus();
  }

  #entry(entry: ArchivedWorkspace): HTMLElement {
    const words = this.#texts.savedWork;
    const offered = { ...entry, suspected: { images: [], catalogs: [] } };
    const files = items(offered, this.#texts);
    const rows = files.slice(0, NAMED).map((file) => row(file));
    if (files.length > NAMED)
      rows.push(h("li", { className: "details" }, words.more(files.length - NAMED)));
    const when = moment(entry.savedAt);
    const time = when ? `${ago(entry.savedAt, this.#texts)} (${when})` : "";
    const why = `${words.why[entry.why] ?? ""} · ${summary(offered, this.#texts)}`;
    return h(
      "li",
      {},
      h("h4", {}, time),
      h("p", { className: "details" }, why),
      h("ul", { role: "list", className: "files" }, ...rows),
      this.#buttons(entry),
    );
  }

  #buttons(entry: ArchivedWorkspace): HTMLElement {
    const words = this.#texts.savedWork;
    const name = this.#nameOf(entry);
    const wanted = () => {
      this.#dialog.close();
      this.#restore(entry);
    };
    const box = h("div", { className: "buttons" });
    if (entry.why === "open") {
      box.append(this.#button(words.openHere, wanted, `${words.openHere}: ${name}`));
      return box;
    }
    box.append(
      this.#button(words.restore, wanted, `${words.restore}: ${name}`),
      this.#button(
        words.save,
        () => void this.#act(() => this.#save(entry)),
        `${words.save}: ${name}`,
      ),
      this.#button(words.delete, () => this.#askToDelete(entry, box), `${words.delete}: ${name}`),
    );
    return box;
  }

  #nameOf(entry: ArchivedWorkspace): string {
    const files = items({ ...entry, suspected: { images: [], catalogs: [] } }, this.#texts);
    const names = files.slice(0, NAMED).map((file) => file.name);
    const more = files.length - names.length;
    return list(more > 0 ? [...names, this.#texts.savedWork.more(more)] : names, this.#texts);
  }

  // What can be done with it

  /** In place of the buttons; the focus is on the one that changes nothing. */
  #askToDelete(entry: ArchivedWorkspace, buttons: HTMLElement): void {
    const words = this.#texts.savedWork;
    const question = h("p", { id: "sure" }, words.sure(this.#nameOf(entry)));
    const keep = this.#button(words.keep, () => {
      const again = this.#buttons(entry);
      asked.replaceWith(again);
      again.querySelector("button")?.focus();
    });
    const remove = this.#button(words.delete, () => {
      void this.#act(async () => {
        await this.#archive.delete(entry.id);
        return words.deleted(this.#nameOf(entry));
      });
    });
    for (const button of [keep, remove]) button.setAttribute("aria-describedby", "sure");
    const asked = h("div", { className: "sure" }, question, h("div", { className: "buttons" }));
    asked.lastElementChild?.append(remove, keep);
    // One at a time.
    this.#list.querySelector<HTMLButtonElement>(".sure button:last-child")?.click();
    buttons.replaceWith(asked);
    keep.focus();
  }

  /** Without an entry, what is open. */
  async #save(entry?: ArchivedWorkspace): Promise<string> {
    const file = await this.#archive.export(entry?.id);
    const href = URL.createObjectURL(file);
    const day = new Date().toISOString().slice(0, 10);
    h("a", { href, download: `carta-work-${day}.carta-resume` }).click();
    // The browser may read it later than this.
    setTimeout(() => URL.revokeObjectURL(href), 60_000);
    return this.#texts.savedWork.saved;
  }

  async #import(): Promise<string> {
    const file = this.#file.files?.[0];
    if (!file) return "";
    try {
      const id = await this.#archive.import(file);
      const imported = (await this.#archive.list()).find((entry) => entry.id === id);
      return this.#texts.savedWork.imported(imported ? this.#nameOf(imported) : "");
    } finally {
      // The same file can be chosen again.
      this.#file.value = "";
    }
  }
}
