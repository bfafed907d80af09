/**
 * One of the real viewers in a page: opening images, drawing regions, and what the user sees. What
 * it is made to do goes through the backend, or through its menus and the mouse.
 */
import type { Locator } from "@playwright/test";
import { expect } from "./expect.js";
import { blueprint, CartaInSight, type Point } from "./carta-sight.js";

export { UNDISTURBED, type ScriptingAnswer } from "./carta-page.js";

export interface CartaRegion {
  id: number;
  name: string;
  type: number;
  points: { x: number; y: number }[];
  rotation: number;
}

export interface NewRegion {
  type: number;
  points: { x: number; y: number }[];
  rotation?: number;
  name?: string;
}

export class Carta extends CartaInSight {
  // Images

  /** Opens an image beside those that are open; returns its file id. */
  async openImage(file: string, directory = ""): Promise<number> {
    const fileId = await this.script<number>(
      "appendFile",
      [directory, file, ""],
      "frameInfo.fileId",
    );
    await this.fit();
    return fileId;
  }

  /**
   * Shows the active image as a whole. On a busy machine the viewer may open an image before its
   * page is laid out, and then shows it as a dot.
   */
  async fit(): Promise<void> {
    const width = () => this.read<number>("activeFrame.renderWidth");
    await expect.poll(width, { timeout: 30_000 }).toBeGreaterThan(50);
    await this.script("activeFrame.fitZoom");
  }

  /** Opens an image through the menu and the file dialog, in place of all that are open. */
  async openImageByMenu(file: string): Promise<void> {
    const opened = this.recorder.received("OPEN_FILE_ACK").length;
    await this.#menu("File").click();
    await this.page.getByText("Open Image", { exact: true }).click();
    const dialog = this.page.locator(`${blueprint("dialog")}.file-browser-dialog`);
    await dialog.locator(`.filename-cell[title="${file}"]`).click();
    await expect(dialog.locator(".header-value", { hasText: file })).toBeVisible();
    await dialog.locator(`[role="button"]`, { hasText: /^Load$/ }).click();
    await this.recorder.waitForReceived("OPEN_FILE_ACK", opened + 1);
    await expect(dialog).toBeHidden();
    await this.fit();
  }

