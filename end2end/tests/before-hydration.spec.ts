// The time between the first frame and the end of hydration, made long.
import type { Page } from "@playwright/test";
import { ADA, expect, LOGIN, test } from "./fixtures.ts";
import { AccountPage, hydrated, LoginPage, RegisterPage } from "./support/pages.ts";

const WASM = /\.wasm$/;

/** Holds the WASM back until the returned function is called. */
async function holdTheWasm(page: Page): Promise<() => void> {
  let letGo = (): void => {};
  const letGone = new Promise<void>((resolve) => (letGo = resolve));
  await page.route(WASM, async (route) => {
    await letGone;
    await route.continue();
  });
  return letGo;
}

test("what is typed before hydration is what is sent after it", async ({ page, traffic }) => {
  const letTheWasmGo = await holdTheWasm(page);
  await page.goto("/login");
  const login = new LoginPage(page);
  await login.username.pressSequentially(ADA.username);
  await login.password.pressSequentially(ADA.password.slice(0, 10));
  letTheWasmGo();
  await hydrated(page);
  await expect(login.password).toBeFocused();
  await page.keyboard.type(ADA.password.slice(10));

  await expect(login.username).toHaveValue(ADA.username);
  await login.submit.click();
  await expect(page).toHaveURL("/account");
  expect(traffic.statuses(LOGIN), "by the script").toEqual([200]);
});

test("a form that is sent before hydration is answered by the server", async ({ page, traffic, complaints }) => {
  complaints.allow(/Failed to load resource.*\.wasm$/, /uncaught: TypeError: Failed to fetch/);
  await page.route(WASM, (route) => route.abort());
  await page.goto("/login?next=/");
  await new LoginPage(page).signIn();
  await expect(page).toHaveURL("/");
  await expect(page.getByText("Welcome back, Ada.")).toBeVisible();
  expect(traffic.statuses(LOGIN)).toEqual([]);
});

test("a form that was refused meanwhile hydrates with what was wrong, and works from there", async ({
  page,
  complaints,
  traffic,
}) => {
  complaints.allowStatus(400, "/register");
  const letTheWasmGo = await holdTheWasm(page);
  await page.goto("/register");
  const register = new RegisterPage(page);
  await register.register({ username: "ada", email: "", password: "quite another engine" });
  await expect(register.username).toHaveAccessibleDescription("A user with that username already exists.");
  letTheWasmGo();
  await hydrated(page);
  await expect(register.username).toHaveAccessibleDescription("A user with that username already exists.");
  await expect(register.username).toHaveValue("ada");

  await register.register({ username: "eve", email: "", password: "quite another engine" });
  await expect(page).toHaveURL("/account");
  await expect(new AccountPage(page).heading).toHaveText("Hello, eve");
  // Not a word of it is left for whoever comes next.
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/login");
  await page.getByRole("link", { name: "Make one" }).click();
  await expect(register.username).toHaveValue("");
  await expect(register.username).toHaveAccessibleDescription("");
  expect(traffic.statuses("/register").at(-1)).toBe(400);
});
