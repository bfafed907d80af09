// What was set aside, for `client.archive`.
import { ResumeError } from "./errors.js";

const failed = (message) => {
  throw new ResumeError("storage-failed", message);
};

const closed = () =>
  new ResumeError("closed", "The client was closed. Make a new one to use the archive.");

const unknown = ({ status }) =>
  status.phase === "closed"
    ? closed()
    : new ResumeError(
        "unknown-workspace",
        "The archive has no workspace of this id. It may have been deleted; list them again.",
      );

export class Archive {
  #client;

  constructor(client) {
    this.#client = client;
  }

  // Before the first connection, and in memory, there is none.
  get #vault() {
    return this.#client.vault;
  }

  async list() {
    return (await this.#vault?.list(this.#client.storedUnder).catch(failed)) ?? [];
  }

  async restore(id) {
    const vault = this.#vault;
    const kept = await vault?.load(`${id}`).catch(failed);
    if (!kept) throw unknown(this.#client);
    const outcome = await this.#client.restoreKept(kept);
    // What was wanted in part is there still.
    if (outcome === "whole") await vault.remove(this.#client.storedUnder, id).catch(failed);
    return outcome !== "declined";
  }

  async delete(id) {
    const removed = await this.#vault?.remove(this.#client.storedUnder, `${id}`).catch(failed);
    if (!removed) throw unknown(this.#client);
  }

  async deleteAll() {
    const vault = this.#vault;
    const { phase } = this.#client.status;
    if (!vault && phase === "closed") throw closed();
    if (!vault && phase !== "active") {
      const message = "The archive is known from the first connection on. Call connect() before.";
      throw new ResumeError("not-active", message);
    }
    await vault?.remove(this.#client.storedUnder, undefined).catch(failed);
  }
}
