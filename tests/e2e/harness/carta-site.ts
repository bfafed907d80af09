/** A web server for one of the real viewers, as an administrator deploys it. */
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { viewer } from "../../../scripts/lib/viewers.mjs";

/** The real viewers that the tests know. 6.0.0 speaks ICD 30 and 4.1.0 ICD 28. */
export type CartaVersion = "6.0.0" | "4.1.0";

/** The ICD version that a viewer registers with. */
export const icdOf = (version: CartaVersion): number => (version === "6.0.0" ? 30 : 28);

/** A `<script>` element that is inserted at the start of the head of the viewer's page. */
export interface ScriptTag {
  /** Address, relative to the page, such as `carta-resume/carta-resume-install.js`. */
  src: string;
  /** Further attributes, such as `{ "data-user": "ann" }`. */
  attributes?: Record<string, string>;
}

export interface CartaSiteOptions {
  script?: ScriptTag;
  /** Address of a folder, relative to the page → folder on disk. */
  folders?: Record<string, string>;
  /** The page's Content-Security-Policy. */
  csp?: string;
}

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
};

export class CartaSite {
  readonly #server: Server;

  private constructor(
    readonly version: CartaVersion,
    server: Server,
  ) {
    this.#server = server;
  }

  static async start(version: CartaVersion, options: CartaSiteOptions = {}): Promise<CartaSite> {
    const folder = await viewer(version);
    const server = createServer((request, response) => {
      const path = normalize(new URL(request.url ?? "/", "http://site").pathname);
      viewerFile(folder, path === "/" ? "/index.html" : path, options).then(
        ({ body, type }) => {
          response.setHeader("content-type", type);
          if (options.csp !== undefined) {
            response.setHeader("content-security-policy", options.csp);
          }
          response.end(body);
        },
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return new CartaSite(version, server);
  }

  /** The viewer's page, with the address of its backend. */
  pageFor(backendUrl: string): string {
    const port = (this.#server.address() as AddressInfo).port;
    return `http://127.0.0.1:${port}/?socketUrl=${encodeURIComponent(backendUrl)}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}

/** What is at an address of a viewer's site. */
export async function viewerFile(
  viewer: string,
  path: string,
  { script, folders = {} }: CartaSiteOptions,
): Promise<{ body: Buffer | string; type: string }> {
  const type = TYPES[extname(path)] ?? "application/octet-stream";
  // What a deployed viewer asks its server for: an empty configuration.
  if (path === "/config") return { body: "{}", type: "application/json" };
  const [name] = Object.keys(folders).filter((name) => path.startsWith(`/${name}/`));
  const place = name === undefined ? viewer : folders[name];
  const file = name === undefined ? path : path.slice(name.length + 1);
  const body = await readFile(join(place ?? viewer, file));
  if (path !== "/index.html" || script === undefined) return { body, type };
  return { body: body.toString().replace(/<head>/, (head) => head + element(script)), type };
}

function element({ src, attributes = {} }: ScriptTag): string {
  const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  const all = Object.entries({ src, ...attributes });
  return `<script ${all.map(([name, value]) => `${name}="${escaped(value)}"`).join(" ")}></script>`;
}
