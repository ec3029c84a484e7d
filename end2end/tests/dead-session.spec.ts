import type { Page } from "@playwright/test";
import { DATA, expect, LOGOUT, REFRESH, test, type Traffic } from "./fixtures.ts";
import { AccountPage, hydrated, LoginPage, open } from "./support/pages.ts";

test.beforeEach(async ({ signedIn: _signedIn, complaints }) => {
  complaints.allowStatus(401, DATA);
  complaints.allowStatus(401, REFRESH);
});

/** One refresh is tried, then the person is asked to sign in, and that is all. */
async function endsAtTheLoginPage(page: Page, traffic: Traffic, reason: string): Promise<void> {
  traffic.clear();
  await new AccountPage(page).loadAgain.click();
  await expect(page).toHaveURL("/login?next=/account");
  await expect(new LoginPage(page).reason).toContainText(reason);

  await page.waitForTimeout(2000);
  expect(traffic.statuses(REFRESH)).toEqual([401]);
  await expect(page).toHaveURL("/login?next=/account");
}

test("a disabled account: one refresh, then the login page", async ({ page, server, context, traffic }) => {
  await open(page, "/account");
  await server.cli(["user", "disable", "ada"]);
  await page.waitForTimeout(1000);
  await endsAtTheLoginPage(page, traffic, "This account has been disabled.");

  const names = (await context.cookies()).map(({ name }) => name);
  expect(names, "a failure deletes no cookies").toEqual(expect.arrayContaining(["access", "refresh"]));
});

test("a session ended elsewhere: one refresh, then the login page, and back in", async ({ page, context, traffic }) => {
  await open(page, "/account");
  const cookies = await context.cookies();
  await context.request.post(LOGOUT);
  await context.addCookies(cookies);
  await endsAtTheLoginPage(page, traffic, "You were signed out in another tab or browser.");

  await new LoginPage(page).signIn();
  await expect(page).toHaveURL("/account");
  await new AccountPage(page).isShown();
});

test("the cookies of a session that is over: the login page at once", async ({ page, context, traffic }) => {
  const cookies = await context.cookies();
  await context.request.post(LOGOUT);
  await context.addCookies(cookies);

  await page.goto("/account");
  await expect(page).toHaveURL("/login?next=/account");
  await hydrated(page);
  await page.waitForTimeout(2000);
  expect(traffic.statuses(REFRESH).length).toBeLessThanOrEqual(1);
  await expect(page).toHaveURL("/login?next=/account");
});
