import { request } from "@playwright/test";
import { expect, LOGOUT, REFRESH, test, USER } from "./fixtures.ts";
import { AccountPage, LoginPage, open, sessionCookies } from "./support/pages.ts";

test.beforeEach(async ({ signedIn: _signedIn }) => {});

test("after signing out the account page asks for a sign-in", async ({ page, context, traffic }) => {
  await open(page, "/account");
  await new AccountPage(page).signOut.click();
  await expect.poll(() => traffic.statuses(LOGOUT)).toEqual([200]);
  await expect(page).toHaveURL("/login");
  await expect(new LoginPage(page).reason).toHaveText("You are signed out.");
  expect(await sessionCookies(context)).toEqual([]);

  await page.goto("/account");
  await expect(page).toHaveURL("/login?next=/account");
  expect(traffic.statuses(REFRESH)).toEqual([]);
});

test("Back does not bring the account page back", async ({ page }) => {
  await open(page, "/account");
  await new AccountPage(page).signOut.click();
  await expect(page).toHaveURL("/login");
  await page.goBack();
  await expect(page.getByText("ada@example.com")).toHaveCount(0);
});

test("the old access and refresh tokens are both refused", async ({ page, context, server }) => {
  await open(page, "/account");
  const tokens = Object.fromEntries((await context.cookies()).map(({ name, value }) => [name, value]));
  const thief = await request.newContext({ baseURL: server.origin });
  const withAccess = { headers: { Cookie: `access=${tokens.access}` } };
  expect((await thief.get(USER, withAccess)).status(), "before").toBe(200);

  await new AccountPage(page).signOut.click();
  await expect(page).toHaveURL("/login");

  expect((await thief.get(USER, withAccess)).status()).toBe(401);
  const withRefresh = { headers: { Cookie: `refresh=${tokens.refresh}` } };
  const answer = await thief.post(REFRESH, withRefresh);
  expect(answer.status()).toBe(401);
  expect(answer.headers()["set-cookie"]).toBeUndefined();
  await thief.dispose();
});

test.describe("with an access token that soon expires", () => {
  test.use({ settings: { ACCESS_TOKEN_LIFETIME: "3s" } });

  test("no refresh travels beside a sign-out", async ({ page }) => {
    await open(page, "/account");
    let letGo = (): void => {};
    const letGone = new Promise<void>((resolve) => (letGo = resolve));
    await page.route(LOGOUT, async (route) => {
      await letGone;
      await route.continue();
    });
    const sent: string[] = [];
    page.on("request", (request) => sent.push(new URL(request.url()).pathname));
    await new AccountPage(page).signOut.click();
    await expect.poll(() => sent).toContain(LOGOUT);
    await page.waitForTimeout(3_500);
    letGo();
    await expect(page).toHaveURL("/login");
    // What was sent before the click was in good time.
    expect(sent.slice(sent.indexOf(LOGOUT) + 1), "the timer kept still").not.toContain(REFRESH);
  });
});
