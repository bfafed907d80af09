/** Assembles the page. */
import "./style.css";
import type { Phase, RemakeReport, ResumeAnswer, ResumeOffer, ResumeReport } from "carta-resume";
import { ArchivePanel } from "./archive-panel.js";
import { backendAddress, type BackendAddress } from "./address.js";
import { Connection } from "./connection.js";
import { byId, setText } from "./dom.js";
import { offerFaults } from "./faults.js";
import { FilesPanel } from "./files-panel.js";
import { offerForget } from "./forget.js";
import { ImageBar } from "./image-bar.js";
import { keepView, recallView } from "./last-view.js";
import { LookSettings } from "./look.js";
import { endNotice, inWords, log, notice, remadeInWords, watchLog } from "./messages-panel.js";
import { receive } from "./receive.js";
import { RegionLayer, type Tool } from "./region-layer.js";
import { RegionsPanel } from "./regions-panel.js";
import { askToResume } from "./resume-dialog.js";
import { Stage } from "./stage.js";
import { StatusLine } from "./status-line.js";
import { Viewer } from "./viewer.js";
import { inText } from "./words.js";

function start(address: BackendAddress): void {
  const connection = new Connection(address.url, confirmResume);
  const { client } = connection;

  let drawing = 0;
  const changed = () => {
    drawing ||= requestAnimationFrame(() => {
      drawing = 0;
      render();
    });
  };
  const viewer = new Viewer(connection, changed, log);
  const looks = new LookSettings();
  const element = byId("stage", HTMLElement);
  const stage = new Stage(
    element,
    byId("picture", HTMLCanvasElement),
    byId("readout", HTMLElement),
    viewer,
    looks,
  );
  const svgLayer = document.querySelector<SVGSVGElement>("#regions");
  if (svgLayer === null) throw new Error("The page has no #regions");
  const layer = new RegionLayer(svgLayer, stage, viewer, showTool);
  const files = new FilesPanel(connection, viewer);
  const images = new ImageBar(viewer, looks);
  const regions = new RegionsPanel(viewer, looks, (region) => layer.focus(region));
  const archive = new ArchivePanel(client.archive, log, element);
  const status = new StatusLine(
    byId("status", HTMLElement),
    address.shown,
    () => client.retryNow(),
    () => client.stopRemaking(),
  );

  function render(): void {
    byId("empty", HTMLElement).hidden = viewer.active !== null;
    byId("tools", HTMLFieldSetElement).disabled = viewer.active === null;
    images.render();
    stage.render();
    layer.render();
    regions.render();
  }

  async function confirmResume(offer: ResumeOffer, signal: AbortSignal): Promise<ResumeAnswer> {
    endNotice();
    lost = offer.cannotRestore;
    const answer = await askToResume(offer, signal, viewer.images.length > 0);
    // When the question came from the archive while connected, what is open stays open.
    if (answer === false && client.status.phase !== "active") {
      viewer.clear();
      log("info", "The work was not restored.");
    }
    return answer;
  }

  /** As listed in the question. */
  let lost: ResumeOffer["cannotRestore"] = [];
  let reported = "";

  function resumed(report: ResumeReport): void {
    // Images that are made again arrive in answers from the backend.
    const again = report.remaking.flatMap(({ images }) => images.map(({ fileId }) => fileId));
    const isGone = (fileId: number) =>
      report.lostImages.includes(fileId) && !again.includes(fileId);
    const gone = lost.filter(({ fileId }) => isGone(fileId)).map(({ name }) => name);
    viewer.forget(report.lostImages);
    if (report.state) {
      viewer.rebuild(report.state);
      const { images } = viewer;
      const recalled = report.reason === "page-reloaded" ? recallView(images) : undefined;
      const front = recalled ?? images.find(({ lost }) => !lost) ?? images[0];
      if (front !== undefined) viewer.show(front);
    }
    for (const image of viewer.images) {
      image.lost = report.failedImages.includes(image.fileId);
      for (const region of image.regions) {
        region.lost = region.id !== null && report.failedRegions.includes(region.id);
      }
    }
    reported = inWords(report, viewer.images, gone);
    notice(reported);
    log(report.success && gone.length === 0 ? "info" : "warning", reported);
    void archive.refresh();
    changed();
  }

  function remade(report: RemakeReport): void {
    status.remaking(null);
    notice(`${reported} ${remadeInWords(report)}`);
    log(report.notMade.length === 0 ? "info" : "warning", remadeInWords(report));
  }

  chooseTools(layer);
  byId("zoom-in", HTMLButtonElement).addEventListener("click", () => stage.zoom(1.4));
  byId("zoom-out", HTMLButtonElement).addEventListener("click", () => stage.zoom(1 / 1.4));
  byId("zoom-fit", HTMLButtonElement).addEventListener("click", () => stage.fit());
  watchLog();

  client.on("status", (now) => {
    status.show(now);
    setText(byId("resume-status", HTMLElement), GONE.has(now.phase) ? AWAY : "");
    if (now.phase === "active") void archive.refresh();
    else status.remaking(null);
  });
  client.on("frame", (frame) => receive(viewer, frame));
  client.on("resumed", resumed);
  client.on("remaking", (progress) => status.remaking(progress));
  client.on("remade", remade);
  client.on("error", (error) => log("error", error.message));
  status.show(client.status);
  changed();

  client.connect().then(
    () => void files.load(),
    (error: unknown) => log("error", inText(error)),
  );
  keepView(viewer);
  offerForget(client, viewer);
  void offerFaults(address.control, (text) => log("warning", text));
}

const GONE = new Set<Phase>(["waiting", "connecting", "registering"]);
const AWAY =
  "The connection is gone. You can answer now; your answer counts as soon as it is back.";

function chooseTools(layer: RegionLayer): void {
  for (const input of document.querySelectorAll<HTMLInputElement>("#tools input")) {
    input.addEventListener("change", () => (layer.tool = input.value as Tool));
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") byId("stage", HTMLElement).focus();
    });
  }
}

function showTool(tool: Tool): void {
  for (const input of document.querySelectorAll<HTMLInputElement>("#tools input")) {
    input.checked = input.value === tool;
  }
  setText(byId("hint", HTMLElement), HINTS[tool]);
}

const HINTS: Record<Tool, string> = {
  select: "Drag to pan, wheel to zoom. On a region: arrows move, [ ] resize, Delete deletes.",
  point: "Click on the image, or press Enter on it to set a point in its middle.",
  rectangle: "Drag on the image, or press Enter on it for one in its middle.",
  ellipse: "Drag on the image, or press Enter on it for one in its middle.",
  polygon: "Click the corners; the first one, a double click or Enter finishes.",
};

try {
  start(backendAddress(location));
} catch (error) {
  const text = inText(error);
  setText(byId("status", HTMLElement), text);
  byId("status", HTMLElement).dataset["phase"] = "failed";
  log("error", text);
}
