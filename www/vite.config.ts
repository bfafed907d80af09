import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import protobuf from "protobufjs";
import { defineConfig, type Plugin } from "vite";

/** What is no message of the interface's: the package's own reading and storing. */
const NOT_SENT = new Set(["views.proto", "stored.proto"]);
const protoFolder = fileURLToPath(new URL("../proto/", import.meta.url));

/**
 * The messages of `proto/` as a JSON descriptor, so that the page needs neither
 * a protobuf parser nor generated code that would have to be kept in step.
 */
function cartaMessages(): Plugin {
  const name = "virtual:carta-messages";
  return {
    name: "carta-messages",
    resolveId: (id) => (id === name ? `\0${name}` : null),
    load(id) {
      if (id !== `\0${name}`) return null;
      const files = readdirSync(protoFolder)
        .filter((file) => file.endsWith(".proto") && !NOT_SENT.has(file))
        .map((file) => protoFolder + file);
      files.forEach((file) => this.addWatchFile(file));
      const root = new protobuf.Root().loadSync(files);
      return `export default ${JSON.stringify(root.toJSON())};`;
    },
  };
}

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  // Works under any path of any server.
  base: "./",
  plugins: [cartaMessages()],
  build: { outDir: "dist", emptyOutDir: true, target: "es2022" },
  // `carta-resume` is this repository's own package, found through the
  // `exports` of its package.json: the page imports it as any user would.
});
