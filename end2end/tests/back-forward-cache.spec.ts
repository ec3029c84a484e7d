// Pages that the browser keeps as they were left. Playwright switches that off by default; whether
// Chromium does it for a page is its own decision, and the table says which it was.
import type { Page } from "@playwright/test";
import config from "../playwright.config.ts";
import { expect, LOGOUT, REFRESH, test } from "./fixtures.ts";
import { report } from "./support/matrix.ts";
import { AccountPage, open } from "./support/pages.ts";

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
  report(info, { what: "Back, the session goes on", refreshes, rotations: 0, signOuts: 0, note });
  expect(refreshes).toBeLessThanOrEqual(1);
});

test("Back to a page of a session that has ended shows nothing of it", async ({ page, context, complaints }, info) => {
  complaints.allowStatus(401, REFRESH);
  await open(page, "/account");
  const note = await leaveAndReturn(page, () => context.request.post(LOGOUT));
  await expect(page).toHaveURL(/\/login/);
  await expect(page.getByText("ada@example.com")).toHaveCount(0);
  report(info, { what: "Back, the session has ended", refreshes: 0, rotations: 0, signOuts: 1, note });
});
