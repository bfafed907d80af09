/**
 * One of the real viewers in a page: opening images, drawing regions, and what the
 * user sees of it. What it is told to do goes through the backend, as frames that its
 * own scripting carries out, or through its menus and mouse.
 */
import { expect, type Locator, type Page } from "@playwright/test";
import type { Backend } from "./backend.js";
import { Picture } from "./carta-picture.js";
import type { CartaSite, CartaVersion } from "./carta-site.js";
import { Recorder } from "./recorder.js";

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

/** What the viewer answers to a scripting request. */
export interface ScriptingAnswer {
  success: boolean;
  message: string;
  response: unknown;
}

/** What the viewers' stores know of tiles: by file, polarization and channel. */
interface TilesOnTheirWay {
  app: {
    activeFrame: { frameInfo: { fileId: number } };
    tileService: { pendingRequests: Map<string, { size: number }> };
  };
}

type Point = { x: number; y: number };

/** A component of the viewers' widget library: 4.1.0 has its version 3, 6.0.0 version 6. */
const blueprint = (name: string) => `:is(.bp3-${name}, .bp6-${name})`;

/** Preferences: nobody is asked about telemetry and new releases; no file dialog at the start. */
export const UNDISTURBED = {
  telemetryConsentShown: true,
  telemetryMode: "none",
  checkNewRelease: false,
  autoLaunch: false,
  theme: "light",
};

export class Carta {
  readonly recorder: Recorder;
  /** What the page has thrown. */
  readonly pageErrors: string[] = [];
  /** Errors in the console of the page, but for what it could not fetch. */
  readonly consoleErrors: string[] = [];

  constructor(
    readonly page: Page,
    readonly backend: Backend,
    readonly site: Pick<CartaSite, "version" | "pageFor">,
  ) {
    this.recorder = new Recorder(page);
    page.on("pageerror", (error) => this.pageErrors.push(error.message));
    page.on("console", (message) => {
      const text = message.text();
      if (
        message.type() === "error" &&
        !/^(Failed to load resource|AxiosError|WebSocket connection)/.test(text)
      )
        this.consoleErrors.push(text);
    });
    // 6.0.0 asks before it is left.
    page.on("dialog", (dialog) => void dialog.accept());
  }

  get version(): CartaVersion {
    return this.site.version;
  }

  /**
   * Opens the viewer; `query` goes into its address, such as `{ file: "a.fits" }`, and
   * `preferences` are set before.
   */
  async open(query: Record<string, string> = {}, preferences: object = {}): Promise<this> {
    const all = { ...UNDISTURBED, ...preferences };
    await this.page.addInitScript((text) => {
      localStorage["preferences"] ??= text;
    }, JSON.stringify(all));
    // It works without what it would fetch from elsewhere.
    await this.page.route(/^https?:\/\/(?!127\.0\.0\.1[:/])/, (route) => route.abort());
    const more = Object.entries(query).map(
      ([name, value]) => `&${name}=${encodeURIComponent(value)}`,
    );
    await this.page.goto(this.site.pageFor(this.backend.url) + more.join(""));
    await this.waitUntilConnected();
    return this;
  }

  /** Reloads the page, as a user does; the viewer starts from scratch. */
  async reload(): Promise<void> {
    const sockets = this.recorder.sockets.length;
    await this.page.reload();
    await this.waitUntilConnected(sockets);
  }

  /** Waits until the page is there and its newest socket, the `from`-th or later, is registered. */
  async waitUntilConnected(from = 0): Promise<void> {
    const message = "REGISTER_VIEWER_ACK on the newest socket";
    const registered = () => {
      const { newest } = this.recorder;
      return newest >= from && this.#acks().some(({ socket }) => socket === newest);
    };
    await expect.poll(registered, { message, timeout: 30_000 }).toBe(true);
    await expect(this.page.locator(".root-menu")).toBeVisible();
  }

