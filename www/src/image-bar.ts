/** Tabs of the open images, and the plane and colours of the active one. */
import { COLOUR_MAPS, SCALINGS, gradient, type ColourMap, type Scaling } from "./colour-maps.js";
import { byId, h, setText, syncList } from "./dom.js";
import type { LookSettings } from "./look.js";
import type { OpenImage } from "./open-image.js";
import type { Viewer } from "./viewer.js";

export class ImageBar {
  readonly #tabs = byId("tabs", HTMLElement);
  readonly #known = new Map<OpenImage, HTMLElement>();
  readonly #planes = byId("planes", HTMLElement);
  readonly #channel = byId("channel", HTMLInputElement);
  readonly #channelText = byId("channel-text", HTMLElement);
  readonly #stokes = byId("stokes", HTMLSelectElement);
  readonly #play = byId("play", HTMLButtonElement);
  #playing: number | null = null;

  constructor(
    readonly viewer: Viewer,
    readonly looks: LookSettings,
  ) {
    this.#channel.addEventListener("input", () => this.#setPlane());
    this.#stokes.addEventListener("change", () => this.#setPlane());
    this.#play.addEventListener("click", () =>
      this.#playing === null ? this.#start() : this.#stop(),
    );
    byId("sum", HTMLButtonElement).addEventListener("click", () => this.#sum());
    this.#tabs.addEventListener("keydown", (event) => this.#key(event));
    this.#fillLooks();
  }

  render(): void {
    const image = this.viewer.active;
    syncList(
      this.#tabs,
      this.#known,
      this.viewer.images,
      (item) => this.#make(item),
      (tab, item) => this.#update(tab, item),
    );
    this.#tabs.hidden = this.viewer.images.length === 0;
    this.#planes.hidden = image === null || (image.depth < 2 && image.stokesNames.length < 2);
    byId("sum", HTMLButtonElement).hidden = image === null || image.depth < 2;
    byId("scale", HTMLElement).hidden = image === null;
    if (image === null) return this.#stop();
    this.#channel.max = String(image.depth - 1);
    this.#channel.value = String(image.channel);
    const shown = image.shown.channel;
    const behind = shown === image.channel ? "" : ` (showing ${shown})`;
    setText(this.#channelText, `${image.channel} of 0–${image.depth - 1}${behind}`);
    this.#renderStokes(image);
    this.#renderLimits(image);
  }

  #renderStokes(image: OpenImage): void {
    byId("stokes-label", HTMLElement).hidden = image.stokesNames.length < 2;
    const names = image.stokesNames.join("\n");
    if (this.#stokes.dataset["names"] !== names) {
      this.#stokes.dataset["names"] = names;
      const options = image.stokesNames.map((name, index) =>
        h("option", { value: String(index) }, name),
      );
      this.#stokes.replaceChildren(...options);
    }
    this.#stokes.value = String(image.stokes);
  }

  #renderLimits(image: OpenImage): void {
    const [low, high] = this.looks.limits(image).map((value) => value.toPrecision(3));
    setText(byId("limit-low", HTMLElement), low ?? "");
    setText(
      byId("limit-high", HTMLElement),
      `${high ?? ""}${image.unit === "" ? "" : ` ${image.unit}`}`,
    );
    byId("gradient", HTMLElement).style.backgroundImage = gradient(this.looks.map);
  }

  #make(image: OpenImage): HTMLElement {
    const tab = h("button", { type: "button", role: "tab", id: `tab-${image.fileId}` }, image.file);
    tab.setAttribute("aria-controls", "stage");
    tab.addEventListener("click", () => this.viewer.show(image));
    const close = h("button", { type: "button", className: "close", tabIndex: -1 }, "×");
    close.setAttribute("aria-label", `Close ${image.file}`);
    close.addEventListener("click", () => this.viewer.close(image));
    const item = h("span", { className: "tab" }, tab, close);
    item.setAttribute("role", "presentation");
    return item;
  }

  #update(item: HTMLElement, image: OpenImage): void {
    const tab = item.querySelector("[role=tab]");
    if (!(tab instanceof HTMLElement)) return;
    const active = image === this.viewer.active;
    tab.setAttribute("aria-selected", String(active));
    tab.tabIndex = active ? 0 : -1;
    item.classList.toggle("lost", image.lost);
    tab.title = image.lost ? "The backend could not open this file again." : image.directory;
  }

  #key(event: KeyboardEvent): void {
    const { images, active } = this.viewer;
    if (active === null) return;
    const index = images.indexOf(active);
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Delete") this.viewer.close(active);
    else if (step !== undefined) {
      const next = images[(index + step + images.length) % images.length];
      if (next !== undefined) this.viewer.show(next);
    } else return;
    event.preventDefault();
    this.render();
    if (this.viewer.active !== null) {
      this.#known.get(this.viewer.active)?.querySelector<HTMLElement>("[role=tab]")?.focus();
    } else {
      byId("stage", HTMLElement).focus();
    }
  }

  #setPlane(): void {
    const image = this.viewer.active;
    if (image === null) return;
    this.viewer.setPlane(image, Number(this.#channel.value), Number(this.#stokes.value));
  }

  #sum(): void {
    const image = this.viewer.active;
    if (image !== null) this.viewer.sumChannels(image);
  }

  #start(): void {
    setText(this.#play, "Pause");
    this.#playing = window.setInterval(() => {
      const image = this.viewer.active;
      // The next channel waits for this one's data.
      if (image === null || image.incoming !== null) return;
      this.viewer.setPlane(image, (image.channel + 1) % image.depth, image.stokes);
    }, 250);
  }

  #stop(): void {
    if (this.#playing === null) return;
    clearInterval(this.#playing);
    this.#playing = null;
    setText(this.#play, "Play");
  }

  #fillLooks(): void {
    const fill = (
      id: string,
      names: readonly string[],
      value: string,
      set: (value: string) => void,
    ) => {
      const select = byId(id, HTMLSelectElement);
      select.replaceChildren(...names.map((name) => h("option", { value: name }, name)));
      select.value = value;
      select.addEventListener("change", () => (set(select.value), this.viewer.changed()));
    };
    const { looks } = this;
    fill("colour-map", COLOUR_MAPS, looks.map, (value) => (looks.map = value as ColourMap));
    const scalings = Object.keys(SCALINGS);
    fill("scaling", scalings, looks.scaling, (value) => (looks.scaling = value as Scaling));
    const shares = ["90", "95", "99", "99.5", "99.9", "100"];
    fill("percent", shares, String(looks.percent), (value) => (looks.percent = Number(value)));
  }
}
