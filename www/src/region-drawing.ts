/** The regions over the picture. Each is an SVG group that can have the focus. */
import { setAttributes, svg, syncList } from "./dom.js";
import { centreOf, describe, halfExtent, handles, kindOf, type Shape } from "./geometry.js";
import type { Point } from "./messages.js";
import { nameOf, type OpenImage, type Region } from "./open-image.js";
import type { Viewer } from "./viewer.js";

export class RegionDrawing {
  readonly #groups = new Map<Region, SVGGElement>();
  readonly #shapes = svg("g");
  readonly #sketch = svg("g", { class: "sketch" });

  constructor(
    readonly layer: SVGSVGElement,
    readonly viewer: Viewer,
  ) {
    layer.append(this.#shapes, this.#sketch);
  }

  /** The region that an element is part of. */
  regionAt(element: Element | null): Region | null {
    const group = element?.closest("[data-region]") ?? null;
    return [...this.#groups].find(([, other]) => other === group)?.[0] ?? null;
  }

  focus(region: Region): void {
    this.#groups.get(region)?.focus();
  }

  render(): void {
    const { width, height } = this.viewer.stage;
    setAttributes(this.layer, { viewBox: `0 0 ${Math.max(width, 1)} ${Math.max(height, 1)}` });
    syncList(
      this.#shapes,
      this.#groups,
      this.viewer.active?.regions ?? [],
      (region) => this.#make(region),
      (group, region) => this.#update(group, region),
    );
  }

  /** What is being drawn: a shape, or the vertices of a polygon and the pointer. */
  sketch(shape: Shape | null, vertices: Point[], pointer: Point | null): void {
    this.#sketch.replaceChildren();
    const image = this.viewer.active;
    if (image === null) return;
    if (shape !== null) this.#sketch.append(this.#outline(image, shape));
    if (vertices.length === 0) return;
    const next = pointer === null ? [] : [pointer];
    this.#sketch.append(svg("path", { d: this.#path(image, [...vertices, ...next]) }));
    for (const vertex of vertices) {
      const { x, y } = image.view.toScreen(vertex, this.viewer.stage);
      this.#sketch.append(svg("circle", { cx: x, cy: y, r: 4 }));
    }
  }

  #make(region: Region): SVGGElement {
    const group = svg("g", { tabindex: 0, role: "button", "data-region": "" });
    group.addEventListener("focus", () => this.viewer.select(region.image, region));
    return group;
  }

  #update(group: SVGGElement, region: Region): void {
    const selected = region.image.selected === region;
    setAttributes(group, {
      class: `region${selected ? " selected" : ""}${region.lost ? " lost" : ""}`,
      "aria-pressed": String(selected),
      "aria-label": `${nameOf(region)} at ${describe(region.shape)}`,
    });
    const outline = this.#outline(region.image, region.shape);
    const parts = ["halo", "grip", "line"].map((part) => {
      const copy = outline.cloneNode() as SVGElement;
      copy.setAttribute("class", part);
      return copy;
    });
    if (selected) {
      for (const [index, handle] of handles(region.shape).entries()) {
        const { x, y } = region.image.view.toScreen(handle, this.viewer.stage);
        parts.push(svg("circle", { cx: x, cy: y, r: 12, class: "reach", "data-handle": index }));
        parts.push(svg("circle", { cx: x, cy: y, r: 4.5, class: "handle" }));
      }
    }
    group.replaceChildren(...parts);
  }

  #outline(image: OpenImage, shape: Shape): SVGElement {
    const { view } = image;
    const place = (point: Point) => view.toScreen(point, this.viewer.stage);
    const centre = place(centreOf(shape));
    const turn = `rotate(${-shape.rotation} ${centre.x} ${centre.y})`;
    const half = halfExtent(shape);
    const [rx, ry] = [half.x * view.scale, half.y * view.scale];
    switch (kindOf(shape)) {
      case "point": {
        const { x, y } = centre;
        return svg("path", { d: `M${x - 8} ${y}H${x + 8}M${x} ${y - 8}V${y + 8}` });
      }
      case "rectangle": {
        const [x, y, width, height] = [centre.x - rx, centre.y - ry, 2 * rx, 2 * ry];
        return svg("rect", { x, y, width, height, transform: turn });
      }
      case "ellipse":
        return svg("ellipse", { cx: centre.x, cy: centre.y, rx, ry, transform: turn });
      case "polygon":
        return svg("path", { d: `${this.#path(image, shape.controlPoints)}Z` });
    }
  }

  #path(image: OpenImage, points: Point[]): string {
    const places = points.map((point) => image.view.toScreen(point, this.viewer.stage));
    return `M${places.map(({ x, y }) => `${x} ${y}`).join("L")}`;
  }
}
