import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { hydrated, open } from "./support/pages.ts";

// Every server of these tests is the bare binary with its site beside it, copied far from the
// sources and started from another directory without a variable of cargo-leptos: see support/.

test("the bare binary serves pages that hydrate", async ({ page, traffic }) => {
  await open(page, "/");
  const wasm = traffic.answers().filter((answer) => new URL(answer.url()).pathname.endsWith(".wasm"));
  expect(wasm.map((answer) => answer.status())).toEqual([200]);
  expect(wasm[0]?.headers()["content-type"]).toBe("application/wasm");
});

test("a link is followed without loading a page anew", async ({ page, traffic }) => {
  await open(page, "/");
  traffic.clear();
  await page.getByRole("link", { name: "Sign in" }).first().click();
  await expect(page).toHaveURL("/login");
  await expect(page.getByLabel("Username")).toBeVisible();
  expect(traffic.answers("/login"), "the server was not asked for the page").toEqual([]);
});

for (const path of ["/", "/login", "/register", "/account", "/nowhere"]) {
  test(`${path} hydrates without a complaint, and says what the server rendered`, async ({
    page,
    complaints,
    signedIn: _signedIn,
    context,
    browser,
    baseURL,
  }) => {
    if (path === "/nowhere") complaints.allowStatus(404, path);
    if (path === "/login" || path === "/register") await context.clearCookies();
    const storageState = await context.storageState();
    const withoutScripts = await browser.newPage({ javaScriptEnabled: false, storageState, baseURL });
    await withoutScripts.goto(path);
    const rendered = await words(withoutScripts);
    await withoutScripts.close();

    await open(page, path);
    expect(await words(page)).toEqual(rendered);
    await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
    expect(await page.title()).toMatch(/ · Latchkey$/);
  });
}

test("an unknown page is a 404, and says so", async ({ page, complaints }) => {
  complaints.allowStatus(404, "/nowhere");
  const answer = await page.goto("/nowhere");
  expect(answer?.status()).toBe(404);
  await hydrated(page);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
});

/** What a page says, but for the time that passes meanwhile, and for buttons that need a script. */
async function words(page: Page): Promise<string[]> {
  const text = await page.locator("body").innerText();
  const lines = text.replace(/\d+:\d\d/g, "m:ss").split("\n");
  return lines.map((line) => line.trim()).filter((line) => !["", "Show", "password", "Show password"].includes(line));
}
