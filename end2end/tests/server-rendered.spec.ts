import { expect, REFRESH, test } from "./fixtures.ts";
import { AccountPage, hydrated, open } from "./support/pages.ts";

/** How a browser asks for a page. */
const NAVIGATION = { Accept: "text/html", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate" };

test.describe("signed in", () => {
  test.beforeEach(async ({ signedIn: _signedIn }) => {});

  test("the HTML of /account is the signed-in page, with its data", async ({ context }) => {
    const answer = await context.request.get("/account", { headers: NAVIGATION, maxRedirects: 0 });
    const html = await answer.text();

    expect(answer.status()).toBe(200);
    expect(answer.headers()["cache-control"]).toContain("no-store");
    for (const part of ["Ada", "first", "second"]) expect(html).toContain(part);
    expect(html).not.toContain('type="password"');
  });

  test("/account opened directly never shows the login page", async ({ page, traffic }) => {
    const visited: string[] = [];
    page.on("framenavigated", (frame) => visited.push(new URL(frame.url()).pathname));
    await page.addInitScript(watchForPasswordField);
    await open(page, "/account");
    await new AccountPage(page).isShown();

    expect(await page.evaluate(() => document.documentElement.dataset.sawPasswordField)).toBeUndefined();
    expect(visited).toEqual(["/account"]);
    expect(traffic.statuses(REFRESH)).toEqual([]);
  });

  test("a reload stays signed in", async ({ page, traffic }) => {
    await open(page, "/account");
    await page.reload();
    await hydrated(page);
    await new AccountPage(page).isShown();
    expect(traffic.statuses(REFRESH)).toEqual([]);
  });

  test.describe("with an access token that has expired", () => {
    test.use({ settings: { ACCESS_TOKEN_LIFETIME: "1s" } });

    test("the page is served signed in, and only the access cookie is set", async ({ context }) => {
      await new Promise((resolve) => setTimeout(resolve, 1500));
      const answer = await context.request.get("/account", { headers: NAVIGATION, maxRedirects: 0 });
      const cookies = answer.headersArray().filter(({ name }) => name.toLowerCase() === "set-cookie");

      expect(answer.status()).toBe(200);
      expect(await answer.text()).toContain("Ada");
      expect(cookies.map(({ value }) => value.split("=")[0])).toEqual(["access"]);
    });
  });
});

test("signed out, /account answers with a redirect and nothing else", async ({ context }) => {
  const answer = await context.request.get("/account", { headers: NAVIGATION, maxRedirects: 0 });
  expect([302, 303, 307]).toContain(answer.status());
  expect(answer.headers()["location"]).toBe("/login?next=/account");
  expect(await answer.text()).not.toContain("Ada");
});

/** Marks the document if a password field is ever in it, however briefly. */
function watchForPasswordField(): void {
  new MutationObserver(() => {
    if (document.querySelector("input[type=password]")) document.documentElement.dataset.sawPasswordField = "yes";
  }).observe(document, { childList: true, subtree: true });
}
