// What the documents say, as far as it can be checked without building anything: links,
// commands, and the types of the examples.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { bin } from "../../scripts/lib/node.mjs";
import { root, target } from "../../scripts/lib/paths.mjs";
import { anchors, block, blocks, documents, inlineCode, links } from "./documents.mjs";

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const read = (file) => readFileSync(join(root, file), "utf8");

test("every link leads somewhere", () => {
  const broken = documents.flatMap((document) =>
    links(document)
      .filter((link) => !resolves(document, link))
      .map((link) => `${document.file}: ${link}`),
  );
  assert.deepEqual(broken, []);
});

function resolves(document, link) {
  if (/^[a-z]+:/.test(link)) return URL.canParse(link) && link.startsWith("https://");
  const [path, anchor] = link.split("#");
  const file = path === "" ? document.file : normalize(join(dirname(document.file), path));
  if (file.startsWith("..") || !existsSync(join(root, file))) return false;
  if (anchor === undefined) return true;
  const other = documents.find((each) => each.file === file);
  return other !== undefined && anchors(other).includes(anchor);
}

/** A file that a user has in `node_modules`, at its place here. */
const inPackage = (file) => file.replace(/^node_modules\/carta-resume\//, "");

/** All commands: the lines of shell blocks, and inline code that looks like a command. */
const commands = documents.flatMap((document) => [
  ...blocks
    .filter(({ file, language }) => file === document.file && language === "sh")
    .flatMap(({ text }) => text.trim().split("\n")),
  ...inlineCode(document).filter((code) => /^([A-Z_]+=\S+ )?(npm|cargo|npx|node) \w/.test(code)),
]);

/** What each program's commands must satisfy. A command of any other program fails. */
const programs = {
  npm([command, name, ...args]) {
    const known = ["ci", "install", "pack", "publish"];
    if (known.includes(command)) return;
    const script = command === "run" ? name : command;
    assert.ok(script in manifest.scripts, `there is no npm script ${script}`);
    const given = args.slice(args.indexOf("--") + 1).filter((arg) => arg.startsWith("--"));
    assert.ok(args.length === 0 || args.includes("--"), "npm takes the arguments for itself");
    for (const flag of given) flagIsKnown(script, flag);
  },
  cargo([command, ...args]) {
    assert.ok(["clippy", "package", "publish", "test"].includes(command));
    const name = args[args.indexOf("--test") + 1];
    if (args.includes("--test")) assert.match(read("Cargo.toml"), new RegExp(`name = "${name}"`));
  },
  node([file]) {
    assert.ok(existsSync(join(root, inPackage(file))), `there is no ${file}`);
  },
  export([assignment]) {
    // Read by the real backend, not by anything in this repository.
    assert.match(assignment, /^CARTA_AUTH_TOKEN=/);
  },
};

/** `--help` says the same as the source, which does not have to be built. */
function flagIsKnown(script, flag) {
  if (flag === "--help") return;
  const source =
    script === "backend" ? "tests/backend/src/cli.rs" : `scripts/${script.replace(":", "-")}.mjs`;
  assert.ok(read(source).includes(flag), `${source} does not know ${flag}`);
}

test("every command exists, with the flags that it is shown with", () => {
  assert.ok(commands.length > 30);
  for (const line of commands) {
    const words = line.replace(/ +#.*/, "").split(/\s+/);
    const variables = [];
    while (/^[A-Z_]+=/.test(words[0])) variables.push(words.shift());
    const program = words.shift();
    const check = programs[program];
    assert.ok(check, `a program that no test knows: ${line}`);
    try {
      check(words);
    } catch ({ message }) {
      assert.fail(`${line}: ${message}`);
    }
    const readers = ["scripts/start.mjs", "tests/native/generated.rs"];
    if (program === "node") readers.push(inPackage(words[0]));
    const used = readers.map(read).join("");
    for (const variable of variables)
      assert.ok(used.includes(variable.split("=")[0]), `nothing reads ${variable}`);
  }
});

test("the names of npm scripts in lists of them exist too", () => {
  const named = documents
    .flatMap(inlineCode)
    .filter((code) => /^(test|bench|size):\w+$/.test(code));
  assert.deepEqual(
    named.filter((name) => !(name in manifest.scripts)),
    [],
  );
});

/** Each kind of block, with the test that covers it. */
const CHECKED = {
  sh: "above",
  ts: "below, and pages.test.mjs",
  js: "below, and pages.test.mjs",
  html: "pages.test.mjs",
  nginx: "below: its form only, since nobody needs nginx to work on this project",
  text: "consumers.test.mjs: the content security policy",
  mermaid: "the diagram of the states in tests/native; the other one is not checked",
};

test("there is a test for each kind of code block", () => {
  const unknown = blocks.filter(({ language }) => !(language in CHECKED));
  assert.deepEqual(
    unknown.map(({ file, line, language }) => `${file}:${line}: ${language}`),
    [],
  );
});

/** What the text around the examples has introduced. */
const CONTEXT = `
import type { ResumeClient } from "carta-resume";
import type { LavalinkNode } from "carta-resume/lavalink";
declare global {
  const client: ResumeClient;
  const node: LavalinkNode;
  const cartaResume: { archive: ResumeClient["archive"] };
  const id: string;
}
`;

test("the examples have the package's types", () => {
  const folder = join(target, "docs-types");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "context.d.ts"), CONTEXT);
  for (const { file, line, text } of blocks.filter(({ language }) => /^[tj]s$/.test(language))) {
    const name = `${file.replaceAll(/\W/g, "-")}-${line}.ts`;
    writeFileSync(join(folder, name), `${text}${AFTER[file] ?? ""}\nexport {};\n`);
  }
  const settings = {
    extends: join(root, "tsconfig.json"),
    compilerOptions: {
      types: [],
      paths: Object.fromEntries(
        [
          ["", "index"],
          ["/carta-view", "carta-view"],
          ["/socket", "socket"],
          ["/web", "web"],
          ["/lavalink", "lavalink-node"],
        ].map(([entry, name]) => [`carta-resume${entry}`, [join(root, `src/npm/${name}.ts`)]]),
      ),
    },
    include: ["*.ts"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings));
  try {
    execFileSync(bin("tsc"), ["--noEmit", "-p", folder], { encoding: "utf8" });
  } catch ({ stdout, message }) {
    assert.fail(stdout || message);
  }
});

/** The options with their defaults are valid options. */
const AFTER = {
  "docs/api.md": `
import { ResumeClient } from "carta-resume";
new ResumeClient({ url: "", confirmResume: () => true, ...(defaults as object as typeof defaults & { storage: "browser"; icdVersion: 30; backoff: { jitter: "full" } }) });
`,
};

test("the nginx example is well-formed", () => {
  const { text } = block("docs/deployment.md", "proxy_pass");
  for (const line of text.trim().split("\n"))
    assert.match(line, /^(location \S+ \{|\}| {4}\w+ .+;)$/);
});

test("the package carries what its README links to", () => {
  const readme = documents.find(({ file }) => file === "README.md");
  const carried = (path) =>
    manifest.files.some((each) => path === each || path.startsWith(`${each}/`));
  const local = links(readme).filter((link) => !/^([a-z]+:|#)/.test(link));
  const missing = local.map((link) => link.split("#")[0]).filter((path) => !carried(path));
  assert.deepEqual(missing, []);
});