  /** Presses the button of the viewer's own alert after a drop, and waits until it has resumed. */
  async retry(): Promise<void> {
    const resumed = this.recorder.received("RESUME_SESSION_ACK").length;
    await this.page.getByRole("button", { name: "Retry" }).click();
    await this.recorder.waitForReceived("RESUME_SESSION_ACK", resumed + 1);
    await expect.poll(() => this.modals()).toEqual([]);
  }

  /** The session id as the newest REGISTER_VIEWER_ACK has it. */
  get sessionId(): number {
    return Number(this.#acks().at(-1)?.message?.["sessionId"] ?? 0);
  }

  #acks() {
    return this.recorder.received("REGISTER_VIEWER_ACK");
  }

  // Scripting

  /** Calls a function of the viewer, such as `activeFrame.setChannels`; its answer as it is. */
  async attempt(call: string, parameters: unknown[] = [], path = ""): Promise<ScriptingAnswer> {
    const dot = call.lastIndexOf(".");
    const query = new URLSearchParams({
      session: String(this.sessionId),
      target: call.slice(0, Math.max(dot, 0)),
      action: call.slice(dot + 1),
      parameters: JSON.stringify(parameters),
      returnPath: path,
    });
    const url = `${this.backend.origin}/control/scripting?${query}`;
    const answer = await fetch(url, { method: "POST" });
    if (!answer.ok) throw new Error(`${call}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as ScriptingAnswer;
  }

  /** The same, and it must work. Gives the result, or the part of it at `path`. */
  async script<T = unknown>(call: string, parameters: unknown[] = [], path = ""): Promise<T> {
    const answer = await this.attempt(call, parameters, path);
    if (!answer.success) throw new Error(`${call}: ${answer.message}`);
    return answer.response as T;
  }

  /**
   * A value in the viewer's store, such as `activeFrame.channel`; null if there is none.
   * Numbers, texts and plain objects only.
   */
  async read<T = unknown>(path: string): Promise<T> {
    return this.script<T>("valueOf", [], path);
  }

  // Images

  /** Opens an image beside those that are open; its file id. */
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
   * Shows the active image as a whole. On a busy machine the viewer may open an image before
   * its page is laid out, and then shows it as a dot.
   */
  async fit(): Promise<void> {
    const width = () => this.read<number>("activeFrame.renderWidth");
    await expect.poll(width, { timeout: 30_000 }).toBeGreaterThan(50);
    await this.script("activeFrame.fitZoom");
  }

  /** Opens an image by the menu and the file dialog, in place of all that are open. */
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

  /** Draws a vector overlay of the active image, with what is computed from Q and U. */
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

  /** Adds a region to the active image; its id. */
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
   * The regions of an image as the viewer's store has them, the cursor left out. Of one that
   * is matched to another these are its own, not those that it shows.
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

  /** The rows of the viewer's list of regions, as it shows them now, the cursor's too. */
  async regionList(): Promise<string[]> {
    await this.#tab("Region List");
    const rows = this.page.locator(".region-list-widget .row");
    return (await rows.allInnerTexts()).map((text) => text.replace(/\s+/g, " ").trim());
  }

  async #tab(title: string): Promise<void> {
    const tab = this.page.locator(".lm_tab, .flexlayout__tab_button").filter({ hasText: title });
    await tab.first().click();
  }

  // What the user sees

  /** The element that shows the active image, axes and regions. */
  get imageView(): Locator {
    // An image alone is not marked as the active one.
    const alone = ".image-view-div:not(:has(.image-panel-div.active)) .image-panel-div";
    return this.page.locator(`.image-panel-div.active, ${alone}`).first();
  }

  /** Where an image pixel of the active image is in the page. */
  async screenPoint({ x, y }: Point): Promise<Point> {
    const box = await this.imageView.locator(".raster-canvas").boundingBox();
    if (box === null) throw new Error("No image is shown");
    const bound = (side: string) => this.read<number>(`activeFrame.requiredFrameView.${side}`);
    const [xMin, xMax] = [await bound("xMin"), await bound("xMax")];
    const [yMin, yMax] = [await bound("yMin"), await bound("yMax")];
    return {
      x: box.x + ((x - xMin) / (xMax - xMin)) * box.width,
      y: box.y + ((yMax - y) / (yMax - yMin)) * box.height,
    };
  }

  /** Moves the mouse to an image pixel of the active image, so that the cursor is there. */
  async hover(point: Point): Promise<void> {
    const { x, y } = await this.screenPoint(point);
    await this.page.mouse.move(x - 3, y - 3);
    await this.page.mouse.move(x, y);
  }

  /** Waits until the active image's pixels are there: an overview comes before the rest. */
  async waitUntilDrawn(): Promise<void> {
    // Not the viewer's count of all: tiles of images that are closed stay in it.
    const missing = () =>
      this.page.evaluate(() => {
        const { activeFrame, tileService } = (globalThis as unknown as TilesOnTheirWay).app;
        const ofIt = `${activeFrame.frameInfo.fileId}_`;
        const all = [...tileService.pendingRequests].filter(([plane]) => plane.startsWith(ofIt));
        return all.reduce((sum, [, { size }]) => sum + size, 0);
      });
    await expect.poll(missing, { message: "tiles on their way", timeout: 20_000 }).toBe(0);
    const canvas = this.imageView.locator(".raster-canvas");
    const colours = () =>
      canvas.evaluate((element: HTMLCanvasElement) => {
        // The viewer copies what WebGL has drawn into a plain canvas.
        const context = element.getContext("2d");
        const pixels = context?.getImageData(0, 0, element.width, element.height).data.buffer;
        return new Set(new Uint32Array(pixels ?? new ArrayBuffer(0))).size;
      });
    const message = "colours of the image";
    await expect.poll(colours, { message, timeout: 20_000 }).toBeGreaterThan(20);
  }

  /** A screenshot of the active image with its axes and regions, when it has come to rest. */
  async picture(): Promise<Picture> {
    await this.page.mouse.move(2, 2);
    await this.waitUntilDrawn();
    return this.#atRest(async () => new Picture(await this.imageView.screenshot()));
  }

  /** The same of the whole page, without what a script has added to it. */
  async pagePicture(): Promise<Picture> {
    await this.page.mouse.move(2, 2);
    await this.waitUntilDrawn();
    const style = ":host(carta-resume-status) { display: none !important }";
    return this.#atRest(async () => new Picture(await this.page.screenshot({ style })));
  }

  async #atRest(taken: () => Promise<Picture>): Promise<Picture> {
    let last = await taken();
    await expect(async () => {
      const before = last;
      last = await taken();
      expect(last.differenceTo(before)).toBe(0);
    }).toPass({ timeout: 20_000 });
    return last;
  }

  /** The same, once other pixels are there: a channel's come later than its number. */
  async pictureAfter(before: Picture): Promise<Picture> {
    let after = before;
    await expect(async () => {
      after = await this.picture();
      expect(after.differenceTo(before)).toBeGreaterThan(0.01);
    }).toPass({ timeout: 30_000 });
    return after;
  }

  /** What lies above the page and must be answered: the texts of alerts and dialogs. */
  async modals(): Promise<string[]> {
    const alerts = this.page.locator(`${blueprint("dialog")}:visible`);
    return (await alerts.allInnerTexts()).map((text) => text.replace(/\s+/g, " ").trim());
  }

  /** Messages at the lower edge, with their colour: danger, warning, success or none. */
  async toasts(): Promise<{ text: string; intent: string }[]> {
    return this.page.locator(`${blueprint("toast")}:visible`).evaluateAll((toasts) =>
      toasts.map((toast) => ({
        text: toast.querySelector(`[class*="-toast-message"]`)?.textContent ?? "",
        intent: /-intent-(\w+)/.exec(toast.className)?.[1] ?? "none",
      })),
    );
  }

  /** Nothing of the viewer's own says that something is wrong, or keeps the user waiting. */
  async expectNoTrouble(): Promise<void> {
    // One that is just closing fades for a moment.
    await expect.poll(() => this.modals()).toEqual([]);
    const bad = (await this.toasts()).filter(({ intent }) => /danger|warning/.test(intent));
    expect(bad).toEqual([]);
    expect(this.pageErrors).toEqual([]);
  }
}
