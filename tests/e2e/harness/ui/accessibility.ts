/** What can be checked automatically about the accessibility of what is shown. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Locator, Page } from "@playwright/test";
import type { AxeResults } from "axe-core";

const source = await readFile(
  createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
  "utf8",
);

/**
 * What axe-core finds wrong within `selector`, or cannot decide, and the rules that found something
 * to check and are met. It cannot decide about contrast in a top layer.
 */
export async function accessibility(
  page: Page,
  selector: string,
): Promise<{ problems: string[]; kept: string[] }> {
  // As a debugger does it, because a page's policy may forbid further scripts.
  await page.evaluate(source);
  const { violations, incomplete, passes } = await page.evaluate(
    (selector) =>
      (window as unknown as { axe: { run(where: string): Promise<AxeResults> } }).axe.run(selector),
    selector,
  );
  const open = incomplete.filter(({ id }) => id !== "color-contrast");
  return {
    problems: [...violations, ...open].flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    ),
    kept: passes.map(({ id }) => id),
  };
}

/** The lowest contrast between a text and what is behind it, by WCAG's formula, and its text. */
export function leastContrast(within: Locator): Promise<{ ratio: number; text: string }> {
  return within.evaluate((root) => {
    type Colour = [number, number, number, number];
    const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const colour = (css: string): Colour => {
      if (context === null) throw new Error("no canvas");
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = css;
      context.fillRect(0, 0, 1, 1);
      return [...context.getImageData(0, 0, 1, 1).data] as Colour;
    };
    const luminance = (rgb: Colour) => {
      const [r, g, b] = rgb.slice(0, 3).map((value) => {
        const share = value / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      }) as [number, number, number];
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element: Element): Colour => {
      const own = colour(getComputedStyle(element).backgroundColor);
      if (own[3] === 255) return own;
      if (element === root || element.parentElement === null) throw new Error("see-through");
      return behind(element.parentElement);
    };
    let least = { ratio: Infinity, text: "" };
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
      const element = text.parentElement;
      if (!element?.checkVisibility() || element.matches(":disabled")) continue;
      const [one, other] = [
        luminance(colour(getComputedStyle(element).color)),
        luminance(behind(element)),
      ];
      const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      if (ratio < least.ratio) least = { ratio, text: text.textContent ?? "" };
    }
    return least;
  });
}
