/** A web server for a bare page and for the package as a browser loads it. */
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, normalize } from "node:path";
import { inRoot } from "./paths.js";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** The address of a folder → the folder in the project. */
const FOLDERS: Record<string, string> = {
  package: inRoot("dist"),
  page: inRoot("tests/e2e/harness/page"),
};

export class Site {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Site> {
    const server = createServer((request, response) => {
      const path = new URL(request.url ?? "/", "http://site").pathname;
      packageFile(path).then(
        ({ body, type }) => {
          response.setHeader("content-type", type);
          response.end(body);
        },
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return new Site(server);
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}

/** What is at an address of this site. */
export async function packageFile(path: string): Promise<{ body: Buffer; type: string }> {
  const [, folder = "", ...rest] = normalize(path).split("/");
  const place = FOLDERS[folder];
  if (place === undefined || rest.includes("..")) throw new Error("not here");
  const body = await readFile(`${place}/${rest.join("/")}`);
  return { body, type: TYPES[extname(path)] ?? "application/octet-stream" };
}
