/** The backend's files: folders to browse and images to open. */
import type { Connection } from "./connection.js";
import { byId, h, setText } from "./dom.js";
import type { Viewer } from "./viewer.js";
import { inText } from "./words.js";

export class FilesPanel {
  readonly #list = byId("file-list", HTMLElement);
  readonly #note = byId("file-note", HTMLElement);
  #directory = "$BASE";

  constructor(
    readonly connection: Connection,
    readonly viewer: Viewer,
  ) {
    byId("file-refresh", HTMLButtonElement).addEventListener("click", () => void this.load());
  }

  async load(directory = this.#directory): Promise<void> {
    setText(this.#note, "Asking the backend …");
    try {
      const answer = await this.connection.listFiles(directory);
      if (!answer.success) throw new Error(answer.message || "The folder cannot be read.");
      this.#directory = answer.directory;
      const names = answer.files.map(({ name }) => name);
      const folders = answer.subdirectories.map(({ name }) => name);
      this.#show(answer.directory, answer.parent, folders, names);
    } catch (error) {
      setText(this.#note, inText(error));
    }
  }

  #show(directory: string, parent: string, folders: string[], files: string[]): void {
    const items: HTMLElement[] = [];
    const inside = (name: string) => (directory === "" ? name : `${directory}/${name}`);
    const go = (label: string, to: string) =>
      this.#item(`${label}/`, () => this.load(to), "folder");
    if (directory !== "" && directory !== ".") items.push(go("..", parent));
    items.push(...folders.sort().map((name) => go(name, inside(name))));
    items.push(...files.sort().map((name) => this.#item(name, () => this.#open(directory, name))));
    this.#list.replaceChildren(...items);
    setText(this.#note, files.length === 0 ? "No images here." : "");
  }

  #item(label: string, action: () => Promise<void>, kind = "file"): HTMLElement {
    const button = h("button", { type: "button", className: `plain ${kind}` }, label);
    button.addEventListener("click", () => {
      button.disabled = true;
      void action().finally(() => {
        button.disabled = false;
        if (document.activeElement === document.body) button.focus();
      });
    });
    return h("li", {}, button);
  }

  async #open(directory: string, name: string): Promise<void> {
    try {
      await this.viewer.open(directory, name);
    } catch (error) {
      this.viewer.log("error", `${name}: ${inText(error)}`);
    }
  }
}
