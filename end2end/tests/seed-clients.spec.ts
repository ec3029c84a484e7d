import { chromium, type BrowserContext, type Page } from "@playwright/test";
import { ADA, expect, test } from "./fixtures.ts";
import { OtherOrigin, SPA } from "./support/other-origin.ts";
import { DATA, LOGIN, LOGOUT, REFRESH, Traffic, USER } from "./support/traffic.ts";

const LIFETIME_S = 2;
test.use({ settings: { ACCESS_TOKEN_LIFETIME: `${LIFETIME_S}s`, CORS_ALLOWED_ORIGINS: SPA } });

interface Scene {
  page: Page;
  context: BrowserContext;
  traffic: Traffic;
}

/** A browser of its own, on the page of another origin. */
async function onTheOtherOrigin(server: { origin: string }, play: (scene: Scene) => Promise<void>): Promise<void> {
  const spa = await OtherOrigin.start();
  const { launchOptions } = test.info().project.use;
  const args = [...(launchOptions?.args ?? []), spa.rules(new URL(server.origin).port)];
  const browser = await chromium.launch({ ...launchOptions, args });
  try {
    const context = await browser.newContext();
    const page = await context.newPage();
    const traffic = new Traffic(context);
    await page.goto(`${SPA}/`);
    await play({ page, context, traffic });
  } finally {
    await browser.close();
    spa.stop();
  }
}

const tokenCookies = async (context: BrowserContext) =>
  (await context.cookies()).map(({ name }) => name).filter((name) => name === "access" || name === "refresh").sort();

test("axios: sign in, call, survive an expired access token, eight parallel calls, sign out", async ({ server }) => {
  await onTheOtherOrigin(server, async ({ page, context, traffic }) => {
    const { username, password } = ADA;
    const answer = await page.evaluate(([name, secret]) => window.seed.auth.login(name, secret), [username, password] as const);
    expect(answer.user.username).toBe("ada");
    expect(await tokenCookies(context)).toEqual(["access", "refresh"]);
    expect((await page.evaluate(() => window.seed.auth.getCurrentUser())).email).toBe(ADA.email);

    await page.waitForTimeout(LIFETIME_S * 1000 + 500);
    traffic.clear();
    expect((await page.evaluate(() => window.seed.auth.getCurrentUser())).username).toBe("ada");
    expect(traffic.statuses(USER)).toEqual([401, 200]);
    expect(traffic.statuses(REFRESH)).toEqual([200]);

    await page.waitForTimeout(LIFETIME_S * 1000 + 500);
    traffic.clear();
    const statuses = await page.evaluate(async () => {
      const calls = Array.from({ length: 8 }, () => window.seed.api.get("/data/"));
      return (await Promise.all(calls)).map(({ status }) => status);
    });
    expect(statuses).toEqual(Array(8).fill(200));
    expect(traffic.statuses(DATA).filter((status) => status === 401)).toHaveLength(8);
    // Every one of them asked for a refresh, and none was refused.
    expect(traffic.statuses(REFRESH)).toEqual(Array(8).fill(200));
    expect(new URL(page.url()).pathname).toBe("/");

    await page.evaluate(() => window.seed.auth.logout());
    expect(traffic.statuses(LOGOUT)).toEqual([200]);
    expect(await tokenCookies(context)).toEqual([]);
  });
});

test("Vue and fetch: sign in, who am I, a wrong password, sign out", async ({ server }) => {
  await onTheOtherOrigin(server, async ({ page, context, traffic }) => {
    const seen = await page.evaluate(
      async ([name, secret]) => {
        const auth = window.seed.useAuth();
        const refused = await auth.login(name, "not hers").then(() => undefined, (error: Error) => error.message);
        const data = await auth.login(name, secret);
        auth.user.value = null;
        await auth.fetchUser();
        return { refused, expiration: data.access_expiration, user: auth.user.value as { username: string } | null };
      },
      [ADA.username, ADA.password] as const,
    );
    expect(seen.refused).toBe("Login failed");
    expect(Date.parse(seen.expiration)).not.toBeNaN();
    expect(seen.user?.username).toBe("ada");
    expect(traffic.statuses(LOGIN)).toEqual([400, 200]);

    const user = await page.evaluate(async () => {
      const auth = window.seed.useAuth();
      await auth.logout();
      await auth.fetchUser();
      return auth.user.value;
    });
    expect(user).toBeNull();
    expect(await tokenCookies(context)).toEqual([]);
  });
});

test("a page of an origin that is not listed gets nothing", async ({ server }) => {
  await onTheOtherOrigin(server, async ({ page, context }) => {
    await page.goto(`http://127.0.0.1:${new URL(server.origin).port}/nowhere`);
    const failure = await page.evaluate(
      ([name, secret]) =>
        fetch("http://localhost:8000/api/auth/login/", {
          method: "POST",
          credentials: "include",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ username: name, password: secret }),
        }).then(
          () => "answered",
          (error: Error) => error.name,
        ),
      [ADA.username, ADA.password] as const,
    );
    expect(failure).toBe("TypeError");
    expect(await tokenCookies(context)).toEqual([]);
  });
});
