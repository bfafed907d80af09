// The middle of the page's upper edge: a place where nothing has to lie over the viewer.

/** In pixels. */
const DEPTH = 4;
const HALF_WIDTH = 120;
/** A pointer that is on its way to the browser's own buttons does not rest there. */
const REST_MS = 500;

/** Calls `rests` when the pointer has rested there. */
export function atUpperEdge(rests: () => void, signal: AbortSignal): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const leave = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  const move = ({ clientX, clientY, buttons }: PointerEvent) => {
    const isThere = clientY <= DEPTH && Math.abs(clientX - innerWidth / 2) <= HALF_WIDTH;
    if (!isThere || buttons !== 0) leave();
    else timer ??= setTimeout(rests, REST_MS);
  };
  const options = { signal, passive: true, capture: true };
  addEventListener("pointermove", move, options);
  document.documentElement.addEventListener("pointerleave", leave, { signal });
  signal.addEventListener("abort", leave);
}
