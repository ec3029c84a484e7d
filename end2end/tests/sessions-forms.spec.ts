// Where one is signed in, and how that is ended. Runs twice: hydrated, and with JavaScript disabled.
import type { Browser, BrowserContext, Page } from "@playwright/test";
import { ADA, expect, LOGIN, LOGOUT, test, USER } from "./fixtures.ts";
import { field, main, open, press, scripted, told } from "./support/forms.ts";
import { hydrated, LoginPage, sessionCookies } from "./support/pages.ts";
import type { Server } from "./support/server.ts";

const PAGE = "/account/sessions";
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const WRONG = "Your password was entered incorrectly. Please enter it again.";

/** Signs Ada in in another browser. */
async function elsewhere(browser: Browser, server: Server): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: server.origin, userAgent: FIREFOX });
  const { username, password } = ADA;
  expect((await context.request.post(LOGIN, { data: { username, password } })).status()).toBe(200);
  return context;
}

const isSignedIn = async (context: BrowserContext): Promise<boolean> => (await context.request.get(USER)).status() === 200;

/** The rows of the other browsers. */
const rows = (page: Page) => main(page).getByRole("listitem").filter({ has: page.getByRole("heading") });

test.beforeEach(async ({ signedIn: _signedIn }) => {});

test("another browser is signed out at once, and told why", async ({ page, browser, server, context }) => {
  const other = await elsewhere(browser, server);
  const third = await elsewhere(browser, server);
  const theirs = await other.newPage();
  await theirs.goto("/account");
  await open(page, PAGE);
  await expect(main(page).getByText("This browser", { exact: true })).toHaveCount(1);
  await expect(rows(page)).toHaveCount(2);
  await expect(rows(page).first()).toContainText("Firefox on Linux");
  await expect(rows(page).first().locator("time").first()).toHaveAttribute("datetime", /^\d{4}-\d\d-\d\dT.*Z$/);

  // The one used last stands first.
  await rows(page).nth(1).getByRole("button", { name: "Sign out" }).click();
  await expect(told(page)).toContainText(/signed out\.$/);
  await expect(rows(page)).toHaveCount(1);
  await expect(main(page).getByText("1 other browser.")).toBeVisible();
  const signedIn = [await isSignedIn(other), await isSignedIn(third)];
  expect(signedIn.filter(Boolean)).toHaveLength(1);
  expect(await isSignedIn(context)).toBe(true);

  await rows(page).first().getByRole("button", { name: "Sign out" }).click();
  await expect(main(page).getByText("You are signed in nowhere else.")).toBeVisible();
  expect(await isSignedIn(other)).toBe(false);
  await theirs.goto("/account");
  await expect(theirs).toHaveURL("/login?next=/account");
  await expect(new LoginPage(theirs).reason).toHaveText("You were signed out in another tab or browser.");
  await Promise.all([other.close(), third.close()]);
});

test("all others are signed out, and this one stays", async ({ page, browser, server, context }) => {
  const others = [await elsewhere(browser, server), await elsewhere(browser, server)];
  await open(page, PAGE);
  await press(page, "Sign out all others");
  await expect(told(page)).toHaveText("All other browsers are signed out.");
  await expect(rows(page)).toHaveCount(0);
  await expect(main(page).getByRole("button", { name: "Sign out all others" })).toHaveCount(0);
  for (const other of others) {
    expect(await isSignedIn(other)).toBe(false);
    await other.close();
  }
  expect(await isSignedIn(context)).toBe(true);
});

test("all are signed out, this one too", async ({ page, browser, server, context }) => {
  const other = await elsewhere(browser, server);
  await open(page, PAGE);
  await press(page, "Sign out everywhere");
  await expect(page).toHaveURL("/login?everywhere");
  await expect(told(page)).toHaveText("You are signed out everywhere.");
  expect(await sessionCookies(context)).toEqual([]);
  expect(await isSignedIn(other)).toBe(false);
  await other.close();
});

