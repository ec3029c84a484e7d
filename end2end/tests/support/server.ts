// A real server of its own for each test: own port, own data, started far from the sources.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stagedServer } from "./stage.ts";

/** Latchkey's settings, by their environment variables. */
export type Settings = Record<string, string>;

/** An account that a test signs in with. */
export interface Account {
  readonly username: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly password: string;
}

export const ADA: Account = {
  username: "ada",
  email: "ada@example.com",
  firstName: "Ada",
  lastName: "Lovelace",
  password: "analytical engine no. 1",
};

const START_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 10_000;

export class Server {
  /** What the server wrote so far, both streams. */
  log = "";
  /** `http://127.0.0.1:PORT`. */
  origin = "";
  #process: ChildProcess;

  private constructor(
    readonly directory: string,
    private readonly settings: Settings,
  ) {
    this.#process = this.#serve();
  }

  #serve(): ChildProcess {
    const process = this.#spawn(["serve"], "ignore");
    for (const stream of [process.stdout, process.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => (this.log += text));
    }
    return process;
  }

  /** Starts a server and returns once it has said where it listens. */
  static async start(settings: Settings = {}): Promise<Server> {
    const server = new Server(mkdtempSync(join(tmpdir(), "latchkey-data-")), { ...settings });
    try {
      server.origin = await server.#address();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** Ends the server and starts another where it was. `away` runs in between. */
  async restart(away: () => Promise<void> = async () => {}): Promise<void> {
    await this.#end();
    await away();
    this.log = "";
    this.settings.LISTEN = new URL(this.origin).host;
    this.#process = this.#serve();
    await this.#address();
  }

  /** Ends the server as a service manager would, and removes its data. */
  async stop(): Promise<void> {
    await this.#end();
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #end(): Promise<void> {
    const running = this.#process.exitCode === null && this.#process.signalCode === null;
    if (running) {
      const exit = once(this.#process, "exit");
      this.#process.kill("SIGTERM");
      const timer = setTimeout(() => this.#process.kill("SIGKILL"), STOP_TIMEOUT_MS);
      const [code, signal] = await exit;
      clearTimeout(timer);
      if (code !== 0) throw new Error(`After SIGTERM the server ended with ${code ?? signal}:\n${this.log}`);
    }
  }

  /** Runs a command of the same program on the same data, as an administrator would. */
  async cli(args: string[], input = ""): Promise<string> {
    // A command that reads nothing may be over before it could be written to.
    const command = this.#spawn(args, input === "" ? "ignore" : "pipe");
    let output = "";
    for (const stream of [command.stdout, command.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => (output += text));
    }
    command.stdin?.end(input);
    const [code] = await once(command, "close");
    if (code !== 0) throw new Error(`latchkey ${args.join(" ")} ended with ${code}:\n${output}`);
    return output;
  }

  /** The statuses of all requests for `path` that have reached it, by its log: browsers do not tell of all. */
  requests(path: string): number[] {
    const lines = this.log.split("\n").slice(0, -1).filter((line) => line.includes('"message":"request"'));
    const requests = lines.map((line) => JSON.parse(line) as { path: string; status: number });
    return requests.filter((request) => request.path === path).map(({ status }) => status);
  }

  async createUser(account: Account = ADA): Promise<void> {
    const { username, email, firstName, lastName, password } = account;
    const names = ["--username", username, "--email", email, "--first-name", firstName, "--last-name", lastName];
    await this.cli(["user", "create", ...names, "--password-stdin"], `${password}\n`);
  }

  /** Only what is given here counts: no setting of the caller's shell reaches the server. */
  #spawn(args: string[], stdin: "ignore" | "pipe"): ChildProcess {
    return spawn(stagedServer(), args, {
      cwd: this.directory,
      stdio: [stdin, "pipe", "pipe"],
      env: {
        PATH: process.env.PATH,
        RUST_BACKTRACE: "1",
        LISTEN: "127.0.0.1:0",
        DATA_DIR: join(this.directory, "data"),
        ...this.settings,
      },
    });
  }

  async #address(): Promise<string> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (Date.now() < deadline && this.#process.exitCode === null) {
      const address = /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(this.log)?.[0];
      if (address !== undefined) return address;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`The server did not say where it listens:\n${this.log}`);
  }
}
