// What a browser complains about, and what a test says it expects of that.
import { expect, type BrowserContext, type ConsoleMessage } from "@playwright/test";

const LOUD = ["error", "warning", "assert"];

/** Every console error and warning, uncaught error and CSP violation of a browser context. */
export class Complaints {
  readonly #heard: string[] = [];
  readonly #expected: RegExp[] = [];

  /** Allows complaints that match: a 401 that the test provokes, say, which Chromium logs. */
  allow(...patterns: RegExp[]): void {
    this.#expected.push(...patterns);
  }

  /** Allows the line that Chromium logs when `path` answers with `status`. */
  allowStatus(status: number, path: string): void {
    this.allow(new RegExp(`status of ${status} .* @ ${escape(path)}$`));
  }

  async watch(context: BrowserContext): Promise<void> {
    context.on("console", (message) => this.#hear(message));
    context.on("weberror", (error) => this.#heard.push(`uncaught: ${error.error().stack ?? error.error().message}`));
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (violation) => {
        console.error(`CSP violation: ${violation.effectiveDirective} refused ${violation.blockedURI}`);
      });
    });
  }

  /** All that matches, expected or not. */
  matching(pattern: RegExp): string[] {
    return this.#heard.filter((complaint) => pattern.test(complaint));
  }

  /** Fails if anything was heard that the test did not allow. */
  check(): void {
    const unexpected = this.#heard.filter((complaint) => !this.#expected.some((pattern) => pattern.test(complaint)));
    expect(unexpected, "what the browser complained about").toEqual([]);
  }

  #hear(message: ConsoleMessage): void {
    if (!LOUD.includes(message.type())) return;
    const url = message.location().url;
    const path = URL.canParse(url) ? new URL(url).pathname : url;
    this.#heard.push(`${message.type()}: ${message.text()} @ ${path}`);
  }
}

/** `text` for use within a regular expression. */
function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
