// `npm run docs`: the documents and the API reference as a site, in target/docs.
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { root, target } from "./lib/paths.mjs";
import { main, run, say } from "./lib/process.mjs";
import { nodePackages } from "./lib/node.mjs";

const tool = join(root, "scripts/packages/docs");
/** Where TypeDoc finds the documents, in the same folders as in the repository. */
const copies = join(target, "documents");

const readme = readFileSync(join(root, "README.md"), "utf8");

/** The README, which is the first page, and the documents that its last section lists. */
const documents = new Set([
  "README.md",
  ...Array.from(
    readme.slice(readme.indexOf("\n## Documents")).matchAll(/\]\(([\w/-]+\.md)\)/g),
    ([, file]) => file,
  ),
]);

/**
 * A document as it is on the site: with a title for the menu, and without links to sources, which
 * the site does not have.
 */
function forSite(file) {
  const text = readFileSync(join(root, file), "utf8");
  const [, title] = /^# (.+)$/m.exec(text);
  const linked = text.replaceAll(
    /(!?)\[([^\]]+)\]\(([^)\s]+)\)/g,
    (link, image, words, address) => {
      const [path] = address.split("#");
      const here = path === "" || /^[a-z]+:/.test(path);
      const to = normalize(join(dirname(file), path));
      if (image) copy(to);
      return here || image || documents.has(to) ? link : words;
    },
  );
  return `---\ntitle: ${title}\n---\n\n${linked}`;
}

function copy(file) {
  mkdirSync(dirname(join(copies, file)), { recursive: true });
  copyFileSync(join(root, file), join(copies, file));
}

await main(async () => {
  await nodePackages();
  rmSync(copies, { recursive: true, force: true });
  for (const file of documents) {
    mkdirSync(dirname(join(copies, file)), { recursive: true });
    writeFileSync(join(copies, file), forSite(file));
  }
  const [first, ...others] = Array.from(documents, (file) => join(copies, file));
  const out = join(target, "docs");
  const typedoc = join(tool, "node_modules/typedoc/bin/typedoc");
  const given = others.flatMap((file) => ["--projectDocuments", file]);
  const options = ["--options", join(tool, "typedoc.json"), "--readme", first, ...given];
  await run(process.execPath, [typedoc, ...options, "--out", out]);
  if (!existsSync(join(out, "index.html"))) throw new Error("TypeDoc made no site");
  say(`The site: ${join(out, "index.html")}`);
});
