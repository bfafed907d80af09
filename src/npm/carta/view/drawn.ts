// When the viewer has drawn what it was given.

/** At the longest, in milliseconds. */
const PATIENCE_MS = 1_000;

/** Two frames later, or after a while in a page that is not shown. */
export const drawn = (): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, PATIENCE_MS);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    requestAnimationFrame(() => requestAnimationFrame(done));
  });
