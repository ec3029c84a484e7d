// The forms, as people use them. Runs twice: hydrated, and with JavaScript disabled.
import type { Page } from "@playwright/test";
import { ADA, expect, LOGIN, REGISTRATION, test } from "./fixtures.ts";
import { AccountPage, hydrated, LoginPage, RegisterPage, sessionCookies } from "./support/pages.ts";

const EVE = { username: "eve", email: "eve@example.com", password: "quite another engine" };

const scripted = () => test.info().project.use.javaScriptEnabled !== false;

/** Opens a page, and waits for its script where there is one. */
async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  if (scripted()) await hydrated(page);
}

test("sign in, look around, sign out", async ({ page, context }) => {
  await open(page, "/login");
  await new LoginPage(page).signIn();
  await expect(page).toHaveURL("/account");
  const account = new AccountPage(page);
  await account.isShown();
  await account.loadAgain.click();
  await account.isShown();
  await page.getByRole("navigation").getByRole("link", { name: "Home" }).click();
  await expect(page.getByText("Welcome back, Ada. You are signed in.")).toBeVisible();

  await page.getByRole("navigation").getByRole("link", { name: "Account" }).click();
  await account.signOut.click();
  await expect(page).toHaveURL("/login");
  expect(await sessionCookies(context)).toEqual([]);
  await page.goto("/account");
  await expect(page).toHaveURL("/login?next=/account");
});

test("one gets where one wanted to go", async ({ page }) => {
  await open(page, "/login?next=/account%3Ftab%3D1");
  await new LoginPage(page).signIn();
  await expect(page).toHaveURL("/account?tab=1");
});

test("a wrong password: the same page says so, and keeps the username", async ({ page, complaints }) => {
  complaints.allowStatus(400, LOGIN);
  complaints.allowStatus(400, "/login");
  const login = new LoginPage(page);
  await open(page, "/login?next=/account");
  await login.signIn({ ...ADA, password: "not hers" });
  await expect(login.error).toHaveText("These do not match. Check both and try again.");
  await expect(login.username).toHaveValue("ada");
  await expect(login.password).toBeFocused();
  await expect(login.password).toHaveAccessibleDescription(/do not match/);

  await login.password.fill(ADA.password);
  await login.submit.click();
  await expect(page).toHaveURL("/account");
});

test("make an account, and be signed in with it", async ({ page }) => {
  await open(page, "/login");
  await page.getByRole("link", { name: "Make one" }).click();
  await expect(page).toHaveURL("/register");
  if (scripted()) await hydrated(page);
  await new RegisterPage(page).register(EVE);
  await expect(page).toHaveURL("/account");
  await expect(new AccountPage(page).heading).toHaveText("Hello, eve");
  await expect(page.getByText("eve@example.com")).toBeVisible();
});

test("an account that cannot be made: every field says why, and keeps what was typed", async ({ page, complaints }) => {
  complaints.allowStatus(400, REGISTRATION);
  complaints.allowStatus(400, "/register");
  const register = new RegisterPage(page);
  await open(page, "/register");
  await register.register({ username: "Ada", email: "ada@example.com", password: "1234567" });
  await expect(register.username).toHaveAccessibleDescription("A user with that username already exists.");
  await expect(register.email).toHaveAccessibleDescription("User is already registered with this e-mail address.");
  await expect(register.password).toHaveAccessibleDescription(/too short.*entirely numeric/);
  await expect(register.username).toHaveValue("Ada");
  await expect(register.email).toHaveValue("ada@example.com");
  await expect(register.username).toBeFocused();
  if (!scripted()) await expect(register.password).toHaveValue("");
});

test("password managers know what to fill in", async ({ page }) => {
  await open(page, "/login");
  await expect(new LoginPage(page).username).toHaveAttribute("autocomplete", "username");
  await expect(new LoginPage(page).password).toHaveAttribute("autocomplete", "current-password");
  await open(page, "/register");
  const register = new RegisterPage(page);
  await expect(register.username).toHaveAttribute("autocomplete", "username");
  await expect(register.email).toHaveAttribute("autocomplete", "email");
  for (const password of [register.password, register.again]) {
    await expect(password).toHaveAttribute("autocomplete", "new-password");
    await expect(password).toHaveAttribute("type", "password");
  }
});
