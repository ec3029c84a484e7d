// A site that means no good: pages on a port of its own that do what a test tells them to.
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";

export class Attacker {
  readonly #server: HttpServer;

  private constructor(server: HttpServer) {
    this.#server = server;
  }

  static async start(): Promise<Attacker> {
    const page = '<!doctype html><link rel="icon" href="data:," /><title>Win a prize</title>';
    const server = createServer((_, response) => response.writeHead(200, { "Content-Type": "text/html" }).end(page));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new Attacker(server);
  }

  /** Its origin under this name. Whatever ends with `localhost` is this machine, for a browser. */
  at(host: string): string {
    return `http://${host}:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
