// Real browsers on real origins: what other sites can have a browser do with somebody's cookies. What
// the server makes of every header that they could send is tested in server/tests/http/csrf.rs.
import type { BrowserContext, Page } from "@playwright/test";
import { ADA, expect, LOGIN, LOGOUT, test, USER } from "./fixtures.ts";
import { Attacker } from "./support/attacker.ts";
import type { Server } from "./support/server.ts";
import { speculate, WAYS } from "./support/speculation.ts";

/** Where Latchkey is, for Ada: the port is the server's. */
const HOME = "localhost";

/** Other origins, from which browsers send her cookies with everything, or with links alone. */
const ATTACKERS = [
  { name: "another port of the same site", host: HOME },
  { name: "another site", host: "app.localhost" },
];

interface Scene {
  /** The attacker's page. */
  page: Page;
  context: BrowserContext;
  /** Where Ada is signed in. */
  home: string;
  /** Statuses of what was sent to a path of hers. */
  statuses: (path: string) => number[];
}

/** Ada is signed in, and opens a page of the attacker's. */
async function visit(
  { server, context, page }: { server: Server; context: BrowserContext; page: Page },
  host: string,
  attack: (scene: Scene) => Promise<void>,
): Promise<void> {
  const home = `http://${HOME}:${new URL(server.origin).port}`;
  const { username, password } = ADA;
  const login = await context.request.post(home + LOGIN, { data: { username, password } });
  expect(login.status()).toBe(200);
  const before = await context.cookies(home);
  const attacker = await Attacker.start();
  const seen: [string, number][] = [];
  context.on("response", (response) => {
    const url = new URL(response.url());
    if (url.origin === home) seen.push([url.pathname, response.status()]);
  });
  try {
    await page.goto(attacker.at(host));
    const statuses = (path: string) => seen.filter(([asked]) => asked === path).map(([, status]) => status);
    await attack({ page, context, home, statuses });
  } finally {
    attacker.stop();
  }
  // Nothing has happened to her: she is signed in here and nowhere else, and is called what she was.
  expect(await context.cookies(home)).toEqual(before);
  const user = await context.request.get(home + USER);
  expect(await user.json()).toMatchObject({ username: ADA.username, first_name: ADA.firstName });
  const sessions = await (await context.request.get(`${home}/api/auth/sessions/`)).json();
  expect(sessions.total).toBe(1);
}