test.describe("long after the sign-in", () => {
  test.use({ settings: { REAUTHENTICATE_AFTER: "0s" } });
  test.beforeEach(({ complaints }) => complaints.allow(/status of 40[034]/));

  test("a session is ended by the password, where its button is", async ({ page, browser, server }) => {
    const other = await elsewhere(browser, server);
    await open(page, PAGE);
    await rows(page).getByRole("button", { name: "Sign out" }).click();
    const row = rows(page).first();
    await expect(row.getByText("Sign out Firefox on Linux?")).toBeVisible();
    await expect(field(page, "Your password")).toBeFocused();
    await expect(field(page, "Your password")).toHaveAccessibleDescription(/to show that it is you/);
    await expect(field(page, "Your password")).toHaveAttribute("autocomplete", "current-password");
    expect(await isSignedIn(other)).toBe(true);

    await expect(row.getByRole("link", { name: "Forgot it?" })).toHaveAttribute("href", "/forgot-password");

    await row.getByRole("button", { name: "Sign out" }).click();
    await expect(field(page, "Your password")).toHaveAccessibleDescription("Enter your password.");
    await field(page, "Your password").fill("not hers");
    await row.getByRole("button", { name: "Sign out" }).click();
    await expect(field(page, "Your password")).toHaveAccessibleDescription(WRONG);
    await expect(field(page, "Your password")).toBeFocused();
    await field(page, "Your password").fill(ADA.password);
    await row.getByRole("button", { name: "Sign out" }).click();
    await expect(main(page).getByText("You are signed in nowhere else.")).toBeVisible();
    expect(await isSignedIn(other)).toBe(false);
    await other.close();
  });

  test("what was signed out meanwhile is said to be", async ({ page, browser, server }) => {
    const other = await elsewhere(browser, server);
    await open(page, PAGE);
    expect((await other.request.post(LOGOUT)).status()).toBe(200);
    await rows(page).getByRole("button", { name: "Sign out" }).click();
    if (scripted()) {
      await field(page, "Your password").fill(ADA.password);
      await field(page, "Your password").press("Enter");
    } else {
      await expect(main(page).getByText("That was signed out already.")).toBeVisible();
    }
    await expect(main(page).getByText("You are signed in nowhere else.")).toBeVisible();
    await other.close();
  });

  test("whoever thinks better of it leaves all as it was", async ({ page, browser, server }) => {
    const other = await elsewhere(browser, server);
    await open(page, PAGE);
    for (const [name, question] of [
      ["Sign out all others", "Sign out all other browsers?"],
      ["Sign out everywhere", "Sign out everywhere, here too?"],
    ] as const) {
      await press(page, name);
      await expect(main(page).getByText(question)).toBeVisible();
      await press(page, "Never mind");
      await expect(main(page).getByText(question)).toHaveCount(0);
      await expect(field(page, "Your password")).toHaveCount(0);
      if (scripted()) await expect(main(page).locator(":focus").getByRole("button", { name })).toBeVisible();
    }
    expect(await isSignedIn(other)).toBe(true);
    await press(page, "Sign out everywhere");
    await field(page, "Your password").fill(ADA.password);
    await field(page, "Your password").press("Enter");
    await expect(page).toHaveURL("/login?everywhere");
    expect(await isSignedIn(other)).toBe(false);
    await other.close();
  });

  test("another address takes the password, and keeps what was typed", async ({ page }) => {
    await open(page, "/account/email");
    await expect(field(page, "Your password")).toHaveCount(0);
    await field(page, "E-mail address").fill("countess@example.com");
    await press(page, "Change my address");
    await expect(field(page, "Your password")).toBeFocused();
    await expect(field(page, "E-mail address")).toHaveValue("countess@example.com");
    await field(page, "Your password").fill("not hers");
    await press(page, "Change my address");
    await expect(field(page, "Your password")).toHaveAccessibleDescription(WRONG);
    await field(page, "Your password").fill(ADA.password);
    await press(page, "Change my address");
    await expect(told(page)).toContainText("A mail is on its way to the new address.");
    await expect(field(page, "Your password")).toHaveCount(0);
  });

  test("the end of an account takes the password", async ({ page, context }) => {
    await open(page, "/account/delete");
    await field(page, "Yes, delete my account for good").check();
    await press(page, "Delete my account");
    await expect(field(page, "Your password")).toBeFocused();
    await expect(field(page, "Yes, delete my account for good")).toBeChecked();
    await field(page, "Your password").fill(ADA.password);
    await press(page, "Delete my account");
    await expect(page).toHaveURL("/login?done");
    expect(await sessionCookies(context)).toEqual([]);
  });
});

test("rows that look the same can be told apart, and what was done is told once", async ({ page, browser, server }) => {
  const others = [await elsewhere(browser, server), await elsewhere(browser, server)];
  await open(page, PAGE);
  const since = /^Sign out Firefox on Linux, signed in \d+ \w{3} \d{4}, \d\d:\d\d UTC$/;
  await expect(main(page).getByRole("button", { name: since })).toHaveCount(2);
  await rows(page).first().getByRole("button", { name: since }).click();
  await expect(told(page)).toContainText("signed out.");
  if (scripted()) {
    // As it is without a script, before there is one.
    await page.goto(`${PAGE}?done`);
    await expect(told(page)).toHaveText("That browser is signed out.");
    await expect(page).toHaveURL(PAGE);
    await page.reload();
    await hydrated(page);
    await expect(told(page)).toHaveText("");
  }
  for (const other of others) await other.close();
});

test("from a place in the activity that there is not one gets to the latest", async ({ page, complaints }) => {
  complaints.allow(/status of 400/);
  await open(page, "/account/activity?before=abc");
  await expect(main(page).getByRole("alert").filter({ hasText: "refused" })).toBeVisible();
  await press(page, "Try again");
  await expect(page).toHaveURL("/account/activity?before=abc");
  await main(page).getByRole("link", { name: "Latest" }).click();
  await expect(page).toHaveURL("/account/activity");
  await expect(main(page).getByRole("listitem").filter({ hasText: "Signed in" })).not.toHaveCount(0);
});

test.describe("where nothing is kept", () => {
  test.use({ settings: { AUDIT_RETENTION: "0s" } });

  test("the activity says so", async ({ page }) => {
    await open(page, "/account/activity");
    await expect(main(page).getByText("On this server nothing is kept of what happens.")).toBeVisible();
  });
});

test("activity tells what happened, in words", async ({ page, browser, server }) => {
  const stranger = await browser.newContext({ baseURL: server.origin, userAgent: FIREFOX });
  for (const _time of [1, 2, 3]) {
    const data = { username: ADA.username, password: "not hers" };
    expect((await stranger.request.post(LOGIN, { data })).status()).toBe(400);
  }
  await stranger.close();
  const failed = main(page).getByRole("listitem").filter({ hasText: "Failed sign-in, 3 times" });
  // They are written once a second.
  await expect(async () => {
    await open(page, "/account/activity");
    await expect(failed).toContainText("Firefox on Linux", { timeout: 500 });
  }).toPass();
  await expect(main(page).getByRole("listitem").filter({ hasText: "Signed in" })).not.toHaveCount(0);
});
