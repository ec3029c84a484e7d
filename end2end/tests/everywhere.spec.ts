// Out everywhere, and nobody else's data: several tabs of one browser.
import type { BrowserContext, Page } from "@playwright/test";
import { expect, LOGIN, LOGOUT, REFRESH, test } from "./fixtures.ts";
import { report } from "./support/matrix.ts";
import { AccountPage, LoginPage, open, sessionCookies, signedOut } from "./support/pages.ts";
import type { Account } from "./support/server.ts";

const BOB: Account = {
  username: "bob",
  email: "bob@example.com",
  firstName: "Bob",
  lastName: "Builder",
  password: "yes we can, again and again",
};
const TABS = 5;

test.beforeEach(async ({ signedIn: _signedIn }) => {});

/** Notes when nothing of Ada is to be seen on a page any more, by the clock on the wall. */
async function watch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const gone = (): boolean => !document.body.innerText.includes("Ada");
    const observer = new MutationObserver(() => {
      if (gone()) {
        document.documentElement.dataset.goneAt = `${Date.now()}`;
        observer.disconnect();
      }
    });
    observer.observe(document.body, { childList: true, subtree: true, characterData: true });
  });
}

async function goneAt(page: Page): Promise<number> {
  await expect(page.locator("html[data-gone-at]")).toBeAttached();
  return Number(await page.locator("html").getAttribute("data-gone-at"));
}

async function openTabs(context: BrowserContext, count: number): Promise<Page[]> {
  const tabs = await Promise.all(Array.from({ length: count }, () => context.newPage()));
  for (const tab of tabs) await open(tab, "/account");
  await Promise.all(tabs.map(watch));
  return tabs;
}

/** How long the last of the other tabs took, from the answer on. */
async function spread(tabs: Page[], answeredAt: Promise<number>): Promise<number> {
  const last = Math.max(...(await Promise.all(tabs.map(goneAt))));
  return Math.max(0, Math.round(last - (await answeredAt)));
}

/** The moment at which a page has the answer from `path`, by the clock on the wall. */
async function answered(page: Page, path: string): Promise<number> {
  const response = await page.waitForResponse(`**${path}`);
  await response.finished();
  const { startTime, responseEnd } = response.request().timing();
  return startTime + responseEnd;
}

test("a sign-out reaches all tabs at once", async ({ context, complaints: _watched, traffic }, info) => {
  const [first, ...others] = (await openTabs(context, TABS)) as [Page, ...Page[]];
  const answer = answered(first, LOGOUT);
  await new AccountPage(first).signOut.click();
  const took = await spread(others, answer);
  await expect.poll(() => signedOut([first, ...others])).toBe(TABS);
  const [refreshes, rotations] = [traffic.statuses(REFRESH).length, await traffic.rotations()];
  report(info, { what: "a sign-out reaches 4 other tabs", refreshes, rotations, signOuts: TABS, note: `${took} ms` });
  // The figure is printed, and is a few milliseconds on a machine that does nothing else.
  expect(took).toBeLessThan(2_000);
  for (const tab of others) {
    await expect(tab).toHaveURL("/login?next=/account");
    await expect(new LoginPage(tab).reason).toHaveText("You were signed out in another tab or browser.");
    // Nor in what the server had put into the page to be read by scripts.
    expect(await tab.content()).not.toMatch(/\bada\b/i);
    expect(await tab.evaluate(() => JSON.stringify(Reflect.get(window, "__RESOLVED_RESOURCES")))).toBe("[]");
    await tab.goBack();
    expect(await tab.content()).not.toContain("ada@example.com");
  }
  expect(traffic.statuses(REFRESH), "nobody asks").toEqual([]);
});

