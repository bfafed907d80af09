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

/** Address of a folder → folder of the project. */
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
      serve(path).then(
        (body) => {
          response.setHeader("content-type", TYPES[extname(path)] ?? "application/octet-stream");
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

async function serve(path: string): Promise<Buffer> {
  const [, folder = "", ...rest] = normalize(path).split("/");
  const place = FOLDERS[folder];
  if (place === undefined || rest.includes("..")) throw new Error("not here");
  return readFile(`${place}/${rest.join("/")}`);
}
