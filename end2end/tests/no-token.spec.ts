import type { BrowserContext, Page } from "@playwright/test";
import { expect, REFRESH, test } from "./fixtures.ts";
import { AccountPage, hydrated, LoginPage, open } from "./support/pages.ts";

test.use({ settings: { ACCESS_TOKEN_LIFETIME: "3s" } });

/** What every JWT looks like: two segments that begin with `{"` in base64url, and a signature. */
const JWT = /eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+/;
const TEXT = /^(text\/|application\/(json|javascript))/;

/** Every token that the browser's cookies hold now. */
async function tokens(context: BrowserContext): Promise<string[]> {
  const cookies = (await context.cookies()).filter(({ name }) => name === "access" || name === "refresh");
  for (const cookie of cookies) expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
  return cookies.map(({ value }) => value);
}

/** All that a script in the page can read. */
async function readableByScripts(page: Page): Promise<string> {
  return page.evaluate(() =>
    [document.cookie, document.documentElement.outerHTML, location.href, ...[localStorage, sessionStorage].map((storage) => JSON.stringify(storage))].join("\n"),
  );
}

test("no token is in document.cookie, HTML, storage or any answer's body", async ({ page, context, complaints }) => {
  complaints.allowStatus(404, "/nowhere");
  const bodies: Promise<{ url: string; body: string }>[] = [];
  context.on("response", (response) => {
    if (!TEXT.test(response.headers()["content-type"] ?? "")) return;
    // A redirect has no body to read, nor has an answer that its page did not wait for.
    bodies.push(response.text().catch(() => "").then((body) => ({ url: response.url(), body })));
  });
  const seen: string[] = [];
  const look = async () => {
    seen.push(...(await tokens(context)));
    expect(await readableByScripts(page)).not.toMatch(JWT);
  };

  await open(page, "/login");
  await new LoginPage(page).signIn();
  await new AccountPage(page).isShown();
  await look();
  await page.waitForResponse((response) => response.url().endsWith(REFRESH));
  await look();
  await page.reload();
  await hydrated(page);
  await look();
  await page.goto("/");
  await look();
  await page.goto("/nowhere");
  await look();
  await open(page, "/account");
  await new AccountPage(page).signOut.click();
  await expect(page).toHaveURL("/login");
  await look();

  expect(new Set(seen).size, "tokens were there to be found").toBeGreaterThanOrEqual(3);
  for (const token of seen) expect(token).toMatch(JWT);
  for (const { url, body } of await Promise.all(bodies)) {
    expect(JWT.test(body) || seen.some((token) => body.includes(token)), url).toBe(false);
  }
});
