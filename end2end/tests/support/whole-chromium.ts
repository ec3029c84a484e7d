// A Chromium that renders pages ahead of time. It does not while Playwright watches a page, as that does
// not know of pages within one tab; so this one is spoken to directly, by the pipes it offers for that.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { chromium, expect } from "@playwright/test";
import config from "../../playwright.config.ts";

type Params = Record<string, unknown>;
type Message = { id?: number; sessionId?: string; method?: string; params?: any; result?: any; error?: { message: string } };
type Heard = (message: Message) => void;

const NOWHERE = /Cannot find default execution context/;

const { executablePath = chromium.executablePath(), args = [] } = config.use?.launchOptions ?? {};

export class WholeChromium {
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #answers = new Map<number, Heard>();
  readonly #listeners: Heard[] = [];
  #last = 0;

  constructor() {
    this.#profile = mkdtempSync(join(tmpdir(), "latchkey-chromium-"));
    const own = ["--headless", "--no-first-run", "--remote-debugging-pipe", `--user-data-dir=${this.#profile}`];
    // The third and the fourth pipe are Chromium's ears and mouth.
    this.#process = spawn(executablePath, [...args, ...own], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    let rest = "";
    (this.#process.stdio[4] as Readable).setEncoding("utf8").on("data", (text: string) => {
      const messages = (rest + text).split("\0");
      rest = messages.pop() ?? "";
      for (const message of messages) this.#hear(JSON.parse(message) as Message);
    });
  }

  #hear(message: Message): void {
    if (message.id === undefined) for (const listener of this.#listeners) listener(message);
    else this.#answers.get(message.id)?.(message);
  }

  /** Calls back with what Chromium tells unasked. */
  listen(listener: Heard): void {
    this.#listeners.push(listener);
  }

  async send(method: string, params: Params = {}, sessionId?: string): Promise<any> {
    const id = ++this.#last;
    (this.#process.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const answer = await new Promise<Message>((resolve) => this.#answers.set(id, resolve));
    this.#answers.delete(id);
    if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message}`);
    return answer.result;
  }

  /** Opens a page in a tab of its own. */
  async open(url: string): Promise<Tab> {
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank", forTab: true });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const tab = new Tab(this, sessionId);
    const attach = { autoAttach: true, flatten: true, waitForDebuggerOnStart: true, filter: [{ type: "page" }] };
    await this.send("Target.setAutoAttach", attach, sessionId);
    await (await tab.page()).goto(url);
    return tab;
  }

  /** The names of its cookies. */
  async cookies(): Promise<string[]> {
    const { cookies } = await this.send("Storage.getCookies");
    return cookies.map(({ name }: { name: string }) => name);
  }

  async stop(): Promise<void> {
    const exit = once(this.#process, "exit");
    await this.send("Browser.close");
    await exit;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A tab, with the page that can be seen and those that are rendered ahead. */
export class Tab {
  readonly #pages = new Map<string, WholePage>();

  constructor(chromium: WholeChromium, session: string) {
    chromium.listen(({ sessionId, method, params }) => {
      if (sessionId !== session) return;
      if (method === "Target.detachedFromTarget") this.#pages.delete(params.sessionId);
      if (method !== "Target.attachedToTarget") return;
      this.#pages.set(params.sessionId, new WholePage(chromium, params.sessionId, params.targetInfo.subtype === "prerender"));
    });
  }

  /** The page that can be seen: the oldest one. Where it gives way to one that was rendered ahead, it is gone. */
  async page(): Promise<WholePage> {
    return await this.#find(() => true);
  }

  /** A page that is rendered ahead, or was when it began. */
  async ahead(): Promise<WholePage> {
    return await this.#find((page) => page.ahead);
  }

  async #find(wanted: (page: WholePage) => boolean): Promise<WholePage> {
    const found = () => [...this.#pages.values()].find(wanted);
    await expect.poll(found).toBeDefined();
    return found()!;
  }
}

/** A page, and what it asked for. */
export class WholePage {
  /** Method, path and status of each answer. */
  readonly answers: string[] = [];
  readonly #methods = new Map<string, string>();

  constructor(
    private readonly chromium: WholeChromium,
    private readonly session: string,
    /** Whether it began its life unseen. */
    readonly ahead: boolean,
  ) {
    chromium.listen(({ sessionId, method, params }) => {
      if (sessionId !== session) return;
      if (method === "Network.requestWillBeSent") this.#methods.set(params.requestId, params.request.method);
      if (method !== "Network.responseReceived") return;
      const { pathname } = new URL(params.response.url);
      this.answers.push(`${this.#methods.get(params.requestId)} ${pathname} ${params.response.status}`);
    });
    void this.#begin();
  }

  async #begin(): Promise<void> {
    await Promise.all([this.#send("Network.enable"), this.#send("Page.enable"), this.#send("Runtime.runIfWaitingForDebugger")]);
  }

  #send(method: string, params: Params = {}): Promise<any> {
    return this.chromium.send(method, params, this.session);
  }

  async goto(url: string): Promise<void> {
    await this.#send("Page.navigate", { url });
    await expect.poll(() => this.evaluate(() => [location.href, document.readyState])).toEqual([url, "complete"]);
  }

  /** Goes elsewhere as somebody does who looks at the page and clicks. */
  async follow(url: string): Promise<void> {
    await this.#send("Page.bringToFront");
    await this.evaluate((url) => location.assign(url), url);
  }

  /** Runs a function in the page. */
  async evaluate<A, R>(run: (argument: A) => R | Promise<R>, argument?: A): Promise<R> {
    const call = { expression: `(${run})(${JSON.stringify(argument)})`, returnByValue: true, awaitPromise: true, userGesture: true };
    // Before its first document, and between two, a page has nowhere to run anything.
    const ran = () => this.#send("Runtime.evaluate", call).catch((error: Error) => (NOWHERE.test(error.message) ? NOWHERE : Promise.reject(error)));
    let told = NOWHERE as any;
    await expect.poll(async () => (told = await ran())).not.toBe(NOWHERE);
    if (told.exceptionDetails !== undefined) throw new Error(told.exceptionDetails.exception?.description ?? told.exceptionDetails.text);
    return told.result.value;
  }

  /** What somebody would read. */
  async text(): Promise<string> {
    return await this.evaluate(() => document.body?.innerText ?? "");
  }
}
