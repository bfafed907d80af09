import type { Archive, ArchivedWorkspace } from "./archive.js";
import type { ResumeClient as Generated } from "./carta_resume.js";
import { ResumeError } from "./errors.js";
import type { Status } from "./status.js";

/** The archive of a client, which cannot be asked any more once it is freed. */
export class StoredArchive implements Archive {
  readonly #client: { readonly status: Status };
  readonly #generated: Generated;

  constructor(client: { readonly status: Status }, generated: Generated) {
    this.#client = client;
    this.#generated = generated;
  }

  get #isClosed(): boolean {
    return this.#client.status.phase === "closed";
  }

  #check(): void {
    if (!this.#isClosed) return;
    throw ResumeError.of("closed", "The client was closed. Make a new one to use the archive.");
  }

  async list(): Promise<ArchivedWorkspace[]> {
    return this.#isClosed ? [] : this.#generated.listArchive();
  }

  async restore(id: string): Promise<boolean> {
    this.#check();
    return this.#generated.restoreFromArchive(`${id}`);
  }

  async export(id?: string): Promise<Blob> {
    this.#check();
    const file = await this.#generated.exportWorkspace(id === undefined ? id : `${id}`);
    return new Blob([file], { type: "application/octet-stream" });
  }

  async import(file: Blob | ArrayBuffer | Uint8Array<ArrayBuffer>): Promise<string> {
    this.#check();
    return this.#generated.importWorkspace(new Uint8Array(await new Response(file).arrayBuffer()));
  }

  async delete(id: string): Promise<void> {
    this.#check();
    await this.#generated.deleteFromArchive(`${id}`);
  }

  async deleteAll(): Promise<void> {
    this.#check();
    await this.#generated.deleteArchive();
  }
}
