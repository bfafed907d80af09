/** A bare viewer page with the question and the status line in it. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { transformWithOxc } from "vite";
import type { Locator, Page } from "@playwright/test";
import type {
  ArchivedWorkspace,
  OfferedCalculation,
  RemakeProgress,
  RemakeReport,
  ResumeAnswer,
  ResumeError,
  ResumeOffer,
  ResumeReport,
  Status,
} from "carta-resume";
import { inRoot } from "../paths.js";
import { openShadowRoots } from "./open-roots.js";

const ORIGIN = "http://viewer.test";
const FOLDERS: Record<string, string> = {
  ui: inRoot("src/npm/ui"),
  generated: inRoot("src/npm/generated"),
  page: inRoot("tests/e2e/harness/ui"),
};
const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};

export type Outcome = { answer: ResumeAnswer } | { withdrawn: string } | null;

interface AskOptions {
  view?: boolean;
  parts?: boolean;
  without?: { images?: number[]; catalogs?: number[] };
  texts?: Record<string, unknown>;
  /** The button for other saved work. */
  savedWork?: ArchivedWorkspace[];
}

interface Lab {
  keys: string[];
  retries: number;
  stops: number;
  ask(offer: ResumeOffer, options?: AskOptions): number;
  outcome(number: number): Outcome;
  withdraw(number: number, why: string): void;
  change(number: number, change: Partial<ResumeOffer>): void;
  line(options?: {
    texts?: Record<string, unknown>;
    unmodified?: boolean;
    savedWork?: ArchivedWorkspace[];
  }): void;
  did: string[];
  savedWork(entries: ArchivedWorkspace[]): Promise<void>;
  opened: Promise<void>;
  broughtBack: number;
  archived(isPart: boolean): void;
  status: {
    show(status: Status): void;
    rebuilding(
      done: number,
      all: number,
      problems?: string[],
      regions?: { done: number; all: number },
    ): void;
    report(report: Partial<ResumeReport>, offer?: ResumeOffer): void;
    remaking(progress: RemakeProgress): void;
    remade(report: RemakeReport): void;
    gaveUp(offer: ResumeOffer): void;
    error(error: Pick<ResumeError, "code" | "message" | "frames">): void;
    hint(): void;
    remove(): void;
  };
}
declare global {
  interface Window {
    ui: Lab;
  }
}

/** A file as the page gets it: TypeScript is stripped of its types. */
async function contentOf(path: string): Promise<Buffer | string> {
  const source = path.replace(/\.js$/, ".ts");
  if (source === path || !existsSync(source)) return readFile(path);
  return (await transformWithOxc(await readFile(source, "utf8"), source)).code;
}

export class UiPage {
  constructor(readonly page: Page) {}

  /** `csp`: the page's Content-Security-Policy. `closed`: shadow roots stay closed. */
  async open({ csp = "", closed = false } = {}): Promise<this> {
    if (!closed) await openShadowRoots(this.page);
    await this.page.route(`${ORIGIN}/**`, async (route) => {
      const path = new URL(route.request().url()).pathname;
      const [, folder = "", file = ""] = (path === "/" ? "/page/index.html" : path).split("/");
      const place = FOLDERS[folder];
      if (place === undefined) return route.fulfill({ status: 404 });
      await route.fulfill({
        body: await contentOf(`${place}/${file}`),
        contentType: TYPES[extname(file)] ?? "application/octet-stream",
        headers: csp === "" ? {} : { "content-security-policy": csp },
      });
    });
    await this.page.goto(`${ORIGIN}/`);
    await this.page.waitForFunction(() => "ui" in window);
    return this;
  }

  ask(offer: ResumeOffer, options?: AskOptions): Promise<number> {
    return this.page.evaluate(([offer, options]) => window.ui.ask(offer, options), [
      offer,
      options,
    ] as const);
  }

