/** What a user sees of one of the real viewers: images, dialogs and messages. */
import type { Locator } from "@playwright/test";
import { expect } from "./expect.js";
import { CartaPage } from "./carta-page.js";
import { Picture } from "./carta-picture.js";

/** What the viewers' stores know about tiles: by file, polarization and channel. */
interface TilesOnTheirWay {
  app: {
    activeFrame: { frameInfo: { fileId: number } };
    tileService: { pendingRequests: Map<string, { size: number }> };
  };
}

export type Point = { x: number; y: number };

/** A component of the viewers' widget library: 4.1.0 has its version 3, 6.0.0 version 6. */
export const blueprint = (name: string) => `:is(.bp3-${name}, .bp6-${name})`;

export class CartaInSight extends CartaPage {
  /** The element that shows the active image, axes and regions. */
  get imageView(): Locator {
    // A single image is not marked as the active one.
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

  /** Waits until the active image's pixels have arrived: an overview comes before the rest. */
  async waitUntilDrawn(): Promise<void> {
    // Not the viewer's total count, which still contains tiles of closed images.
    const missing = () =>
      this.page.evaluate(() => {
        const { activeFrame, tileService } = (globalThis as unknown as TilesOnTheirWay).app;
        const ofIt = `${activeFrame.frameInfo.fileId}_`;
        const all = [...tileService.pendingRequests].filter(([plane]) => plane.startsWith(ofIt));
        return all.reduce((sum, [, { size }]) => sum + size, 0);
      });
    await expect.poll(missing, { message: "tiles that have not arrived", timeout: 20_000 }).toBe(0);
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

  /** A screenshot of the active image with its axes and regions, once it has come to rest. */
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

  /** The same, once other pixels have arrived: a channel's pixels come later than its number. */
  async pictureAfter(before: Picture): Promise<Picture> {
    let after = before;
    await expect(async () => {
      after = await this.picture();
      expect(after.differenceTo(before)).toBeGreaterThan(0.01);
    }).toPass({ timeout: 30_000 });
    return after;
  }

  /** Presses the button in the viewer's own alert after a drop, and waits until it has resumed. */
  async retry(): Promise<void> {
    const resumed = this.recorder.received("RESUME_SESSION_ACK").length;
    await this.page.getByRole("button", { name: "Retry" }).click();
    await this.recorder.waitForReceived("RESUME_SESSION_ACK", resumed + 1);
    await expect.poll(() => this.modals()).toEqual([]);
  }

  /** What is in front of the page and must be answered: the texts of alerts and dialogs. */
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

  /** Checks that the viewer itself does not report anything wrong, or keep the user waiting. */
  async expectNoTrouble(): Promise<void> {
    // A toast that is being closed fades for a moment.
    await expect.poll(() => this.modals()).toEqual([]);
    const bad = (await this.toasts()).filter(({ intent }) => /danger|warning/.test(intent));
    expect(bad).toEqual([]);
    expect(this.pageErrors).toEqual([]);
  }
}
