// The pages as a person meets them: by label and role, never by class.
import { expect, type BrowserContext, type Locator, type Page } from "@playwright/test";
import { ADA, type Account } from "./server.ts";

/**
 * Marks the document of every page as soon as the WASM has taken it over, which it has once its
 * router listens to the history. Before that a click is the browser's own.
 */
export async function announceHydration(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const listen = window.addEventListener;
    window.addEventListener = function (this: Window, ...given: Parameters<typeof listen>) {
      if (given[0] === "popstate") requestAnimationFrame(() => (document.documentElement.dataset.hydrated = "yes"));
      return listen.apply(this, given);
    } as typeof listen;
  });
}

/** The names of the cookies that a session leaves: all but the browser's own mark, which stays. */
export async function sessionCookies(context: BrowserContext): Promise<string[]> {
  return (await context.cookies()).map(({ name }) => name).filter((name) => name !== "latchkey-device");
}

/** Makes pages believe that nobody sees them; `show` brings them back. */
export async function hide(page: Page): Promise<void> {
  await page.addInitScript(() => {
    let state = "hidden";
    Object.defineProperty(Document.prototype, "visibilityState", { get: () => state });
    Object.defineProperty(Document.prototype, "hidden", { get: () => state === "hidden" });
    addEventListener("test-show", () => (state = "visible"));
  });
}

/** Brings a hidden page back; `event` is how it hears of that. */
export async function show(page: Page, event = "visibilitychange"): Promise<void> {
  await page.evaluate((name) => {
    dispatchEvent(new Event("test-show"));
    const target = name.endsWith("change") ? document : window;
    target.dispatchEvent(name === "pageshow" ? new PageTransitionEvent(name) : new Event(name));
  }, event);
}

/** Waits until the page answers to input. */
export async function hydrated(page: Page): Promise<void> {
  await expect(page.locator("html[data-hydrated]")).toBeAttached();
}

/** Opens a page and waits until it answers to input. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await hydrated(page);
}

/** How many of the pages show that nobody is signed in. */
export function signedOut(pages: Page[]): number {
  return pages.filter((page) => new URL(page.url()).pathname === "/login").length;
}

export class LoginPage {
  readonly username: Locator;
  readonly password: Locator;
  readonly submit: Locator;
  /** What the page says went wrong. */
  readonly error: Locator;
  /** Why the page is there. */
  readonly reason: Locator;

  constructor(page: Page) {
    const main = page.getByRole("main");
    this.username = main.getByLabel("Username");
    this.password = main.getByLabel("Password", { exact: true });
    this.submit = main.getByRole("button", { name: "Sign in" });
    this.error = main.getByRole("alert");
    this.reason = main.getByRole("status");
  }

  /** Fills in the form and sends it. */
  async signIn(account: Account = ADA): Promise<void> {
    await this.username.fill(account.username);
    await this.password.fill(account.password);
    await this.submit.click();
  }
}

export class AccountPage {
  readonly heading: Locator;
  readonly items: Locator;
  readonly loadAgain: Locator;
  readonly signOut: Locator;
  /** How often this tab has refreshed. */
  readonly refreshes: Locator;
  readonly countdown: Locator;

  constructor(page: Page) {
    const main = page.getByRole("main");
    this.heading = main.getByRole("heading", { level: 1 });
    this.items = main.getByRole("region", { name: "Your data" }).getByRole("listitem");
    this.loadAgain = main.getByRole("button", { name: "Load again" });
    this.signOut = main.getByRole("button", { name: "Sign out" });
    this.refreshes = page.getByTestId("refresh-count");
    this.countdown = page.getByRole("timer");
  }

  /** Who I am and `/api/data/` are both there. */
  async isShown(): Promise<void> {
    await expect(this.heading).toHaveText("Hello, Ada");
    await expect(this.items).toHaveText([/first/, /second/]);
  }
}

export class RegisterPage {
  readonly username: Locator;
  readonly email: Locator;
  readonly password: Locator;
  readonly again: Locator;
  readonly submit: Locator;
  /** What the page says went wrong as a whole. */
  readonly error: Locator;

  constructor(page: Page) {
    const main = page.getByRole("main");
    this.username = main.getByLabel("Username");
    this.email = main.getByLabel("E-mail (optional)");
    this.password = main.getByLabel("Password", { exact: true });
    this.again = main.getByLabel("Password again", { exact: true });
    this.submit = main.getByRole("button", { name: "Make my account" });
    this.error = main.getByRole("alert");
  }

  /** Fills in the form and sends it. */
  async register(person: { username: string; email: string; password: string }): Promise<void> {
    await this.username.fill(person.username);
    await this.email.fill(person.email);
    await this.password.fill(person.password);
    await this.again.fill(person.password);
    await this.submit.click();
  }
}