  outcome(number = 0): Promise<Outcome> {
    return this.page.evaluate((number) => window.ui.outcome(number), number);
  }

  change(number: number, change: Partial<ResumeOffer>): Promise<void> {
    return this.page.evaluate(([number, change]) => window.ui.change(number, change), [
      number,
      change,
    ] as const);
  }

  withdraw(number: number, why: string): Promise<void> {
    return this.page.evaluate(([number, why]) => window.ui.withdraw(number, why), [
      number,
      why,
    ] as const);
  }

  get dialog(): Locator {
    return this.page.getByRole("dialog");
  }

  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** The id or text of what has the focus, inside shadow roots too. */
  focused(): Promise<string> {
    return this.page.evaluate(() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      return (
        element?.id || (element as HTMLInputElement | null)?.value || element?.textContent || ""
      );
    });
  }

  get line(): Locator {
    return this.page.locator("carta-resume-status .line");
  }

  /** What a screen reader would be told. */
  get spoken(): Locator {
    return this.page.locator("carta-resume-status [role=status]");
  }

  show(phase: Status["phase"], more: Partial<Status> = {}): Promise<void> {
    const status = { ...QUIET, phase, ...more };
    return this.page.evaluate((status) => window.ui.status.show(status), status);
  }
}

const QUIET: Status = {
  phase: "idle",
  attempt: 0,
  retryInMs: null,
  sessionId: 7,
  sessionType: "resumed",
  latencyMs: null,
  silentSince: null,
  error: null,
};

/** An image that is offered. */
export const image = (fileId: number, file: string, more = {}): ResumeOffer["images"][number] => ({
  fileId,
  directory: "ngc1333",
  file,
  hdu: "",
  channel: 0,
  stokes: 0,
  regionCount: 0,
  hasContours: false,
  ...more,
});

/** An image that was computed from another. */
export const calculation = (
  id: number,
  kind: OfferedCalculation["kind"],
  file: string,
  fileId?: number,
): OfferedCalculation => ({
  ...{ id, kind, fileId: 0, file },
  images: fileId === undefined ? [] : [{ fileId, name: `${file}.${kind}` }],
});

/** Two images and a catalog, saved five minutes ago. */
export function offerOf(more: Partial<ResumeOffer> = {}): ResumeOffer {
  return {
    reason: "connection-lost",
    sessionId: 7,
    sessionType: "resumed",
    backendMessage: "",
    savedAt: Date.now() - 5 * 60_000 - 1_000,
    images: [
      image(0, "12CO_cube.fits", { hdu: "0", channel: 112, regionCount: 3, hasContours: true }),
      image(2, "polarisation.fits", { directory: "", hdu: "1", stokes: 14, regionCount: 1 }),
    ],
    catalogs: [{ fileId: 0, directory: "catalogs", name: "sources.xml" }],
    suspected: { images: [], catalogs: [] },
    canRemake: [],
    hasView: false,
    stillRestoring: { images: 0, regions: 0, catalogs: 0 },
    cannotRestore: [],
    ...more,
  };
}

/** Saved work of two images and a catalog. */
export function savedOf(id: string, more: Partial<ArchivedWorkspace> = {}): ArchivedWorkspace {
  const { images, catalogs, savedAt } = offerOf();
  return {
    id,
    address: "wss://carta.example.org/socket",
    why: "declined",
    archivedAt: savedAt,
    savedAt,
    bytes: 0,
    images,
    catalogs,
    ...more,
  };
}

/** A report of a restore after a lost connection, with nothing missing. */
export function reportOf(more: Partial<ResumeReport> = {}): ResumeReport {
  return {
    reason: "connection-lost",
    state: null,
    success: true,
    message: "",
    images: [],
    failedImages: [],
    lostImages: [],
    remaking: [],
    failedRegions: [],
    regionCount: 0,
    changedImages: [],
    catalogs: [],
    durationMs: 0,
    bytesSent: 0,
    ...more,
  };
}
