// Pages that the browser keeps as they were left. Playwright switches that off by default. Chromium
// keeps none whose cookies have changed meanwhile.
import type { BrowserContext, Page } from "@playwright/test";
import config from "../playwright.config.ts";
import { expect, LOGOUT, REFRESH, test } from "./fixtures.ts";
import { report } from "./support/matrix.ts";
import { AccountPage, open, signedOut } from "./support/pages.ts";

test.use({
  launchOptions: { ...config.use?.launchOptions, ignoreDefaultArgs: ["--disable-back-forward-cache"] },
});
test.beforeEach(async ({ signedIn: _signedIn }) => {});

/** Leaves the page, and comes back after `meanwhile`. Whether it is the page that was left. */
async function leaveAndReturn(page: Page, meanwhile: () => Promise<unknown>): Promise<string> {
  await page.evaluate(() => Object.assign(window, { left: true }));
  await page.goto("/");
  await meanwhile();
  await page.goBack({ waitUntil: "commit" });
  const kept = await page.evaluate(() => "left" in window);
  return kept ? "kept by the browser" : "loaded anew";
}

test("Back to a page of a session that goes on", async ({ page, traffic }, info) => {
  await open(page, "/account");
  const note = await leaveAndReturn(page, async () => {});
  await new AccountPage(page).isShown();
  const refreshes = traffic.statuses(REFRESH).length;
  const rotations = await traffic.rotations();
  report(info, { what: "Back, the session goes on", refreshes, rotations, signOuts: signedOut([page]), note });
  expect(rotations).toBe(0);
  expect(note).toBe("kept by the browser");
  expect(refreshes).toBe(1);
});

/** Ends the session from this browser, whose cookies go with it: then the browser keeps no page. */
const endedHere = async (context: BrowserContext): Promise<unknown> => await context.request.post(LOGOUT);

/** Ends it from elsewhere: this browser has not heard of it. */
async function endedElsewhere(context: BrowserContext, origin: string): Promise<void> {
  const cookies = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const answer = await fetch(`${origin}${LOGOUT}`, { method: "POST", headers: { Cookie: cookies } });
  expect(answer.status).toBe(200);
}

for (const [where, end] of [
  ["here", endedHere],
  ["elsewhere", endedElsewhere],
] as const) {
  test(`Back to a page of a session that was ended ${where} shows nothing of it`, async ({
    page,
    context,
    complaints,
    traffic,
    server,
  }, info) => {
    complaints.allowStatus(401, REFRESH);
    await open(page, "/account");
    const note = await leaveAndReturn(page, () => end(context, server.origin));
    await expect(page).toHaveURL(/\/login/);
    expect(await page.content()).not.toContain("ada@example.com");
    const refreshes = traffic.statuses(REFRESH).length;
    const rotations = await traffic.rotations();
    report(info, { what: `Back, the session was ended ${where}`, refreshes, rotations, signOuts: signedOut([page]), note });
    expect(refreshes).toBeLessThanOrEqual(1);
  });
}
