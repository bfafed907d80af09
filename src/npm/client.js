// The generated class, with what it cannot do by itself.
import { Archive } from "./archive.js";
import { forgetStored } from "./load-storage.js";

// Clients at work. A page that keeps nothing but its handlers would lose the
// connection as soon as the browser collects garbage.
const working = new Set();

const dispose = Symbol.dispose ?? Symbol("dispose");

/** Each WebAssembly module has a generated class of its own. */
export const clientOf = (Generated) =>
  class ResumeClient extends Generated {
    #freed = false;
    #last;
    archive = new Archive(this);

    // The same after `free()`.
    get status() {
      return this.#last ?? super.status;
    }

    get vault() {
      return this.#freed ? undefined : super.vault;
    }

    connect() {
      this.#keepWorking();
      return super.connect();
    }

    takeOver(...socket) {
      super.takeOver(...socket);
      this.#keepWorking();
    }

    #keepWorking() {
      if (!this.#freed && this.status.phase !== "closed") working.add(this);
    }

    // A handler may free the client that called it. That call of the client's own
    // is still under way, so the memory is given back once it has returned.
    free() {
      if (this.#freed) return;
      this.#freed = true;
      working.delete(this);
      super.close();
      this.#last = super.status;
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
  };