for (const { name, host } of ATTACKERS) {
  test.describe(`from ${name}`, () => {
    test.beforeEach(({ complaints }) => complaints.allow(/./));

    const forms = [
      { path: "/account/profile", type: "application/x-www-form-urlencoded", fields: { first_name: "Mallory" } },
      { path: "/logout", type: "application/x-www-form-urlencoded", fields: {} },
      { path: LOGOUT, type: "multipart/form-data", fields: { a: "b" } },
      // One field, whose name and value make JSON.
      { path: LOGIN, type: "text/plain", fields: { '{"username":"mallory","password":"': '"}' } },
    ];
    for (const { path, type, fields } of forms) {
      test(`a form to ${path} as ${type} is refused`, async ({ server, context, page }) => {
        await visit({ server, context, page }, host, async ({ page, home, statuses }) => {
          await page.evaluate(
            ([action, enctype, pairs]) => {
              const form = Object.assign(document.createElement("form"), { method: "post", action, enctype });
              for (const [name, value] of Object.entries(pairs)) {
                form.append(Object.assign(document.createElement("input"), { name, value }));
              }
              document.body.append(form);
              form.submit();
            },
            [home + path, type, fields] as const,
          );
          await expect.poll(() => statuses(path)).toEqual([403]);
        });
      });
    }

    test("a script's requests are refused, and it reads nothing", async ({ server, context, page }) => {
      await visit({ server, context, page }, host, async ({ page, home, statuses }) => {
        const outcomes = await page.evaluate(
          ([origin, logout, user]) => {
            const told = (answer: Promise<Response>) =>
              answer.then(
                ({ type, status }) => `${type} ${status}`,
                (error: Error) => error.name,
              );
            const headers = { "Content-Type": "application/json" };
            const [body, credentials] = ['{"first_name":"Mallory"}', "include"] as const;
            return Promise.all([
              told(fetch(origin + logout, { method: "POST", mode: "no-cors", credentials, body })),
              told(fetch(origin + logout, { method: "POST", credentials, body })),
              // This one has to ask first.
              told(fetch(origin + user, { method: "PATCH", credentials, headers, body })),
              told(fetch(origin + user, { credentials })),
              told(fetch(origin + user, { mode: "no-cors", credentials })),
            ]);
          },
          [home, LOGOUT, USER] as const,
        );
        expect(outcomes).toEqual(Array(5).fill("TypeError"));
        expect(statuses(LOGOUT).every((status) => status === 403)).toBe(true);
        expect(await page.evaluate(([origin, logout]) => navigator.sendBeacon(origin + logout, "x"), [home, LOGOUT] as const)).toBe(true);
      });
    });

    test("what it has fetched ahead changes nothing", async ({ server, context, page }) => {
      await visit({ server, context, page }, host, async ({ page, home }) => {
        const urls = ["/", "/login", "/account", "/account/sessions", "/logout", LOGOUT].map((path) => home + path);
        for (const way of WAYS) await speculate(page, way, urls);
        await expect.poll(() => server.requests(LOGOUT)).toContain(405);
      });
    });

    test("what it has fetched ahead with an expired access token begins nothing", async ({ server, context, page }) => {
      await visit({ server, context, page }, host, async ({ page, home }) => {
        const all = await context.cookies(home);
        await context.clearCookies({ name: "access" });
        const left = await context.cookies(home);
        for (const way of WAYS) await speculate(page, way, [`${home}/account`]);
        await expect.poll(() => new Set(server.requests("/account"))).toEqual(new Set([503]));
        expect(await context.cookies(home)).toEqual(left);
        await context.clearCookies();
        await context.addCookies(all);
      });
    });

    test("neither an image nor a script loads", async ({ server, context, page }) => {
      await visit({ server, context, page }, host, async ({ page, home }) => {
        const outcomes = await page.evaluate(
          ([origin, user]) => {
            const load = (tag: "img" | "script", url: string) =>
              new Promise<string>((resolve) => {
                const element = document.createElement(tag);
                element.onload = () => resolve("loaded");
                element.onerror = () => resolve("refused");
                element.src = url;
                document.body.append(element);
              });
            return Promise.all([load("img", origin + user), load("script", origin + user), load("img", `${origin}/favicon.ico`)]);
          },
          [home, USER] as const,
        );
        expect(outcomes).toEqual(["refused", "refused", "refused"]);
      });
    });

    test("no page shows in a frame", async ({ server, context, page }) => {
      await visit({ server, context, page }, host, async ({ page, home }) => {
        const refused = page.waitForEvent("console", (message) => /frame-ancestors|X-Frame-Options/i.test(message.text()));
        await page.evaluate((url) => {
          document.body.append(Object.assign(document.createElement("iframe"), { src: url }));
        }, `${home}/account`);
        await refused;
        const urls = page.frames().map((frame) => frame.url());
        expect(urls).not.toContain(`${home}/account`);
      });
    });

    test("a window that it opens is out of its reach", async ({ server, context, page }) => {
      await visit({ server, context, page }, host, async ({ page, home }) => {
        const opening = page.waitForEvent("popup");
        await page.evaluate((url) => {
          Object.assign(window, { opened: window.open(url) });
        }, `${home}/account`);
        const opened = await opening;
        // A link from elsewhere opens signed in; who opened it has lost it.
        await expect(opened.getByRole("heading", { level: 1 })).toHaveText("Hello, Ada");
        expect(await opened.evaluate(() => window.opener)).toBeNull();
        await expect.poll(() => page.evaluate(() => (window as unknown as { opened: Window }).opened.closed)).toBe(true);
      });
    });
  });
}
