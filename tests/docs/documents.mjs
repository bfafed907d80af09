// The repository's documents, taken apart: code blocks, links, headings, commands.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/lib/paths.mjs";

/** Every Markdown file of the repository, as `{ file, text }`. */
export const documents = execFileSync(
  "git",
  ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
  { cwd: root, encoding: "utf8" },
)
  .trim()
  .split("\n")
  .map((file) => ({ file, text: readFileSync(join(root, file), "utf8").replaceAll("\r\n", "\n") }));

const FENCE = /^( *)```(\w*)\n([^]*?)^ *```$/gm;

/** The code blocks of a document: language, text, and the line that they start on. */
const blocksOf = ({ file, text }) =>
  [...text.matchAll(FENCE)].map(({ 1: indent, 2: language, 3: body, index }) => ({
    file,
    language,
    text: body.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    line: text.slice(0, index).split("\n").length,
  }));

export const blocks = documents.flatMap(blocksOf);

/** The one block of `file` that contains `part`. */
export function block(file, part) {
  const found = blocks.filter((each) => each.file === file && each.text.includes(part));
  if (found.length !== 1) throw new Error(`${file} has ${found.length} blocks with ${part}`);
  return found[0];
}

/** A document without its code blocks and comments. */
const prose = ({ text }) => text.replaceAll(FENCE, "").replaceAll(/<!--[^]*?-->/g, "");

/** Inline code in the text. */
export const inlineCode = (document) =>
  [...prose(document).matchAll(/`([^`\n]+)`/g)].map(([, code]) => code);

/** The targets of links and images. */
export const links = (document) =>
  [
    ...prose(document)
      .replaceAll(/`[^`\n]*`/g, "code")
      .matchAll(/\]\(([^)\s]+)\)/g),
  ].map(([, target]) => target);

/** The anchors that a link can have after its `#`, as GitHub makes them. */
export function anchors(document) {
  const seen = new Map();
  return [...document.text.replaceAll(FENCE, "").matchAll(/^#+ (.+)$/gm)].map(([, heading]) => {
    const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const name = plain.replaceAll(/[^\p{L}\p{N}_ -]/gu, "").replaceAll(" ", "-");
    const times = seen.get(name) ?? 0;
    seen.set(name, times + 1);
    return times === 0 ? name : `${name}-${times}`;
  });
}
