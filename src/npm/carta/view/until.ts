// Waiting for something that the viewer does in its own time.

/** How long to wait at most while the page is shown, and how often to look, in milliseconds. */
const PATIENCE_MS = 3_000;
const EVERY_MS = 50;

/** Waits until it is so. In a page that nobody sees, a viewer may do nothing. */
export async function until(isSo: () => boolean): Promise<void> {
  for (let waited = 0; waited < PATIENCE_MS && !isSo();) {
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    if (!document.hidden) waited += EVERY_MS;
  }
}
