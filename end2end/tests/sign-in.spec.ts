import { ADA, expect, LOGIN, REFRESH, test } from "./fixtures.ts";
import { AccountPage, hydrated, LoginPage, open } from "./support/pages.ts";

test("signing in leads to the account page, with its data", async ({ page, traffic }) => {
  await open(page, "/login");
  await new LoginPage(page).signIn();

  await expect(page).toHaveURL("/account");
  await new AccountPage(page).isShown();
  expect(traffic.statuses(LOGIN)).toEqual([200]);
  expect(traffic.statuses(REFRESH)).toEqual([]);
});

test("a private page asks for a sign-in and is what one then gets", async ({ page }) => {
  await page.goto("/account");
  await expect(page).toHaveURL("/login?next=/account");
  await new LoginPage(page).signIn();
  await expect(page).toHaveURL("/account");
});

const ELSEWHERE = [
  "//example.com",
  "https://example.com",
  "/\\example.com",
  "javascript:alert(1)",
  // Browsers resolve these to "//example.com".
  "/.//example.com",
  "/%2e%2e//example.com",
];
for (const elsewhere of ELSEWHERE) {
  test(`a sign-in does not lead to ${elsewhere}`, async ({ page }) => {
    await open(page, `/login?next=${encodeURIComponent(elsewhere)}`);
    await new LoginPage(page).signIn();
    await expect(page).toHaveURL("/account");
  });
}

test("a wrong password is said beside the form, and no refresh is sent", async ({ page, traffic, complaints }) => {
  complaints.allowStatus(400, LOGIN);
  const login = new LoginPage(page);
  await open(page, "/login");
  await login.signIn({ ...ADA, password: "not hers" });

  await expect(login.error).toContainText("These do not match.");
  await expect(page).toHaveURL("/login");
  await expect(login.username).toHaveValue("ada");
  await expect(login.password).toBeFocused();
  expect(traffic.statuses(LOGIN)).toEqual([400]);
  expect(traffic.statuses(REFRESH)).toEqual([]);

  await login.signIn();
  await expect(page).toHaveURL("/account");
});

test("whoever leaves the page while it is being refused gets where they wanted", async ({ page, complaints }) => {
  complaints.allowStatus(400, LOGIN);
  await open(page, "/login");
  // As fast as nobody clicks: after the refusal is there, before the next frame moves the focus.
  await page.evaluate(() => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector("#form-summary .alert")) return;
      observer.disconnect();
      document.querySelector<HTMLElement>("a.brand")?.click();
    }).observe(document.body, { childList: true, subtree: true });
  });
  await new LoginPage(page).signIn({ ...ADA, password: "wrong" });
  await expect(page).toHaveURL("/");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Stay signed in");
});

test("a field left empty is named, and focused", async ({ page, traffic }) => {
  const login = new LoginPage(page);
  await open(page, "/login");
  await login.username.fill("ada");
  await login.submit.click();

  await expect(page.getByText("Enter your password.")).toBeVisible();
  await expect(login.password).toBeFocused();
  await expect(login.password).toHaveAccessibleDescription("Enter your password.");
  expect(traffic.statuses(LOGIN)).toEqual([]);
});

test("a garbage access cookie does not hinder a sign-in", async ({ page, context, server, traffic }) => {
  await context.addCookies([{ name: "access", value: "garbage", url: server.origin }]);
  await open(page, "/login");
  await new LoginPage(page).signIn();

  await expect(page).toHaveURL("/account");
  await new AccountPage(page).isShown();
  expect(traffic.statuses(LOGIN)).toEqual([200]);
  expect(traffic.statuses(REFRESH)).toEqual([]);
});

test("somebody else's cookie, of any characters, signs nobody out", async ({ page, signedIn: _signedIn }) => {
  await open(page, "/");
  await page.evaluate(() => (document.cookie = "pref=Zoë; path=/"));
  await open(page, "/account");
  await new AccountPage(page).isShown();
});

test("whoever is signed in is not asked again", async ({ page, signedIn: _signedIn }) => {
  await page.goto("/login");
  await expect(page).toHaveURL("/account");
  await hydrated(page);
});
