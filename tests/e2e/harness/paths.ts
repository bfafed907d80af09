import { fileURLToPath } from "node:url";
import { join } from "node:path";

export const root = fileURLToPath(new URL("../../..", import.meta.url));
export const inRoot = (...parts: string[]) => join(root, ...parts);
/** FITS images that the tests open. */
export const fixtures = inRoot("tests/fixtures");
