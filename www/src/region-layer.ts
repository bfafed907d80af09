/** Regions drawn, selected, dragged and reshaped by mouse, touch and keyboard. */
import {
  around,
  drawn,
  moved,
  polygon,
  reshaped,
  rotated,
  scaled,
  type Kind,
  type Shape,
} from "./geometry.js";
import type { Point } from "./messages.js";
import type { OpenImage, Region } from "./open-image.js";
import { RegionDrawing } from "./region-drawing.js";
import type { Stage } from "./stage.js";
import type { Viewer } from "./viewer.js";

export type Tool = "select" | Kind;

type Gesture =
  | { kind: "move"; region: Region; from: Point; shape: Shape }
  | { kind: "reshape"; region: Region; handle: number; shape: Shape }
  | { kind: "draw"; tool: Kind; from: Point; to: Point };

export class RegionLayer {
  #tool: Tool = "select";
  #gesture: Gesture | null = null;
  /** Vertices of the polygon that is being drawn. */
  #vertices: Point[] = [];
  #hover: Point | null = null;
  readonly #drawing: RegionDrawing;

  constructor(
    layer: SVGSVGElement,
    readonly stage: Stage,
    readonly viewer: Viewer,
    readonly toolChanged: (tool: Tool) => void,
  ) {
    this.#drawing = new RegionDrawing(layer, viewer);
    const target = stage.element;
    target.addEventListener("pointerdown", (event) => this.#down(event));
    target.addEventListener("pointermove", (event) => this.#move(event));
    target.addEventListener("pointerup", (event) => this.#up(event));
    target.addEventListener("pointercancel", (event) => this.#up(event));
    target.addEventListener("dblclick", () => this.#finishPolygon());
    target.addEventListener("keydown", (event) => this.#key(event));
  }

  get tool(): Tool {
    return this.#tool;
  }

  set tool(tool: Tool) {
    this.#tool = tool;
    this.#vertices = [];
    this.#gesture = null;
    this.stage.element.dataset["tool"] = tool;
    this.toolChanged(tool);
    this.viewer.changed();
  }

  focus(region: Region): void {
    this.#drawing.focus(region);
  }

  // Pointer.

  #down(event: PointerEvent): void {
    const image = this.viewer.active;
    if (image === null || event.button !== 0) return;
    const point = this.stage.point(image, event);
    if (this.#tool === "polygon") return this.#addVertex(image, point);
    if (this.#tool !== "select") {
      this.#gesture = { kind: "draw", tool: this.#tool, from: point, to: point };
    } else if (this.stage.grabbed || !this.#take(image, event, point)) {
      return this.stage.grab(event);
    }
    this.stage.element.setPointerCapture(event.pointerId);
    this.viewer.changed();
  }

  /** Grabs the handle or region under the pointer, if there is one. */
  #take(image: OpenImage, event: PointerEvent, from: Point): boolean {
    const target = event.target instanceof Element ? event.target : null;
    const region = target === null ? null : this.#drawing.regionAt(target);
    if (region === null) return false;
    this.viewer.select(image, region);
    this.focus(region);
    const handle = target?.getAttribute("data-handle");
    this.#gesture =
      handle === null || handle === undefined
        ? { kind: "move", region, from, shape: region.shape }
        : { kind: "reshape", region, handle: Number(handle), shape: region.shape };
    return true;
  }

  #move(event: PointerEvent): void {
    const image = this.viewer.active;
    if (image === null) return;
    this.stage.follow(event);
    const point = this.stage.point(image, event);
    this.#hover = point;
    const gesture = this.#gesture;
    if (gesture?.kind === "move") {
      const { region, from, shape } = gesture;
      this.viewer.reshape(region, moved(shape, point.x - from.x, point.y - from.y));
    } else if (gesture?.kind === "reshape") {
      this.viewer.reshape(gesture.region, reshaped(gesture.shape, gesture.handle, point));
    } else if (gesture?.kind === "draw") {
      gesture.to = point;
    } else if (this.#vertices.length === 0) {
      return;
    }
    this.viewer.changed();
  }

  #up(event: PointerEvent): void {
    const image = this.viewer.active;
    const gesture = this.#gesture;
    this.#gesture = null;
    if (this.stage.release(event) && image !== null) this.viewer.select(image, null);
    if (gesture?.kind !== "draw" || image === null || event.type === "pointercancel") return;
    const { tool, from, to } = gesture;
    const far = Math.hypot(to.x - from.x, to.y - from.y) * image.view.scale;
    if (tool === "point" || far > 4) this.#finish(image, drawn(tool, from, to));
    else this.viewer.changed();
  }

  #addVertex(image: OpenImage, point: Point): void {
    const first = this.#vertices[0];
    const near = (other: Point) =>
      Math.hypot(other.x - point.x, other.y - point.y) * image.view.scale < 10;
    if (first !== undefined && this.#vertices.length > 2 && near(first))
      return this.#finishPolygon();
    const last = this.#vertices.at(-1);
    if (last === undefined || !near(last)) this.#vertices.push(point);
    this.viewer.changed();
  }

  #finishPolygon(): void {
    const image = this.viewer.active;
    if (image !== null && this.#vertices.length > 2) this.#finish(image, polygon(this.#vertices));
  }

  #finish(image: OpenImage, shape: Shape): void {
    const region = this.viewer.add(image, shape);
    this.tool = "select";
    this.render();
    this.focus(region);
  }

  // Keyboard.

  #key(event: KeyboardEvent): void {
    const image = this.viewer.active;
    if (image === null || event.altKey || event.ctrlKey || event.metaKey) return;
    const region = this.#drawing.regionAt(document.activeElement);
    const done =
      region === null ? this.#stageKey(image, event) : this.#regionKey(image, region, event);
    if (done) event.preventDefault();
  }

  #regionKey(image: OpenImage, region: Region, event: KeyboardEvent): boolean {
    const step = event.shiftKey ? 10 : 1;
    const shape = (next: Shape) => (this.viewer.reshape(region, next), true);
    switch (event.key) {
      case "ArrowLeft":
        return shape(moved(region.shape, -step, 0));
      case "ArrowRight":
        return shape(moved(region.shape, step, 0));
      case "ArrowUp":
        return shape(moved(region.shape, 0, step));
      case "ArrowDown":
        return shape(moved(region.shape, 0, -step));
      case "[":
        return shape(scaled(region.shape, 1 / 1.1));
      case "]":
        return shape(scaled(region.shape, 1.1));
      case ",":
        return shape(rotated(region.shape, 5));
      case ".":
        return shape(rotated(region.shape, -5));
      case "Delete":
      case "Backspace":
        this.stage.element.focus();
        return (this.viewer.remove(region), true);
      case "Escape":
        this.stage.element.focus();
        return (this.viewer.select(image, null), true);
      default:
        return this.#zoomKey(event);
    }
  }

