/** Archived work: to view, to restore, to delete. */
import type { Archive, ArchivedWorkspace } from "carta-resume";
import { ask } from "./confirm-dialog.js";
import { byId, h, setText, syncList } from "./dom.js";
import type { Level } from "./viewer.js";
import { ago, inText, many, moment, size } from "./words.js";
import { rows, titleOf } from "./workspace-list.js";

const REFRESH_MS = 30_000;
const SAID_MS = 15_000;

export class ArchivePanel {
  readonly #title = byId("archive-title", HTMLElement);
  readonly #list = byId("archive-list", HTMLElement);
  readonly #items = new Map<string, HTMLElement>();
  readonly #said = byId("archive-said", HTMLElement);
  #entries: readonly ArchivedWorkspace[] = [];
  /** Counts the refreshes, so that a late one does not overwrite a later one. */
  #reading = 0;
  /** Actions run one after another: the last one, and those that have not finished. */
  #underWay: Promise<void> = Promise.resolve();
  readonly #pending = new Set<string>();
  #hush = 0;

  constructor(
    readonly archive: Archive,
    readonly log: (level: Level, text: string) => void,
    /** The picture, which gets the focus when work was restored. */
    readonly stage: HTMLElement,
  ) {
    byId("archive-delete-all", HTMLButtonElement).addEventListener("click", () =>
      // This asks first, and the dialog opens only once.
      this.#act("", () => this.#deleteAll()),
    );
    byId("archive-export", HTMLButtonElement).addEventListener("click", () =>
      this.#act("export", () => this.#export()),
    );
    const file = byId("archive-file", HTMLInputElement);
    byId("archive-import", HTMLButtonElement).addEventListener("click", () => file.click());
    file.addEventListener("change", () => this.#act("import", () => this.#import(file)));
    // Another tab may archive work or restore some.
    document.addEventListener("visibilitychange", () => void this.refresh());
    setInterval(() => void this.refresh(), REFRESH_MS);
    this.#render([]);
    // It is not known yet whether the archive is empty.
    byId("archive-none", HTMLElement).hidden = true;
  }

  /** Reads the archive's current content. Never rejects. */
  async refresh(): Promise<void> {
    if (document.visibilityState === "hidden") return;
    const reading = ++this.#reading;
    try {
      const entries = await this.archive.list();
      if (reading === this.#reading) this.#render(entries);
    } catch (error) {
      const isNews = this.#said.textContent !== inText(error);
      if (reading === this.#reading && isNews) this.#failed(error);
    }
  }

  #render(entries: readonly ArchivedWorkspace[]): void {
    const focused = document.activeElement;
    const place = this.#entries.findIndex(({ id }) => this.#items.get(id)?.contains(focused));
    const action = focused instanceof HTMLElement ? focused.dataset["action"] : undefined;
    this.#entries = entries;
    const byKey = new Map(entries.map((entry) => [entry.id, entry]));
    syncList(
      this.#list,
      this.#items,
      [...byKey.keys()],
      (id) => this.#make(id),
      (item, id) => update(item, byKey.get(id)),
    );
    setText(byId("archive-count", HTMLElement), entries.length === 0 ? "" : `${entries.length}`);
    byId("archive-none", HTMLElement).hidden = entries.length > 0;
    const all = byId("archive-delete-all", HTMLButtonElement);
    if (entries.length === 0 && document.activeElement === all) this.#title.focus();
    all.hidden = entries.length === 0;
    if (place >= 0 && !focused?.isConnected) this.#focusNear(place, action);
  }

  /** The element in focus is gone: its neighbour gets the focus. */
  #focusNear(place: number, action = "delete"): void {
    const { id } = this.#entries[Math.min(place, this.#entries.length - 1)] ?? {};
    const item = id === undefined ? undefined : this.#items.get(id);
    (item?.querySelector<HTMLElement>(`[data-action=${action}]`) ?? this.#title).focus();
  }

  #make(id: string): HTMLElement {
    const button = (action: string, label: string, act: () => Promise<void>) => {
      const made = h("button", { type: "button", className: "small" }, label);
      made.dataset["action"] = action;
      made.addEventListener("click", () => this.#act(`${action} ${id}`, act));
      return made;
    };
    return h(
      "li",
      {},
      h("ul", { className: "archive-files" }),
      h("p", { className: "note" }, h("span"), h("br"), h("span")),
      h(
        "div",
        { className: "archive-actions" },
        button("restore", "Restore", () => this.#restore(id)),
        button("export", "Export", () => this.#export(id)),
        button("delete", "Delete", () => this.#delete(id)),
      ),
    );
  }

  /**
   * Actions run one after another, and none twice at a time unless `what` is ""; errors are shown.
   */
  #act(what: string, action: () => Promise<void>): void {
    if (this.#pending.has(what)) return;
    if (what) this.#pending.add(what);
    this.#underWay = this.#underWay.then(async () => {
      this.#say("");
      try {
        await action();
      } catch (error) {
        this.#failed(error);
        await this.refresh();
      } finally {
        this.#pending.delete(what);
      }
    });
  }

  async #restore(id: string): Promise<void> {
    const title = this.#titleOf(id);
    const restored = await this.archive.restore(id);
    await this.refresh();
    if (!restored) return;
    this.#say(`Restored ${title}.`);
    this.stage.focus();
  }

  /** Without an id: the open workspace. */
  async #export(id?: string): Promise<void> {
    const url = URL.createObjectURL(await this.archive.export(id));
    const day = new Date().toISOString().slice(0, 10);
    h("a", { href: url, download: `carta-work-${day}.carta-resume` }).click();
    URL.revokeObjectURL(url);
  }

  async #import(input: HTMLInputElement): Promise<void> {
    const [file] = input.files ?? [];
    if (file === undefined) return;
    try {
      const id = await this.archive.import(file);
      await this.refresh();
      this.#say(`Imported ${this.#titleOf(id)}.`);
    } finally {
      // Reset, so that the same file can be chosen again.
      input.value = "";
    }
  }

