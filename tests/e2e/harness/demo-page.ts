/** The demo page, used as a person uses it. */
import type { Locator, Page } from "@playwright/test";
import { expect } from "./expect.js";

export class DemoPage {
  constructor(readonly page: Page) {}

  async open(address: string): Promise<this> {
    await this.page.goto(address);
    return this;
  }

  get status(): Locator {
    return this.page.locator("#status");
  }

  get stage(): Locator {
    return this.page.locator("#stage");
  }

  get dialog(): Locator {
    return this.page.getByRole("dialog");
  }

  get regions(): Locator {
    return this.page.locator("#region-list li");
  }

  /** The archive's entries, newest first. */
  get archived(): Locator {
    return this.page.locator("#archive-list > li");
  }

  /** The archive's last message. */
  get said(): Locator {
    return this.page.locator("#archive-said");
  }

  /** Says yes to the question, whose text must state why it is asked. */
  async restore(why: string): Promise<void> {
    await expect(this.dialog).toContainText(why);
    await this.dialog.getByRole("button", { name: "Restore" }).click();
    await expect(this.dialog).toBeHidden();
    await this.waitUntilActive();
  }

  async startEmpty(): Promise<void> {
    await this.dialog.getByRole("button", { name: "Start empty" }).click();
    await expect(this.dialog).toBeHidden();
    await this.waitUntilActive();
  }

  async waitUntilActive(): Promise<void> {
    await expect(this.status).toHaveAttribute("data-phase", "active");
  }

  /** Opens a file from the list and waits for its picture. */
  async openFile(name: string): Promise<void> {
    await this.page.getByRole("button", { name, exact: true }).click();
    await expect(this.page.getByRole("tab", { name })).toHaveAttribute("aria-selected", "true");
    await expect.poll(() => this.paintedShare()).toBeGreaterThan(0.1);
  }

  /** The share of the picture's pixels that are painted. */
  paintedShare(): Promise<number> {
    return this.page.locator("#picture").evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data;
      if (pixels === undefined) return 0;
      let painted = 0;
      for (let index = 3; index < pixels.length; index += 4) painted += pixels[index] === 0 ? 0 : 1;
      return (painted * 4) / pixels.length;
    });
  }

  /** A checksum of the picture, to see whether it has changed. */
  pictureSum(): Promise<number> {
    return this.page.locator("#picture").evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data;
      let sum = 0;
      for (const [index, value] of (pixels ?? []).entries()) sum = (sum * 31 + value + index) | 0;
      return sum;
    });
  }

  tool(name: string): Locator {
    return this.page.locator("#tools label", { hasText: name });
  }

  /** A position on the stage, as fractions of its width and height. */
  async place(x: number, y: number): Promise<{ x: number; y: number }> {
    const box = await this.stage.boundingBox();
    if (box === null) throw new Error("The stage is not visible");
    return { x: box.x + x * box.width, y: box.y + y * box.height };
  }

  async drag(from: [number, number], to: [number, number]): Promise<void> {
    const [start, end] = [await this.place(...from), await this.place(...to)];
    await this.page.mouse.move(start.x, start.y);
    await this.page.mouse.down();
    await this.page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 4 });
    await this.page.mouse.move(end.x, end.y, { steps: 4 });
    await this.page.mouse.up();
  }

  async draw(
    tool: "Rectangle" | "Ellipse",
    from: [number, number],
    to: [number, number],
  ): Promise<void> {
    const count = await this.regions.count();
    await this.tool(tool).click();
    await this.drag(from, to);
    await expect(this.regions).toHaveCount(count + 1);
    await expect(this.regions.last()).toContainText(/\d/);
  }

  async drawPolygon(corners: [number, number][]): Promise<void> {
    const count = await this.regions.count();
    await this.tool("Polygon").click();
    for (const corner of [...corners, corners[0] as [number, number]]) {
      const { x, y } = await this.place(...corner);
      await this.page.mouse.click(x, y);
    }
    await expect(this.regions).toHaveCount(count + 1);
  }

  /** The statistics as the page shows them. */
  async statistics(): Promise<Record<string, string>> {
    const rows = await this.page.locator("#statistics tr").all();
    const cells = rows.map(async (row) => [
      await row.locator("th").innerText(),
      await row.locator("td").innerText(),
    ]);
    return Object.fromEntries(await Promise.all(cells)) as Record<string, string>;
  }

  async waitForStatistics(): Promise<Record<string, string>> {
    await expect(this.page.locator("#statistics")).toBeVisible();
    return this.statistics();
  }

  /** The texts of the region list. */
  regionTexts(): Promise<string[]> {
    return this.regions.allInnerTexts();
  }

  /** Waits until the backend has been told the latest shape of each region. */
  async settled(): Promise<void> {
    await expect(this.regions.filter({ hasText: "…" })).toHaveCount(0);
  }
}
