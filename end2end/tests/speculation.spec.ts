// Browsers fetch pages before somebody asks for them. Nothing may come of that but the page: the tests
// fetch ahead, look that nothing has changed, and then do what the fetching was for.
import type { BrowserContext, Page } from "@playwright/test";
import { ADA, expect, LOGIN, test, USER } from "./fixtures.ts";
import { linkIn, mailTo } from "./support/mail.ts";
import { AccountPage, hydrated, LoginPage, open } from "./support/pages.ts";
import type { Account } from "./support/server.ts";
import { speculate, WAYS } from "./support/speculation.ts";

const BOB: Account = { ...ADA, username: "bob", email: "bob@example.com", firstName: "Bob" };
const NEW_PASSWORD = "difference engine no. 2";

test.beforeEach(async ({ signedIn: _signedIn }) => {});

/** Goes to a page as a link without a script does. */
async function follow(page: Page, path: string): Promise<void> {
  await Promise.all([page.waitForURL(path), page.evaluate((url) => location.assign(url), path)]);
}

/** Whose session the cookies are, and how many sessions there are. */
async function standing(context: BrowserContext): Promise<unknown> {
  const sessions = await (await context.request.get("/api/auth/sessions/")).json();
  return { cookies: await context.cookies(), sessions: sessions.total, user: await (await context.request.get(USER)).json() };
}

for (const way of WAYS) {
  test.describe(`by ${way}`, () => {
    test("fetching ahead changes nothing, and the links of mails work afterwards", async ({ page, context, server, complaints }) => {
      // What cannot be fetched ahead is no trouble: the visit fetches it.
      complaints.allow(/status of (405|503)/);
      await context.request.post("/api/auth/registration/resend-email/", { data: { email: ADA.email } });
      const toVerify = linkIn(await mailTo(server, ADA.email, 1));
      await context.request.post("/api/auth/password/reset/", { data: { email: ADA.email } });
      const toReset = linkIn(await mailTo(server, ADA.email, 2));
      await open(page, "/");
      const before = await standing(context);

      const paths = [toVerify, toReset, "/account", "/account/sessions", "/login", "/logout", "/api/auth/logout/", "/api/auth/token/refresh/"];
      await speculate(page, way, paths.map((path) => server.origin + path));
      expect(await standing(context)).toEqual(before);

      await follow(page, toVerify);
      await hydrated(page);
      await page.getByRole("button", { name: "Confirm this address" }).click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Thank you");
      await follow(page, toReset);
      await hydrated(page);
      await page.getByLabel("New password", { exact: true }).fill(NEW_PASSWORD);
      await page.getByLabel("New password again").fill(NEW_PASSWORD);
      await page.getByRole("button", { name: "Save the new password" }).click();
      await expect
        .poll(async () => (await context.request.post(LOGIN, { data: { username: ADA.username, password: NEW_PASSWORD } })).status())
        .toBe(200);
    });

    test("with an expired access token nothing is fetched ahead, and the visit is signed in", async ({
      page,
      context,
      server,
      complaints,
      traffic,
    }) => {
      complaints.allowStatus(503, "/account");
      await open(page, "/");
      await context.clearCookies({ name: "access" });
      const before = await context.cookies();
      traffic.clear();
      await speculate(page, way, [`${server.origin}/account`]);
      expect(traffic.statuses("/account")).toEqual([503]);
      expect(await context.cookies()).toEqual(before);

      await follow(page, "/account");
      await new AccountPage(page).isShown();
      expect(traffic.statuses("/account")).toEqual([503, 200]);
      expect(await traffic.rotations()).toBe(0);
      expect((await context.cookies()).map(({ name }) => name).sort()).toEqual(["access", "latchkey-device", "refresh"]);
    });

    test("a page that was fetched before a sign-out is not shown after it", async ({ page, context, server }) => {
      await open(page, "/");
      await speculate(page, way, [`${server.origin}/account`]);
      const other = await context.newPage();
      await open(other, "/account");
      await new AccountPage(other).signOut.click();
      await expect(other).toHaveURL("/login");

      await page.evaluate(() => location.assign("/account"));
      await expect(new LoginPage(page).username).toBeVisible();
      await expect(page).toHaveURL("/login?next=/account");
      expect(await page.content()).not.toContain("ada@example.com");
    });

    test("a page that was fetched for one person is not shown to the next", async ({ page, context, server }) => {
      await server.createUser(BOB);
      await open(page, "/");
      await speculate(page, way, [`${server.origin}/account`]);
      const { username, password } = BOB;
      const other = await context.newPage();
      await open(other, "/");
      const signIn = async ([path, body]: readonly [string, string]) =>
        (await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body })).status;
      expect(await other.evaluate(signIn, [LOGIN, JSON.stringify({ username, password })] as const)).toBe(200);

      await follow(page, "/account");
      await expect(new AccountPage(page).heading).toHaveText("Hello, Bob");
    });
  });
}