  async #delete(id: string): Promise<void> {
    const title = this.#titleOf(id);
    await this.archive.delete(id);
    await this.refresh();
    this.#say(`Deleted ${title}.`);
  }

  async #deleteAll(): Promise<void> {
    const count = this.#entries.length;
    const sure = await ask({
      title: "Delete all archived work?",
      text: `${many(count, "workspace")} will be gone for good. What is open now stays.`,
      yes: "Delete all",
    });
    if (!sure) return;
    await this.archive.deleteAll();
    await this.refresh();
    this.#say("The archive was emptied.");
  }

  #titleOf(id: string): string {
    const entry = this.#entries.find((entry) => entry.id === id);
    return entry === undefined ? "it" : titleOf(entry);
  }

  #failed(error: unknown): void {
    this.#say(inText(error), true);
    this.log("error", inText(error));
  }

  #say(text: string, bad = false): void {
    setText(this.#said, text);
    this.#said.classList.toggle("bad", bad);
    clearTimeout(this.#hush);
    if (!bad) this.#hush = window.setTimeout(() => setText(this.#said, ""), SAID_MS);
  }
}

const WHY: Record<ArchivedWorkspace["why"], string> = {
  declined: "You chose not to restore it",
  superseded: "An earlier state",
  expired: "Not used for a week",
  closed: "Its tab was closed",
  imported: "Imported from a file",
  open: "Open in another tab",
  moved: "Moved from another tab",
};

function update(item: HTMLElement, entry: ArchivedWorkspace | undefined): void {
  if (entry === undefined) return;
  const files = item.querySelector(".archive-files");
  if (files?.childElementCount === 0) files.append(...rows(entry));
  const [why, when] = item.querySelectorAll<HTMLElement>(".note span");
  if (why === undefined || when === undefined) return;
  setText(why, WHY[entry.why]);
  const bytes = entry.bytes > 0 ? [size(entry.bytes)] : [];
  const { host } = new URL(entry.address);
  setText(when, [`Saved ${ago(entry.savedAt)}`, ...bytes, host].join(" · "));
  why.title = `In the archive since ${moment(entry.archivedAt)}`;
  when.title = moment(entry.savedAt);
  for (const button of item.querySelectorAll<HTMLElement>("[data-action]")) {
    const label = `${button.textContent} ${titleOf(entry)}, saved ${ago(entry.savedAt)}`;
    button.setAttribute("aria-label", label);
    // What another tab has is moved here, or left alone.
    button.hidden = entry.why === "open" && button.dataset["action"] !== "restore";
  }
}
