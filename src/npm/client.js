// The generated class, with what it cannot do by itself.
import { ResumeClient as Generated } from "./carta_resume.js";
import { Archive } from "./archive.js";
import { forgetStored } from "./load-storage.js";

const dispose = Symbol.dispose ?? Symbol("dispose");

export class ResumeClient extends Generated {
  #freed = false;
  archive = new Archive(this);

  // A handler may free the client that called it. That call of the client's own
  // is still under way, so the memory is given back once it has returned.
  free() {
    if (this.#freed) return;
    this.#freed = true;
    super.close();
    queueMicrotask(() => super.free());
  }

  // Whoever cleans up twice has cleaned up.
  async close(options) {
    if (this.#freed) return;
    const [address, user] = [this.storedUnder, this.user];
    try {
      await super.close();
      if (options?.forget) await forgetStored(address, user);
    } catch {
      // Storage that fails keeps nothing from ending.
    }
  }

  [dispose]() {
    this.free();
  }
}
