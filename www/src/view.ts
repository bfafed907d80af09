/** Which part of an image is on the screen. */
import type { Point } from "./messages.js";

export interface Size {
  width: number;
  height: number;
}

/** Positions on the screen are in CSS pixels from the stage's upper left corner. */
export class View {
  /** The image point in the middle of the stage. */
  centre: Point;
  /** CSS pixels per image pixel. */
  scale = 1;
  /** Follows the stage's size until the user zooms or pans. */
  fitted = true;

  constructor(readonly image: Size) {
    this.centre = { x: (image.width - 1) / 2, y: (image.height - 1) / 2 };
  }

  fit(stage: Size): void {
    const room = 0.96;
    const scale = Math.min(stage.width / this.image.width, stage.height / this.image.height) * room;
    this.scale = scale > 0 ? scale : 1;
    this.centre = { x: (this.image.width - 1) / 2, y: (this.image.height - 1) / 2 };
    this.fitted = true;
  }

  toScreen(point: Point, stage: Size): Point {
    return {
      x: stage.width / 2 + (point.x - this.centre.x) * this.scale,
      y: stage.height / 2 - (point.y - this.centre.y) * this.scale,
    };
  }

  toImage(place: Point, stage: Size): Point {
    return {
      x: this.centre.x + (place.x - stage.width / 2) / this.scale,
      y: this.centre.y - (place.y - stage.height / 2) / this.scale,
    };
  }

  /** Moves the image with a pointer that moved this far on the screen. */
  pan(dx: number, dy: number): void {
    const { width, height } = this.image;
    this.centre = {
      x: Math.min(Math.max(this.centre.x - dx / this.scale, 0), width),
      y: Math.min(Math.max(this.centre.y + dy / this.scale, 0), height),
    };
    this.fitted = false;
  }

  /** Zooms so that the point at `place` stays there. */
  zoom(factor: number, place: Point, stage: Size): void {
    const before = this.toImage(place, stage);
    const smallest =
      0.25 * Math.min(stage.width / this.image.width, stage.height / this.image.height);
    this.scale = Math.min(Math.max(this.scale * factor, Math.min(smallest, 1)), 64);
    const after = this.toImage(place, stage);
    this.pan(0, 0);
    this.centre = {
      x: this.centre.x + before.x - after.x,
      y: this.centre.y + before.y - after.y,
    };
  }

  zoomCentre(factor: number, stage: Size): void {
    this.zoom(factor, { x: stage.width / 2, y: stage.height / 2 }, stage);
  }
}