  #menu(name: string): Locator {
    return this.page.locator(".root-menu-entry").filter({ hasText: name });
  }

  /** Makes an image the one that panels and scripting act on. */
  async activate(fileId: number): Promise<void> {
    if (this.version === "4.1.0") await this.attempt("setActiveFrameById", [fileId]);
    else await this.attempt("setActiveImageById", [0, fileId]);
    expect(await this.read("activeFrame.frameInfo.fileId")).toBe(fileId);
  }

  /** Moves the active image to a channel and Stokes plane, and waits until it is shown. */
  async setChannel(channel: number, stokes = 0): Promise<void> {
    await this.script("activeFrame.setChannels", [channel, stokes, false]);
    await expect.poll(() => this.read("activeFrame.channel")).toBe(channel);
  }

  /** Presses the play button of the animator. */
  async play(): Promise<void> {
    await this.#tab("Animator");
    await this.page.locator(`.playback-buttons :has(> * > [data-icon="play"])`).click();
  }

  /** Presses the stop button. */
  async stop(): Promise<void> {
    await this.page.locator(`.playback-buttons :has(> * > [data-icon="stop"])`).click();
  }

  /** Draws contours of the active image at these levels. */
  async drawContours(levels: number[]): Promise<void> {
    const drawn = this.recorder.received("CONTOUR_IMAGE_DATA").length;
    const gaussian = 2;
    await this.script("activeFrame.contourConfig.setContourConfiguration", [levels, gaussian, 4]);
    await this.script("activeFrame.applyContours");
    await this.recorder.waitForReceived("CONTOUR_IMAGE_DATA", drawn + levels.length);
  }

  /** Draws a vector overlay on the active image, computed from Q and U. */
  async drawVectorOverlay(): Promise<void> {
    const drawn = this.recorder.received("VECTOR_OVERLAY_TILE_DATA").length;
    const [computed, averaging, stokesI] = [1, 4, 1];
    const averages = this.version === "4.1.0" ? [true] : [];
    const threshold = this.version === "4.1.0" ? [] : [stokesI];
    await this.script("activeFrame.vectorOverlayConfig.setVectorOverlayConfiguration", [
      ...[computed, computed, ...averages, averaging, false],
      ...[true, 0.5, false, 0, 0, ...threshold],
    ]);
    await this.script("activeFrame.applyVectorOverlay");
    await this.recorder.waitForReceived("VECTOR_OVERLAY_TILE_DATA", drawn + 1);
  }

  /** Files in the viewer's own list of images, by name, as it shows them at this moment. */
  async imageList(): Promise<string[]> {
    await this.#tab("Image List");
    const names = this.page.locator(".layer-list-widget").getByText(/\.fits$/);
    return (await names.allTextContents()).map((name) => name.trim());
  }

  /** The images in the order of the viewer's list: their ids and files. */
  async images(): Promise<{ fileId: number; file: string }[]> {
    const count = await this.read<number>("frames.length");
    const images = [];
    for (let index = 0; index < count; index += 1) {
      const info = `frames[${index}].frameInfo`;
      const fileId = await this.read<number>(`${info}.fileId`);
      images.push({ fileId, file: await this.read<string>(`${info}.fileInfo.name`) });
    }
    return images;
  }

  // Regions

  /** Adds a region to the active image; returns its id. */
  async addRegion({ type, points, rotation = 0, name = "" }: NewRegion): Promise<number> {
    const call = "activeFrame.regionSet.addRegionAsync";
    return this.script<number>(call, [type, points, rotation, name], "regionId");
  }

  /** Draws a region with the mouse, from one image pixel of the active image to another. */
  async drawRegion(shape: "rectangle" | "ellipse", from: Point, to: Point): Promise<void> {
    const acknowledged = this.recorder.received("SET_REGION_ACK").length;
    const buttons = this.page.locator(`.actions-toolbar-menu [role="button"]`);
    await buttons.nth(shape === "rectangle" ? 2 : 3).click();
    const [start, end] = [await this.screenPoint(from), await this.screenPoint(to)];
    await this.page.mouse.move(start.x, start.y);
    await this.page.mouse.down();
    await this.page.mouse.move(end.x, end.y, { steps: 4 });
    await this.page.mouse.up();
    await this.recorder.waitForReceived("SET_REGION_ACK", acknowledged + 1);
  }

  /**
   * The regions of an image as the viewer's store has them, without the cursor. For an image that
   * is matched to another, these are its own regions, not those that it shows.
   */
  async regions(fileId = 0): Promise<CartaRegion[]> {
    const set = `frames[${await this.#frameIndex(fileId)}].frameRegionSet.regions`;
    const count = await this.read<number>(`${set}.length`);
    const regions: CartaRegion[] = [];
    for (let index = 0; index < count; index += 1) {
      const read = <T>(field: string) => this.read<T>(`${set}[${index}].${field}`);
      const id = await read<number>("regionId");
      if (id === 0) continue;
      regions.push({
        id,
        name: (await read<string | null>("name")) ?? "",
        type: await read<number>("regionType"),
        points: await read<Point[]>("controlPoints"),
        rotation: await read<number>("rotation"),
      });
    }
    return regions.sort((a, b) => a.id - b.id);
  }

  async #frameIndex(fileId: number): Promise<number> {
    const count = await this.read<number>("frames.length");
    for (let index = 0; index < count; index += 1) {
      if ((await this.read(`frames[${index}].frameInfo.fileId`)) === fileId) return index;
    }
    throw new Error(`The viewer has no image ${fileId}`);
  }

  /** The rows of the viewer's list of regions, as it shows them now, including the cursor's. */
  async regionList(): Promise<string[]> {
    await this.#tab("Region List");
    const rows = this.page.locator(".region-list-widget .row");
    return (await rows.allInnerTexts()).map((text) => text.replace(/\s+/g, " ").trim());
  }

  async #tab(title: string): Promise<void> {
    const tab = this.page.locator(".lm_tab, .flexlayout__tab_button").filter({ hasText: title });
    await tab.first().click();
  }
}
