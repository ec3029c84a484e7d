// What browsers, networks and people do to a session, a row each: nobody is signed out, at most one
// rotation an expiry, no loop, nothing in the console.
//
// Playwright's clock is the page's alone: `Date`, `performance.now`, timers and animation frames.
// It moves neither the browser's cookie store nor the server, whose tokens live on while the page
// believes that hours have passed; rows that need tokens to expire use short lifetimes and wait.
// Nor does it throttle: a hidden tab's timers are late in a real browser, here they are on time.
import type { BrowserContext, Page, Request, TestInfo } from "@playwright/test";
import { DATA, expect, LOGIN, REFRESH, test, type Traffic } from "./fixtures.ts";
import { report } from "./support/matrix.ts";
import { AccountPage, hide, LoginPage, open, show, signedOut } from "./support/pages.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const RECONNECTING = "Reconnecting… You are still signed in.";

/** Fast enough for a test to see rotations, if there were any. */
const FAST = { STORE_DELAY: "1s", RACE_WINDOW: "1s" };
test.use({ settings: FAST });
test.beforeEach(async ({ signedIn: _signedIn }) => {});

/** Checks what holds for every row, and puts it into the table. */
async function stillSignedIn(
  what: string,
  pages: Page[],
  traffic: Traffic,
  info: TestInfo,
  most: { refreshes: number; rotations?: number },
  note?: string,
): Promise<void> {
  await Promise.allSettled(pages.map((page) => new AccountPage(page).isShown()));
  // A loop would go on.
  const refreshes = traffic.statuses(REFRESH).length;
  await pages[0]!.waitForTimeout(500);
  expect(traffic.statuses(REFRESH).length, "a loop").toBe(refreshes);
  const rotations = await traffic.rotations();
  const signOuts = signedOut(pages);
  report(info, { what, refreshes, rotations, signOuts, ...(note === undefined ? {} : { note }) });
  expect(signOuts, "sign-outs").toBe(0);
  for (const page of pages) await new AccountPage(page).isShown();
  expect(refreshes, "refreshes").toBeLessThanOrEqual(most.refreshes);
  expect(rotations, "rotations").toBeLessThanOrEqual(most.rotations ?? 1);
}

/** Loads the data, which takes a good access token. */
async function use(page: Page): Promise<void> {
  const account = new AccountPage(page);
  await account.loadAgain.click();
  await account.isShown();
}

/**
 * Runs the page's clock on until it asks for a refresh, a second at a time: a request that is under
 * way has a time limit by the same clock, and its answer takes real time.
 */
async function runUntilRefresh(page: Page): Promise<void> {
  let asked = false;
  const listen = (request: Request): void => {
    asked ||= new URL(request.url()).pathname === REFRESH;
  };
  page.on("request", listen);
  // It may be due at the very end of a minute, and the page is a little younger than the clock.
  for (let seconds = 0; seconds < 90 && !asked; seconds += 1) await page.clock.runFor(1_000);
  page.off("request", listen);
  expect(asked, "a refresh when it is due").toBe(true);
}

/** The page finds out by itself: time passes, and nobody clicks. */
async function reconnects(page: Page): Promise<void> {
  await expect(async () => {
    // In small steps: a request that is under way has a time limit by the same clock.
    await page.clock.runFor(2_000);
    await expect(page.getByText(RECONNECTING)).toHaveCount(0, { timeout: 500 });
  }).toPass();
}

test.describe("with an access token that soon expires", () => {
  test.use({ settings: { ...FAST, ACCESS_TOKEN_LIFETIME: "6s" } });

  test("the server restarted between refreshes", async ({ page, server, traffic }, info) => {
    await open(page, "/account");
    await expect.poll(() => traffic.statuses(REFRESH).length, { timeout: 8_000 }).toBe(1);
    await server.restart();
    await expect.poll(() => traffic.statuses(REFRESH).length, { timeout: 8_000 }).toBe(2);
    expect(traffic.statuses(REFRESH)).toEqual([200, 200]);
    await stillSignedIn("server restarted between refreshes", [page], traffic, info, { refreshes: 3, rotations: 2 });
  });

  test("the WASM blocked", async ({ page, traffic, complaints }, info) => {
    complaints.allow(/\.wasm|Failed to fetch|ERR_FAILED/);
    await page.route(/\.wasm/, (route) => route.abort());
    await page.goto("/account");
    await page.waitForTimeout(6_500);
    await page.reload();
    await stillSignedIn("WASM blocked, access token expired", [page], traffic, info, { refreshes: 0 });
  });
});

