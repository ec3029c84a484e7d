// A page of another origin that runs the seed's clients, and a browser for which both servers are
// where those clients expect them.
import { build } from "esbuild";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

interface User {
  readonly username: string;
  readonly email: string;
}

interface LoggedIn {
  readonly user: User;
  readonly access_expiration: string;
}

declare global {
  interface Window {
    /** What `seed/main.ts` puts there. */
    seed: {
      api: { get(path: string): Promise<{ status: number }> };
      auth: {
        login(username: string, password: string): Promise<LoggedIn>;
        logout(): Promise<void>;
        getCurrentUser(): Promise<User>;
      };
      useAuth(): {
        user: { value: User | null };
        login(username: string, password: string): Promise<LoggedIn>;
        logout(): Promise<void>;
        fetchUser(): Promise<void>;
      };
    };
  }
}

/** Where the page is. */
export const SPA = "http://localhost:3000";

/** Vue's build flags, without which it warns. */
const PRODUCTION = {
  "process.env.NODE_ENV": '"production"',
  __VUE_OPTIONS_API__: "false",
  __VUE_PROD_DEVTOOLS__: "false",
  __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
};

/** Serves one page with the clients in it. */
export class OtherOrigin {
  readonly #server: HttpServer;

  private constructor(server: HttpServer) {
    this.#server = server;
  }

  static async start(): Promise<OtherOrigin> {
    const entry = fileURLToPath(new URL("../../seed/main.ts", import.meta.url));
    const bundle = await build({ entryPoints: [entry], bundle: true, write: false, define: PRODUCTION });
    const script = bundle.outputFiles[0]?.text ?? "";
    const page = '<!doctype html><link rel="icon" href="data:," /><title>SPA</title><script src="/main.js"></script>';
    const server = createServer((request, response) => {
      const [type, body] = request.url === "/main.js" ? ["text/javascript", script] : ["text/html", page];
      response.writeHead(200, { "Content-Type": type }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new OtherOrigin(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** A flag of Chromium by which both ports that the clients know lead to where the servers are. */
  rules(apiPort: string): string {
    return `--host-resolver-rules=MAP localhost:3000 127.0.0.1:${this.port},MAP localhost:8000 127.0.0.1:${apiPort}`;
  }
}
