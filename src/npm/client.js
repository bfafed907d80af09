// The generated class, with one thing that it cannot do by itself.
import { ResumeClient as Generated } from "./carta_resume.js";

const dispose = Symbol.dispose ?? Symbol("dispose");

export class ResumeClient extends Generated {
  #freed = false;

  // A handler may free the client that called it. That call of the client's own
  // is still under way, so the memory is given back once it has returned.
  free() {
    if (this.#freed) return;
    this.#freed = true;
    super.close();
    queueMicrotask(() => super.free());
  }

  // Whoever cleans up twice has cleaned up.
  close() {
    if (!this.#freed) super.close();
  }

  [dispose]() {
    this.free();
  }
}