test("another account in one tab: the others show nothing of the first", async ({
  context,
  complaints: _watched,
  server,
  traffic,
}, info) => {
  await server.createUser(BOB);
  const others = await openTabs(context, TABS - 1);
  const first = await context.newPage();
  await open(first, "/");
  const answer = answered(first, LOGIN);
  // Whoever is signed in is led away from the login page: another program of the same origin.
  await first.evaluate(async ([path, username, password]) => {
    const channel = new BroadcastChannel("latchkey");
    channel.postMessage("change-begins");
    const answer = await fetch(path!, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ username, password }),
    });
    const { user } = (await answer.json()) as { user: { pk: number } };
    channel.postMessage(`signed-in ${user.pk} 900`);
  }, [LOGIN, BOB.username, BOB.password]);
  const took = await spread(others, answer);
  const what = "another account reaches 4 other tabs";
  const [refreshes, rotations] = [traffic.statuses(REFRESH).length, await traffic.rotations()];
  report(info, { what, refreshes, rotations, signOuts: signedOut(others), note: `${took} ms` });
  // The figure is printed, and is a few milliseconds on a machine that does nothing else.
  expect(took).toBeLessThan(2_000);
  for (const tab of others) {
    await tab.bringToFront();
    await expect(new AccountPage(tab).heading).toHaveText("Hello, Bob");
    await expect(tab.getByText("ada@example.com")).toHaveCount(0);
  }
});

test("another account by forms alone, of which no tab is told", async ({ context, complaints, server }) => {
  complaints.allow(/\.wasm|Failed to fetch|ERR_FAILED/);
  await server.createUser(BOB);
  const [other] = (await openTabs(context, 1)) as [Page];
  const first = await context.newPage();
  await first.route(/\.wasm/, (route) => route.abort());
  await first.goto("/account");
  await new AccountPage(first).signOut.click();
  await expect(first).toHaveURL("/login");
  await new LoginPage(first).signIn(BOB);
  await expect(new AccountPage(first).heading).toHaveText("Hello, Bob");
  // Bob's data never stand under Ada's name.
  const mixed = other.waitForFunction(() => document.querySelector("main h1")?.textContent !== "Hello, Ada");
  await other.bringToFront();
  await new AccountPage(other).loadAgain.click();
  await mixed;
  await expect(new AccountPage(other).heading).toHaveText("Hello, Bob");
  expect(await other.content()).not.toMatch(/\bada\b/i);
});

test.describe("with an access token that soon expires", () => {
  test.use({ settings: { ACCESS_TOKEN_LIFETIME: "6s" } });

  test("another account that a refresh finds: nothing of the first stands under its name", async ({
    context,
    complaints: _watched,
    server,
  }) => {
    await server.createUser(BOB);
    const [tab] = (await openTabs(context, 1)) as [Page];
    await tab.locator("main").evaluate((main) => {
      for (const element of main.querySelectorAll("*")) element.setAttribute("data-of", "ada");
    });
    const { username, password } = BOB;
    await context.request.post(LOGIN, { data: { username, password } });
    await expect(new AccountPage(tab).heading).toHaveText("Hello, Bob", { timeout: 10_000 });
    await expect(tab.locator("main [data-of=ada]")).toHaveCount(0);
  });
});

test("a sign-in in one tab signs the others in", async ({ context, complaints: _watched }) => {
  await context.clearCookies();
  const [first, second] = [await context.newPage(), await context.newPage()];
  await open(second, "/login?next=/account");
  await open(first, "/login");
  await new LoginPage(first).signIn();
  await second.bringToFront();
  await expect(second).toHaveURL("/account");
  await new AccountPage(second).isShown();
});

test.describe("without BroadcastChannel and Web Locks", () => {
  test("everything works, and a sign-out is heard by the storage event", async ({ context, complaints: _watched }) => {
    await context.addInitScript(() => {
      Reflect.deleteProperty(globalThis, "BroadcastChannel");
      Object.defineProperty(Navigator.prototype, "locks", { get: () => undefined });
    });
    const [first, second] = (await openTabs(context, 2)) as [Page, Page];
    await new AccountPage(first).signOut.click();
    await expect(first).toHaveURL("/login");
    await expect(second).toHaveURL("/login?next=/account");
    expect(await first.evaluate(() => localStorage.length), "nothing is left in storage").toBe(0);
    await new LoginPage(first).signIn();
    await expect(first).toHaveURL("/account");
  });
});