test.describe("with an access token that expires between two visits", () => {
  // Ten tabs take a while to open on a busy machine.
  test.use({ settings: { ...FAST, ACCESS_TOKEN_LIFETIME: "10s" } });

  test("ten tabs restored at once", async ({ context, complaints: _watched, traffic }, info) => {
    const first = await context.newPage();
    await open(first, "/account");
    await first.close();
    await new Promise((resolve) => setTimeout(resolve, 10_500));
    traffic.clear();
    const tabs = await Promise.all(Array.from({ length: 10 }, () => context.newPage()));
    await Promise.all(tabs.map((tab) => open(tab, "/account")));
    // Each of them has a token of its own, as good as new.
    await stillSignedIn("10 tabs restored at once, access token expired", tabs, traffic, info, { refreshes: 10 });
  });
});

test("the WASM slow", async ({ page, traffic }, info) => {
  await page.route(/\.wasm/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await route.continue();
  });
  await open(page, "/account");
  await use(page);
  await stillSignedIn("WASM 3 s late", [page], traffic, info, { refreshes: 0 });
});

for (const [what, off] of [
  ["client clock 24 h ahead", 24 * HOUR_MS],
  ["client clock 24 h behind", -24 * HOUR_MS],
] as const) {
  test(what, async ({ page, traffic }, info) => {
    await page.clock.install({ time: Date.now() + off });
    await open(page, "/account");
    await page.clock.runFor(13 * MINUTE_MS);
    expect(traffic.statuses(REFRESH), "not before its time").toEqual([]);
    await runUntilRefresh(page);
    await expect.poll(() => traffic.statuses(REFRESH)).toEqual([200]);
    await use(page);
    await stillSignedIn(what, [page], traffic, info, { refreshes: 1 });
  });
}

test("8 h of sleep", async ({ page, traffic }, info) => {
  await page.clock.install();
  await open(page, "/account");
  await page.clock.fastForward(8 * HOUR_MS);
  await use(page);
  expect(traffic.statuses(DATA), "no 401 on the way").not.toContain(401);
  await stillSignedIn("8 h of sleep", [page], traffic, info, { refreshes: 1 });
});

test("2 h hidden", async ({ page, traffic }, info) => {
  await hide(page);
  await page.clock.install();
  await open(page, "/account");
  await page.clock.runFor(2 * HOUR_MS);
  expect(traffic.statuses(REFRESH), "a hidden tab is quiet").toEqual([]);
  await show(page);
  await expect.poll(() => traffic.statuses(REFRESH)).toEqual([200]);
  await use(page);
  await stillSignedIn("2 h hidden, timers late", [page], traffic, info, { refreshes: 1 });
});

for (const event of ["visibilitychange", "focus", "online", "pageshow", "prerenderingchange"]) {
  test(`woken by ${event}`, async ({ page, traffic }) => {
    await hide(page);
    await page.clock.install();
    await open(page, "/account");
    await page.clock.fastForward(HOUR_MS);
    expect(traffic.statuses(REFRESH)).toEqual([]);
    await show(page, event);
    await expect.poll(() => traffic.statuses(REFRESH)).toEqual([200]);
  });
}

test("a page that comes back from the cache", async ({ page, traffic }, info) => {
  await open(page, "/account");
  const asked = page.waitForRequest(`**${REFRESH}`);
  const heading = page.evaluate(() => {
    dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
    return new Promise<string>((resolve) =>
      requestAnimationFrame(() => resolve(document.querySelector("main h1")?.textContent ?? "")),
    );
  });
  expect(await heading, "nothing private before it is known who is signed in").not.toContain("Ada");
  await asked;
  await stillSignedIn("back from the back/forward cache", [page], traffic, info, { refreshes: 1 });
});

