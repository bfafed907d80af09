// The generated class, with what it cannot do by itself.
import { ResumeClient as Generated } from "./carta_resume.js";
import { Archive } from "./archive.js";
import { forgetStored } from "./load-storage.js";

// Clients at work. A page that keeps nothing but its handlers would lose the
// connection as soon as the browser collects garbage.
const working = new Set();

const dispose = Symbol.dispose ?? Symbol("dispose");

export class ResumeClient extends Generated {
  #freed = false;
  archive = new Archive(this);

  connect() {
    if (!this.#freed && this.status.phase !== "closed") working.add(this);
    return super.connect();
  }

  // A handler may free the client that called it. That call of the client's own
  // is still under way, so the memory is given back once it has returned.
  free() {
    if (this.#freed) return;
    this.#freed = true;
    working.delete(this);
    super.close();
    queueMicrotask(() => super.free());
  }

  // Whoever cleans up twice has cleaned up.
  async close(options) {
    if (this.#freed) return;
    working.delete(this);
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