  #stageKey(image: OpenImage, event: KeyboardEvent): boolean {
    const step = event.shiftKey ? 200 : 40;
    switch (event.key) {
      case "ArrowLeft":
        return (this.stage.pan(step, 0), true);
      case "ArrowRight":
        return (this.stage.pan(-step, 0), true);
      case "ArrowUp":
        return (this.stage.pan(0, step), true);
      case "ArrowDown":
        return (this.stage.pan(0, -step), true);
      case "Enter":
        if (this.#tool === "select") return false;
        if (this.#vertices.length > 2) return (this.#finishPolygon(), true);
        this.#finish(image, this.#inTheMiddle(image, this.#tool));
        return true;
      case "Backspace":
        return this.#vertices.length > 0 && (this.#vertices.pop(), this.viewer.changed(), true);
      case "Escape":
        return this.#tool !== "select" && ((this.tool = "select"), true);
      default:
        return this.#zoomKey(event);
    }
  }

  #inTheMiddle(image: OpenImage, kind: Kind): Shape {
    const { width, height } = this.viewer.stage;
    const radius = Math.max((0.15 * Math.min(width, height)) / image.view.scale, 1);
    const round = (value: number) => Math.round(value * 10) / 10;
    const { x, y } = image.view.centre;
    return around(kind, { x: round(x), y: round(y) }, round(radius));
  }

  #zoomKey(event: KeyboardEvent): boolean {
    if (event.key === "+" || event.key === "=") return (this.stage.zoom(1.25), true);
    if (event.key === "-") return (this.stage.zoom(1 / 1.25), true);
    if (event.key === "0") return (this.stage.fit(), true);
    return false;
  }

  render(): void {
    this.#drawing.render();
    const gesture = this.#gesture;
    const draws = gesture?.kind === "draw" && gesture.tool !== "point";
    const shape = draws ? drawn(gesture.tool, gesture.from, gesture.to) : null;
    this.#drawing.sketch(shape, this.#vertices, this.#hover);
  }
}