test("10 min offline", async ({ page, context, traffic, complaints }, info) => {
  complaints.allow(/ERR_INTERNET_DISCONNECTED/);
  await page.clock.install();
  await open(page, "/account");
  await context.setOffline(true);
  await page.clock.runFor(14.5 * MINUTE_MS);
  await expect(page.getByText(RECONNECTING)).toBeVisible();
  await page.clock.runFor(10 * MINUTE_MS);
  await expect(new AccountPage(page).heading).toHaveText("Hello, Ada");
  await context.setOffline(false);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  // A refresh from before may still be under way, and fail.
  await reconnects(page);
  await stillSignedIn("10 min offline", [page], traffic, info, { refreshes: 1 }, "no click");
});

for (const status of [429, 503]) {
  test(`refreshes answered with ${status}`, async ({ page, traffic, complaints }, info) => {
    complaints.allowStatus(status, REFRESH);
    await page.clock.install();
    await open(page, "/account");
    await page.route(`**${REFRESH}`, (route) =>
      route.fulfill({ status, headers: { "Retry-After": "120" }, json: { detail: "Not now." } }),
    );
    await page.clock.runFor(13 * MINUTE_MS);
    await runUntilRefresh(page);
    await expect(page.getByText(RECONNECTING)).toBeVisible();
    await page.clock.runFor(110_000);
    expect(traffic.statuses(REFRESH), "as long as the server asked for").toEqual([status]);
    await page.unroute(`**${REFRESH}`);
    await reconnects(page);
    await stillSignedIn(`refresh answered with ${status}`, [page], traffic, info, { refreshes: 4 }, "no click");
  });
}

test("a captive portal's page in place of every answer", async ({ page, traffic }, info) => {
  await page.clock.install();
  await open(page, "/account");
  await page.route("**/api/**", (route) => route.fulfill({ contentType: "text/html", body: "<h1>Welcome</h1>" }));
  await page.clock.runFor(14.5 * MINUTE_MS);
  await expect(page.getByText(RECONNECTING)).toBeVisible();
  await page.unroute("**/api/**");
  await reconnects(page);
  await stillSignedIn("a captive portal's page", [page], traffic, info, { refreshes: 12 }, "no click");
});

/** Another tab takes the lock and keeps it. */
async function holdTheLock(context: BrowserContext): Promise<Page> {
  const holder = await context.newPage();
  await open(holder, "/");
  await holder.evaluate(
    () =>
      new Promise<void>((held) => {
        void navigator.locks.request("latchkey-cookies", () => {
          held();
          return new Promise(() => {});
        });
      }),
  );
  return holder;
}

test("a tab that holds the lock hangs, or is killed", async ({ page, context, traffic }, info) => {
  await open(page, "/account");
  const holder = await holdTheLock(context);
  await page.bringToFront();
  await context.clearCookies({ name: "access" });
  // It asks for nothing before it has waited, so no 401 is heard before that.
  const begun = Date.now();
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await expect.poll(() => traffic.statuses(REFRESH), { timeout: 8_000, intervals: [20] }).toEqual([200]);
  const hung = Date.now() - begun;
  expect(hung).toBeGreaterThan(2_900);

  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await page.waitForTimeout(500);
  await holder.close();
  await expect.poll(() => traffic.statuses(REFRESH), { timeout: 1_500 }).toEqual([200, 200]);
  await stillSignedIn("the lock's holder hangs, or is killed", [page], traffic, info, { refreshes: 2 }, `${hung} ms at most`);
});

test("cookies blocked", async ({ page, context, traffic, complaints }, info) => {
  complaints.allowStatus(401, DATA);
  complaints.allowStatus(401, REFRESH);
  await context.clearCookies();
  await page.route(`**${LOGIN}`, async (route) => {
    const answer = await route.fetch();
    await context.clearCookies();
    const { "set-cookie": _refused, ...headers } = answer.headers();
    await route.fulfill({ response: answer, headers });
  });
  await open(page, "/login?next=/account");
  await new LoginPage(page).signIn();
  await expect(page).toHaveURL("/login?next=/account");
  await expect(new LoginPage(page).reason).toContainText("This browser does not keep our cookies.");
  await page.waitForTimeout(2_000);
  const refreshes = traffic.statuses(REFRESH).length;
  const signOuts = signedOut([page]);
  const rotations = await traffic.rotations();
  report(info, { what: "cookies blocked", refreshes, rotations, signOuts, note: "never signed in: named, no loop" });
  expect(refreshes).toBe(1);
});
