// How much `npm run bench:socket` measures, and its figures beside their targets.
import { say } from "./process.mjs";

export const ROUNDS = 48;
export const PER_SECOND = 60;
export const SEGMENT_SECONDS = 10;
export const SEGMENTS = 6;
export const STARTS = 24;
/**
 * Bytes of heap per frame that do not count as growth: anything kept of each frame would take more.
 */
const FLAT = 32;

/** The ways to start, with the page of each, and the same page without the package. */
export const WAYS = {
  none: { page: "bench/start.html" },
  bare: { page: "bundled/without.html" },
  bundled: { title: "imported and bundled", page: "bundled/with.html", beside: "bare" },
  install: { title: "the one script", page: "bench/start.html?with=install", beside: "none" },
  modules: {
    title: "modules without a bundler",
    page: "bench/start.html?with=modules",
    beside: "none",
  },
};

const quantile = (numbers, q) =>
  [...numbers].sort((a, b) => a - b)[Math.max(0, Math.ceil(q * numbers.length) - 1)] ?? 0;
export const median = (numbers) => quantile(numbers, 0.5);
const mean = (numbers) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

const number = (value, digits) =>
  value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const signed = (value, digits) => `${value < 0 ? "" : "+"}${number(value, digits)}`;
const verdict = (met) => (met ? "met" : "MISSED");

function print(rows) {
  const widths = [38, 14, 14, 13, 13, 13, 9];
  for (const row of rows) {
    say(
      row.map((cell, n) => (n === 0 ? cell.padEnd(widths[n]) : cell.padStart(widths[n]))).join(""),
    );
  }
}

export function reportIncoming(found, before, after, copies) {
  say(
    `\nIncoming RASTER_TILE_DATA over loopback, ${ROUNDS} measurements of each in turn, medians:\n`,
  );
  const rate = ({ size, count }, ms) => `${number((size * count) / ms / 1000, 0)} MB/s`;
  const each = ({ count }, ms) => `${number((ms * 1000) / count, 2)} µs`;
  print([
    ["", "native", "ours", "difference", "by chance", "(target)", ""],
    ...found.flatMap((one) => {
      const { ours, later, again } = one;
      const small = one.size < 1000;
      const show = small ? each : rate;
      return [
        [
          `${one.count.toLocaleString("en")} frames of ${one.title}`,
          show(one, median(one.ms.native)),
          show(one, median(one.ms.ours)),
          ...[ours, again].map(({ extra, ratio }) =>
            small ? `${signed(extra, 2)} µs` : `× ${number(ratio, 3)}`,
          ),
          ...(small
            ? ["(≤ 2 µs)", verdict(ours.extra <= 2)]
            : ["(≥ 0.97)", verdict(ours.ratio >= 0.97)]),
        ],
        [
          "  after a reconnection",
          "",
          show(one, median(one.ms.later)),
          small ? `${signed(later.extra, 2)} µs` : `× ${number(later.ratio, 3)}`,
          "",
          ...(small
            ? ["(≤ 2 µs)", verdict(later.extra <= 2)]
            : ["(≥ 0.97)", verdict(later.ratio >= 0.97)]),
        ],
        [
          "  main thread's CPU per frame",
          each(one, median(one.cpu.native)),
          each(one, median(one.cpu.ours)),
          ...[ours, again].map(({ cpuExtra }) => `${signed(cpuExtra, 2)} µs`),
        ],
        [
          "  after a reconnection",
          "",
          each(one, median(one.cpu.later)),
          `${signed(later.cpuExtra, 2)} µs`,
        ],
      ];
    }),
  ]);
  const grown = after.sizes.reduce((sum, size, n) => sum + size - (before.sizes[n] ?? 0), 0);
  print([
    ["WebAssembly memory has grown by", "", `${grown} B`, "", "", "(0)", verdict(grown === 0)],
    [
      "copied into it, per frame of 4 MB",
      "",
      `${number(copies, 0)} B`,
      "",
      "",
      "(no payload)",
      verdict(copies < 100),
    ],
  ]);
}

export function reportOutgoing({ times, own, heaps, task }) {
  const row = (title, of, target, { native, ours } = times) => [
    title,
    `${number(of(native), 1)} µs`,
    `${number(of(ours), 1)} µs`,
    `${signed(of(ours) - of(native), 1)} µs`,
    "",
    target === undefined ? "" : `(≤ ${target} µs)`,
    target === undefined ? "" : verdict(of(ours) - of(native) <= target),
  ];
  // Of each call by itself: interruptions happen in the browser's part.
  const rest = (name) => times[name].map((took, n) => took - own[name][n]);
  const packages = { native: rest("native"), ours: rest("ours") };
  const p99 = (numbers) => quantile(numbers, 0.99);
  const kB = (bytes) => `${number(bytes / 1000, 0)} kB`;
  // Starting with the first turn: by then, what the code itself takes is there.
  const drift = heaps.at(-1) - heaps[1];
  const perFrame = drift / (times.ours.length * (1 - 1 / SEGMENTS));
  say(
    `\nOutgoing SET_REGION of 1,000 vertices, ${PER_SECOND} a second, each class for a minute in` +
      ` turns of ${SEGMENT_SECONDS} s:\n`,
  );
  print([
    ["", "native", "ours", "difference", "", "(target)", ""],
    row("in send(), median", median, 50),
    row("in send(), mean", mean, 50),
    row("  of that in the browser's own, median", median, undefined, own),
    row("  of that in the package, median", median, 50, packages),
    row("  of that in the package, mean", mean, 50, packages),
    row("in send(), p99", p99),
    [
      "main thread's CPU per frame, in all",
      `${number(task.native, 0)} µs`,
      `${number(task.ours, 0)} µs`,
      `${signed(task.ours - task.native, 0)} µs`,
    ],
    [
      "heap after collection, growth per frame",
      "",
      `${signed(perFrame, 0)} B`,
      "",
      "",
      `(≤ ${FLAT} B)`,
      verdict(perFrame <= FLAT),
    ],
  ]);
  say(`  heap after each turn: ${heaps.map(kB).join(", ")}`);
}

export function reportStarts(found) {
  say(`\nFrom the page's first script, ${STARTS} pages of each in turn, medians:\n`);
  const row = (way, key, what) => {
    const { title, beside } = WAYS[way];
    const [equipped, without] = [way, beside].map((page) => median(found[page][key]));
    return [
      `${title}: ${what}`,
      `${number(without, 1)} ms`,
      `${number(equipped, 1)} ms`,
      `${signed(equipped - without, 1)} ms`,
      "",
      "(≤ 30 ms)",
      verdict(equipped - without <= 30),
    ];
  };
  print([
    ["", "without", "with", "difference", "", "(target)", ""],
    ...Object.keys(WAYS)
      .filter((way) => WAYS[way].beside)
      .flatMap((way) => [row(way, "constructed", "made"), row(way, "registered", "registered")]),
  ]);
}
