/** The connection in one line, which is always visible. */
import type { RemakeProgress, Status } from "carta-resume";
import { h, setText } from "./dom.js";
import { calculation } from "./words.js";

export class StatusLine {
  readonly #text = h("span", { className: "status-text" });
  readonly #detail = h("span", { className: "status-detail" });
  readonly #retry = h("button", { type: "button", className: "small" }, "Try now");
  readonly #stop = h("button", { type: "button", className: "small", hidden: true }, "Stop");
  /** What a screen reader announces: each phase once, and no countdown. */
  readonly #spoken = h("span", { className: "visually-hidden", role: "status" });
  #status: Status | null = null;
  #remaking: RemakeProgress | null = null;
  #receivedAt = 0;
  #wasActive = false;
  /** Nothing was lost since the connection last worked. */
  #unbroken = false;

  constructor(
    readonly element: HTMLElement,
    readonly backend: string,
    retryNow: () => void,
    stopRemaking: () => void,
  ) {
    this.#retry.addEventListener("click", retryNow);
    this.#stop.addEventListener("click", stopRemaking);
    element.append(this.#text, this.#detail, this.#retry, this.#stop, this.#spoken);
    setInterval(() => this.#render(), 250);
  }

  show(status: Status): void {
    this.#status = status;
    this.#receivedAt = performance.now();
    this.#wasActive ||= status.phase === "active";
    if (status.phase === "active") this.#unbroken = true;
    else if (status.phase === "waiting" || status.phase === "connecting") this.#unbroken = false;
    this.element.dataset["phase"] = status.phase;
    setText(this.#spoken, this.#sentence(status));
    this.#render();
  }

  /** What is being made again, and how far it is; `null` when it has ended. */
  remaking(progress: RemakeProgress | null): void {
    this.#remaking = progress;
    if (this.#status !== null) setText(this.#spoken, this.#sentence(this.#status));
    this.#render();
  }

  #render(): void {
    const status = this.#status;
    if (status === null) return;
    this.#stop.hidden = status.phase !== "active" || this.#remaking === null;
    setText(this.#text, this.#sentence(status) + this.#countdown(status) + silence(status));
    setText(this.#detail, this.#details(status));
    this.#retry.hidden = status.phase !== "waiting" && status.phase !== "failed";
  }

  #sentence(status: Status): string {
    switch (status.phase) {
      case "idle":
        return "Not connected.";
      case "connecting":
        return this.#wasActive ? "Reconnecting …" : `Connecting to ${this.backend} …`;
      case "registering":
        return "Registering …";
      case "confirming":
        return `${this.#wasActive && !this.#unbroken ? "Reconnected. " : ""}Waiting for your answer.`;
      case "resuming":
        return "Restoring your work …";
      case "active":
        return this.#remaking === null
          ? "Connected."
          : `Making ${calculation(this.#remaking.calculation)} again …`;
      case "waiting":
        return this.#wasActive ? "Connection lost." : `Cannot reach ${this.backend}.`;
      case "failed":
        return `Not connected. ${status.error?.message ?? ""}`;
      case "closed":
        return status.error?.message ?? "Closed.";
    }
  }

  #countdown({ phase, retryInMs }: Status): string {
    if (phase !== "waiting" || retryInMs === null) return "";
    const left = retryInMs - (performance.now() - this.#receivedAt);
    return ` Trying again in ${Math.max(Math.ceil(left / 1000), 0)} s.`;
  }

  #details({ phase, attempt, latencyMs, sessionId }: Status): string {
    const parts: string[] = [];
    if (phase === "active" && this.#remaking !== null)
      return `${Math.floor(this.#remaking.progress * 100)} %`;
    const tries = phase === "connecting" || phase === "registering" || phase === "waiting";
    if (tries && attempt > 0) parts.push(`attempt ${attempt}`);
    if (phase === "active" && latencyMs !== null) parts.push(`${Math.round(latencyMs)} ms`);
    if (phase === "active" && sessionId !== 0) parts.push(`session ${sessionId}`);
    return parts.join(" · ");
  }
}

function silence({ silentSince }: Status): string {
  const seconds = silentSince === null ? 0 : Math.floor((Date.now() - silentSince) / 1000);
  return seconds > 0 ? ` The backend has not answered for ${seconds} s.` : "";
}
