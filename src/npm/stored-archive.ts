import type { Archive, ArchivedWorkspace } from "./archive.js";
import { ResumeError } from "./errors.js";
import type { Status } from "./status.js";
import type { Vault } from "./vault.js";

/** What the archive needs of its client. */
interface ArchiveClient {
  readonly status: Status;
  readonly vault: Vault | undefined;
  readonly storedUnder: string;
  restoreKept(kept: object): Promise<"declined" | "part" | "whole">;
}

const failed = (message: string): never => {
  throw ResumeError.of("storage-failed", message);
};

const closed = () =>
  ResumeError.of("closed", "The client was closed. Make a new one to use the archive.");

const unknown = ({ status }: ArchiveClient) =>
  status.phase === "closed"
    ? closed()
    : ResumeError.of(
        "unknown-workspace",
        "The archive has no workspace of this id. It may have been deleted; list them again.",
      );

/** The archive of a client, in its vault. */
export class StoredArchive implements Archive {
  readonly #client: ArchiveClient;

  constructor(client: ArchiveClient) {
    this.#client = client;
  }

  async list(): Promise<ArchivedWorkspace[]> {
    return (await this.#client.vault?.list(this.#client.storedUnder).catch(failed)) ?? [];
  }

  async restore(id: string): Promise<boolean> {
    const { vault } = this.#client;
    const kept = await vault?.load(`${id}`).catch(failed);
    if (!vault || !kept) throw unknown(this.#client);
    const outcome = await this.#client.restoreKept(kept);
    // After a yes to a part, the rest is still wanted.
    if (outcome === "whole") await vault.remove(this.#client.storedUnder, id).catch(failed);
    return outcome !== "declined";
  }

  async delete(id: string): Promise<void> {
    const { vault, storedUnder } = this.#client;
    const removed = await vault?.remove(storedUnder, `${id}`).catch(failed);
    if (!removed) throw unknown(this.#client);
  }

  async deleteAll(): Promise<void> {
    const { vault, status } = this.#client;
    if (!vault && status.phase === "closed") throw closed();
    if (!vault && status.phase !== "active") {
      const message = "The archive is known from the first connection on. Call connect() before.";
      throw ResumeError.of("not-active", message);
    }
    await vault?.remove(this.#client.storedUnder, undefined).catch(failed);
  }
}