test("signing out offline: out at once, here and in other tabs, and the server is told later", async ({
  context,
  complaints,
  server,
}) => {
  complaints.allow(/ERR_INTERNET_DISCONNECTED/);
  const [first, second] = (await openTabs(context, 2)) as [Page, Page];
  const cookies = await context.cookies();
  await context.setOffline(true);
  await new AccountPage(first).signOut.click();
  await expect(first).toHaveURL("/login");
  await expect(new LoginPage(first).reason).toContainText("The server will be told as soon as it can be reached.");
  await expect(second).toHaveURL("/login?next=/account");
  const marked = async (): Promise<boolean> => (await context.cookies()).some(({ name }) => name === "latchkey-out");
  expect(await marked()).toBe(true);

  await context.setOffline(false);
  await expect.poll(marked).toBe(false);
  expect(await sessionCookies(context)).toEqual([]);
  expect(await server.cli(["session", "list"]), "the session is over").not.toContain("ada");
  // An old copy of the cookies is worth nothing.
  await context.addCookies(cookies);
  await first.goto("/account");
  await expect(first).toHaveURL("/login?next=/account");
});

test("a browser that signed out offline and was closed is signed out when it comes back", async ({
  context,
  complaints: _watched,
  baseURL,
}) => {
  await context.addCookies([{ name: "latchkey-out", value: "1", url: baseURL! }]);
  const page = await context.newPage();
  await page.goto("/account");
  await expect(page).toHaveURL("/login?next=/account");
  await expect.poll(async () => await sessionCookies(context)).toEqual([]);
});

test("whoever closes the tab before the sign-out is answered is signed out all the same", async ({
  context,
  complaints: _watched,
}) => {
  const [first, second] = (await openTabs(context, 2)) as [Page, Page];
  await first.route(`**${LOGOUT}`, () => {});
  const asked = first.waitForRequest(`**${LOGOUT}`);
  await new AccountPage(first).signOut.click();
  await asked;
  await expect(second, "the others do not wait for the answer").toHaveURL("/login?next=/account", { timeout: 2_000 });
  await second.close();
  await first.close();
  const page = await context.newPage();
  await page.goto("/account");
  await expect(page).toHaveURL("/login?next=/account");
  await expect.poll(async () => await sessionCookies(context)).toEqual([]);
});

test("a late refresh does not revive a session", async ({ context, complaints: _watched }) => {
  const [first, second] = (await openTabs(context, 2)) as [Page, Page];
  let letGo = (): void => {};
  const letGone = new Promise<void>((resolve) => (letGo = resolve));
  await second.route(`**${REFRESH}`, async (route) => {
    // Not by `route.fetch`, which would put the answer's cookies into the jar by itself.
    const cookies = (await context.cookies()).map(({ name, value }) => `${name}=${value}`);
    const answer = await fetch(route.request().url(), { method: "POST", headers: { Cookie: cookies.join("; ") } });
    const headers = { "Content-Type": "application/json", "Set-Cookie": answer.headers.getSetCookie().join("\n") };
    const body = await answer.text();
    await letGone;
    // Who has hung up takes no answer.
    await route.fulfill({ status: answer.status, headers, body }).catch(() => {});
  });
  const asked = second.waitForRequest(`**${REFRESH}`);
  await second.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await asked;
  await first.bringToFront();
  await new AccountPage(first).signOut.click();
  await expect(first).toHaveURL("/login");
  letGo();
  await first.waitForTimeout(500);
  expect(await sessionCookies(context), "it has set nothing").toEqual([]);
  await expect(second).toHaveURL("/login?next=/account");
  await first.goto("/account");
  await expect(first).toHaveURL("/login?next=/account");
});
