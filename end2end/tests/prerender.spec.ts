// Pages that Chromium renders before somebody asks for them, their scripts included, and shows later.
import { ADA, expect, LOGIN, LOGOUT, REFRESH, test as base } from "./fixtures.ts";
import { linkIn, mailTo } from "./support/mail.ts";
import { addRules } from "./support/speculation.ts";
import { type Tab, WholeChromium, type WholePage } from "./support/whole-chromium.ts";

const LIFETIME_S = 4;

const test = base.extend<{ chromium: WholeChromium; tab: Tab }>({
  chromium: async ({}, use) => {
    const chromium = new WholeChromium();
    await use(chromium);
    await chromium.stop();
  },

  /** Ada is signed in, and looks at the first page. */
  tab: async ({ chromium, server }, use) => {
    const tab = await chromium.open(server.origin + "/");
    expect(await post(await tab.page(), LOGIN, { username: ADA.username, password: ADA.password })).toBe(200);
    await use(tab);
  },
});

/** Asks for something as a script of the page would. */
async function post(page: WholePage, path: string, body: unknown = {}): Promise<number> {
  return await page.evaluate(
    async ([path, body]) => {
      const headers = { "Content-Type": "application/json" };
      return (await fetch(path, { method: "POST", headers, body: JSON.stringify(body) })).status;
    },
    [path, body] as const,
  );
}

/** Has a page rendered ahead, and waits until it is there, the WASM that takes it over as well. */
async function prerender(tab: Tab, url: string): Promise<WholePage> {
  await (await tab.page()).evaluate(addRules, ["prerender", [url]] as const);
  const ahead = await tab.ahead();
  await expect.poll(() => ahead.evaluate(() => document.readyState)).toBe("complete");
  await expect.poll(() => ahead.answers).toContainEqual(expect.stringMatching(/\.wasm 200$/));
  expect(await ahead.evaluate(() => (document as Document & { prerendering: boolean }).prerendering)).toBe(true);
  return ahead;
}

/** Goes to a page that was rendered ahead: it is that which is shown. */
async function visit(tab: Tab, ahead: WholePage): Promise<void> {
  const url = await ahead.evaluate(() => location.href);
  await (await tab.page()).follow(url);
  await expect.poll(() => ahead.evaluate(() => (document as Document & { prerendering: boolean }).prerendering)).toBe(false);
}

const refreshes = (page: WholePage): string[] => page.answers.filter((answer) => answer.includes(REFRESH));

test("a page that is rendered ahead is shown as it is, and its script sends nothing", async ({ tab, server }) => {
  const ahead = await prerender(tab, `${server.origin}/account`);
  await expect.poll(() => ahead.text()).toContain("Hello, Ada");
  await visit(tab, ahead);
  expect(await ahead.text()).toContain("Hello, Ada");
  expect(ahead.answers.filter((answer) => answer.startsWith("POST"))).toEqual([]);
});

test("a mail's link is not used up by rendering its page ahead", async ({ tab, server }) => {
  await post(await tab.page(), "/api/auth/registration/resend-email/", { email: ADA.email });
  const link = linkIn(await mailTo(server, ADA.email));
  const ahead = await prerender(tab, server.origin + link);
  await expect.poll(() => ahead.text()).toContain("Is this your address?");
  await visit(tab, ahead);
  await ahead.evaluate(() => document.querySelector<HTMLButtonElement>("main form button")?.click());
  await expect.poll(() => ahead.text()).toContain("Thank you");
});


test.describe("with an access token that soon expires", () => {
  test.use({ settings: { ACCESS_TOKEN_LIFETIME: `${LIFETIME_S}s` } });

  test("no refresh before somebody looks, and one then", async ({ tab, server }) => {
    const ahead = await prerender(tab, `${server.origin}/account`);
    await new Promise((resolve) => setTimeout(resolve, LIFETIME_S * 1000 + 500));
    expect(refreshes(ahead)).toEqual([]);
    await visit(tab, ahead);
    await expect.poll(() => refreshes(ahead)).toEqual([`POST ${REFRESH} 200`]);
    expect(await ahead.text()).toContain("Hello, Ada");
  });
});

const signOuts = [
  {
    how: "in another tab",
    signOut: (page: WholePage) => page.evaluate(() => document.querySelector<HTMLButtonElement>("[action='/logout'] button")?.click()),
  },
  // As by a form without a script.
  { how: "without a word to others", signOut: (page: WholePage) => post(page, LOGOUT) },
];
for (const { how, signOut } of signOuts) {
  test(`after a sign-out ${how} nothing is shown that was rendered before`, async ({ chromium, tab, server }) => {
    const ahead = await prerender(tab, `${server.origin}/account`);
    await expect.poll(() => ahead.text()).toContain("Hello, Ada");
    const other = await (await chromium.open(`${server.origin}/account`)).page();
    await signOut(other);
    await expect.poll(() => chromium.cookies()).not.toContain("refresh");

    await (await tab.page()).follow(`${server.origin}/account`);
    // Which page that is, is Chromium's choice.
    await expect(async () => {
      const page = await tab.page();
      expect(await page.evaluate(() => location.pathname)).toBe("/login");
      expect(await page.text()).not.toContain("Ada");
    }).toPass({ timeout: 10_000 });
  });
}
