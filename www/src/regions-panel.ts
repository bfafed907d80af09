/** The active image's regions as a list, and the statistics of the selected one. */
import { byId, h, setText, syncList } from "./dom.js";
import { centreOf, describe } from "./geometry.js";
import type { LookSettings } from "./look.js";
import { STATISTICS, type Histogram } from "./messages.js";
import { hasStatistics, nameOf, type OpenImage, type Region } from "./open-image.js";
import type { Viewer } from "./viewer.js";

export class RegionsPanel {
  readonly #list = byId("region-list", HTMLElement);
  readonly #known = new Map<Region, HTMLElement>();
  readonly #none = byId("region-none", HTMLElement);
  readonly #title = byId("statistics-title", HTMLElement);
  readonly #note = byId("statistics-note", HTMLElement);
  readonly #table = byId("statistics", HTMLTableElement);
  readonly #values = new Map<number, HTMLElement>();
  readonly #plot = byId("histogram", HTMLElement);
  #drawn: { histogram: Histogram; limits: string } | null = null;

  constructor(
    readonly viewer: Viewer,
    readonly looks: LookSettings,
    readonly focus: (region: Region) => void,
  ) {
    const body = h("tbody");
    for (const [type, name] of STATISTICS) {
      const value = h("td");
      this.#values.set(type, value);
      const heading = h("th", { scope: "row" }, name);
      body.append(h("tr", {}, heading, value));
    }
    this.#table.append(body);
  }

  render(): void {
    const image = this.viewer.active;
    const regions = image?.regions ?? [];
    syncList(
      this.#list,
      this.#known,
      regions,
      (region) => this.#make(region),
      (item, region) => this.#update(item, region),
    );
    this.#none.hidden = regions.length > 0;
    this.#renderStatistics(image);
    this.#renderHistogram(image);
  }

  #make(region: Region): HTMLElement {
    const name = h("span", { className: "region-name" });
    const place = h("span", { className: "region-place" });
    const select = h("button", { type: "button", className: "plain" }, name, place);
    select.addEventListener("click", () => {
      this.viewer.select(region.image, region);
      this.focus(region);
    });
    const remove = h("button", { type: "button", className: "close" }, "×");
    remove.addEventListener("click", () => this.viewer.remove(region));
    return h("li", {}, select, remove);
  }

  #update(item: HTMLElement, region: Region): void {
    const [select, remove] = item.querySelectorAll("button");
    const [name, place] = item.querySelectorAll("span");
    if (select === undefined || remove === undefined || name === undefined || place === undefined)
      return;
    setText(name, nameOf(region));
    setText(place, region.lost ? "not restored" : describe(region.shape));
    select.setAttribute("aria-pressed", String(region.image.selected === region));
    remove.setAttribute("aria-label", `Delete ${nameOf(region)}`);
  }

  #renderStatistics(image: OpenImage | null): void {
    const region = image?.selected ?? null;
    this.#table.hidden = region?.statistics == null || !hasStatistics(region);
    setText(this.#title, region === null ? "Statistics" : `Statistics of ${nameOf(region)}`);
    setText(this.#note, region === null ? "Select a region." : this.#noteOn(region));
    for (const [type, element] of this.#values) {
      const value = region?.statistics?.get(type);
      setText(element, value === undefined ? "–" : inDigits(value));
    }
  }

  #noteOn(region: Region): string {
    if (hasStatistics(region)) return region.statistics === null ? "Waiting for the backend …" : "";
    const { x, y } = centreOf(region.shape);
    const value = region.image.shown.valueAt(x, y, region.image.size);
    if (value === null) return "Zoom in to read the value at this point.";
    const { unit } = region.image;
    return `Value ${inDigits(value)}${unit === "" ? "" : ` ${unit}`}`;
  }

  #renderHistogram(image: OpenImage | null): void {
    const histogram = image?.histogram ?? null;
    this.#plot.hidden = histogram === null;
    if (image === null || histogram === null) return;
    const range = this.looks.limits(image);
    const limits = range.join(" ");
    if (this.#drawn?.histogram === histogram && this.#drawn.limits === limits) return;
    this.#drawn = { histogram, limits };
    const { bins, binWidth, firstBinCenter } = histogram;
    const most = Math.log1p(Math.max(...bins, 1));
    const bars = bins.map((count, index) => {
      const height = (Math.log1p(count) / most) * 60;
      return `M${((index + 0.5) / bins.length) * 200} 60v${-height.toFixed(1)}`;
    });
    this.#plot.querySelector(".bars")?.setAttribute("d", bars.join(""));
    const first = firstBinCenter - binWidth / 2;
    const place = (value: number) =>
      ((value - first) / (binWidth * Math.max(bins.length, 1))) * 200;
    const marks = range.map((value) => `M${place(value).toFixed(1)} 0v60`);
    this.#plot.querySelector(".limits")?.setAttribute("d", marks.join(""));
  }
}

/** Counts in full, other numbers with five digits. */
function inDigits(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value);
  return Number.isNaN(value) ? "–" : value.toPrecision(5);
}
