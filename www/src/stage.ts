/** The picture: paints the active image and turns gestures into zooming and panning. */
import { colour } from "./colour-maps.js";
import { setText } from "./dom.js";
import type { LookSettings } from "./look.js";
import type { Point } from "./messages.js";
import type { OpenImage } from "./open-image.js";
import type { Viewer } from "./viewer.js";

export class Stage {
  readonly #context: CanvasRenderingContext2D;
  readonly #pointers = new Map<number, Point>();
  /** Whether a pointer moved far enough to be a drag and not a click. */
  #dragged = false;

  constructor(
    readonly element: HTMLElement,
    readonly canvas: HTMLCanvasElement,
    readonly readout: HTMLElement,
    readonly viewer: Viewer,
    readonly looks: LookSettings,
  ) {
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("This browser offers no canvas");
    this.#context = context;
    new ResizeObserver(() => this.#resize()).observe(element);
    element.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    element.addEventListener("pointermove", (event) => this.#showValue(event));
    element.addEventListener("pointerleave", () => setText(this.readout, ""));
  }

  /** The position of an event, in CSS pixels from the stage's upper left corner. */
  place(event: MouseEvent): Point {
    const box = this.element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  /** The image point under an event. */
  point(image: OpenImage, event: MouseEvent): Point {
    return image.view.toImage(this.place(event), this.viewer.stage);
  }

  /** Begins to pan or, with a second pointer, to pinch. */
  grab(event: PointerEvent): void {
    if (this.#pointers.size === 0) this.#dragged = false;
    this.#pointers.set(event.pointerId, this.place(event));
    this.element.setPointerCapture(event.pointerId);
  }

  get grabbed(): boolean {
    return this.#pointers.size > 0;
  }

  /** Follows a pointer that was grabbed. */
  follow(event: PointerEvent): void {
    const before = this.#pointers.get(event.pointerId);
    const image = this.viewer.active;
    if (before === undefined || image === null) return;
    const now = this.place(event);
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    const moved = Math.hypot(now.x - before.x, now.y - before.y);
    if (!this.#dragged && other === undefined && moved < 4) return;
    this.#dragged = true;
    this.#pointers.set(event.pointerId, now);
    if (other === undefined) {
      image.view.pan(now.x - before.x, now.y - before.y);
    } else {
      const spread = (place: Point) =>
        Math.max(Math.hypot(place.x - other.x, place.y - other.y), 1);
      const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
      image.view.zoom(spread(now) / spread(before), middle, this.viewer.stage);
    }
    this.#viewChanged();
  }

  /** Lets go of a pointer; true if it was a click and not a drag. */
  release(event: PointerEvent): boolean {
    if (!this.#pointers.delete(event.pointerId)) return false;
    return !this.#dragged && event.type === "pointerup";
  }

  zoom(factor: number): void {
    this.viewer.active?.view.zoomCentre(factor, this.viewer.stage);
    this.#viewChanged();
  }

  pan(dx: number, dy: number): void {
    this.viewer.active?.view.pan(dx, dy);
    this.#viewChanged();
  }

  fit(): void {
    this.viewer.active?.view.fit(this.viewer.stage);
    this.#viewChanged();
  }

  render(): void {
    const context = this.#context;
    const { width, height } = this.viewer.stage;
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, width, height);
    const image = this.viewer.active;
    if (image !== null) this.#paint(image);
  }

  #paint(image: OpenImage): void {
    const { view, size, shown } = image;
    const context = this.#context;
    const corner = view.toScreen({ x: -0.5, y: size.height - 0.5 }, this.viewer.stage);
    context.save();
    context.beginPath();
    context.rect(corner.x, corner.y, size.width * view.scale, size.height * view.scale);
    context.clip();
    context.imageSmoothingEnabled = false;
    const look = this.looks.of(image);
    for (const tile of shown.ordered()) {
      if (tile.painted?.look !== look) {
        const canvas = tile.painted?.canvas ?? new OffscreenCanvas(tile.width, tile.height);
        const pixels = colour(tile.values, tile.width, tile.height, look.table, look.limits);
        canvas.getContext("2d")?.putImageData(pixels, 0, 0);
        tile.painted = { look, canvas };
      }
      const span = 256 * tile.mip;
      const top = tile.y * span + tile.height * tile.mip - 0.5;
      const place = view.toScreen({ x: tile.x * span - 0.5, y: top }, this.viewer.stage);
      const zoom = tile.mip * view.scale;
      context.drawImage(
        tile.painted.canvas,
        place.x,
        place.y,
        tile.width * zoom,
        tile.height * zoom,
      );
    }
    context.restore();
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.element;
    this.viewer.stage = { width, height };
    this.canvas.width = Math.round(width * devicePixelRatio);
    this.canvas.height = Math.round(height * devicePixelRatio);
    this.#viewChanged();
  }

  #wheel(event: WheelEvent): void {
    const image = this.viewer.active;
    if (image === null) return;
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    image.view.zoom(Math.exp(-event.deltaY * lines * 0.0015), this.place(event), this.viewer.stage);
    this.#viewChanged();
  }

  #viewChanged(): void {
    this.viewer.ensureTiles();
    this.viewer.changed();
  }

  #showValue(event: PointerEvent): void {
    const image = this.viewer.active;
    if (image === null) return setText(this.readout, "");
    const { x, y } = this.point(image, event);
    const value = image.shown.valueAt(x, y, image.size);
    const shown =
      value === null ? "" : ` = ${Number.isNaN(value) ? "no value" : value.toPrecision(5)}`;
    const unit = shown === "" || image.unit === "" ? "" : ` ${image.unit}`;
    setText(this.readout, `(${Math.round(x)}, ${Math.round(y)})${shown}${unit}`);
  }
}
