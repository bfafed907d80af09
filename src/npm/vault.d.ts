import type { ArchivedWorkspace } from "./archive.js";

export interface Vault {
  list(address: string): Promise<ArchivedWorkspace[]>;
  load(id: string): Promise<object | undefined>;
  remove(address: string, id: string | undefined): Promise<boolean>;
}
