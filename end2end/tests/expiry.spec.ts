import type { Page } from "@playwright/test";
import { DATA, expect, REFRESH, test } from "./fixtures.ts";
import { AccountPage, hide, open } from "./support/pages.ts";

const LIFETIME_S = 3;
test.use({ settings: { ACCESS_TOKEN_LIFETIME: `${LIFETIME_S}s` } });
test.beforeEach(async ({ signedIn: _signedIn }) => {});

async function outliveTheAccessToken(page: Page): Promise<void> {
  await page.waitForTimeout(LIFETIME_S * 1000 + 500);
}

/** Holds requests to `path` until the returned function is called. */
async function holdBack(page: Page, path: string): Promise<() => void> {
  let letGo = (): void => {};
  const letGone = new Promise<void>((resolve) => (letGo = resolve));
  await page.route(path, async (route) => {
    await letGone;
    await route.continue();
  });
  return letGo;
}

/** Goes home and back by the menu. Each visit loads its data, and does so even if one leaves. */
async function visitTheAccountPage(page: Page, visits: number): Promise<void> {
  await page.evaluate(async (visits) => {
    const follow = async (path: string): Promise<void> => {
      document.querySelector<HTMLAnchorElement>(`nav a[href="${path}"]`)?.click();
      while (location.pathname !== path) await new Promise(requestAnimationFrame);
    };
    for (let visit = 0; visit < visits; visit += 1) {
      await follow("/");
      await follow("/account");
    }
  }, visits);
}

test("a click with an expired access token refreshes first, once, and meets no 401", async ({ page, traffic }) => {
  await hide(page);
  await open(page, "/account");
  await outliveTheAccessToken(page);
  expect(traffic.statuses(REFRESH), "a hidden tab refreshes nothing by itself").toEqual([]);
  traffic.clear();

  const account = new AccountPage(page);
  await account.loadAgain.click();
  await expect.poll(() => traffic.statuses(DATA)).toEqual([200]);
  await account.isShown();
  expect(traffic.statuses(REFRESH)).toEqual([200]);
  await expect(account.refreshes).toHaveText("1");
});

test.describe("with an access token that is lost unawares", () => {
  test.use({ settings: {} });

  test("twenty calls that meet a 401 unawares: one refresh, twenty successes", async ({
    page,
    context,
    traffic,
    complaints,
  }) => {
    complaints.allowStatus(401, DATA);
    await hide(page);
    await open(page, "/account");
    await context.clearCookies({ name: "access" });
    traffic.clear();
    const answerTheRefresh = await holdBack(page, REFRESH);

    await visitTheAccountPage(page, 20);
    await expect.poll(() => traffic.statuses(DATA)).toEqual(Array(20).fill(401));
    expect(traffic.statuses(REFRESH), "all twenty wait for the same refresh").toEqual([]);
    answerTheRefresh();

    const successes = () => traffic.statuses(DATA).filter((status) => status === 200).length;
    await expect.poll(successes).toBe(20);
    await new AccountPage(page).isShown();
    expect(traffic.statuses(REFRESH)).toEqual([200]);
  });
});
