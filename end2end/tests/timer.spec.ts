import { DATA, expect, REFRESH, test } from "./fixtures.ts";
import { AccountPage, open } from "./support/pages.ts";

// Long enough that a busy machine is not late: the timer rings a fifth of it before the end, and a
// token's expiry is a whole second.
const LIFETIME_S = 8;
test.use({ settings: { ACCESS_TOKEN_LIFETIME: `${LIFETIME_S}s` } });
test.beforeEach(async ({ signedIn: _signedIn }) => {});

test("the timer refreshes before the access token expires, without a click", async ({ page, traffic }) => {
  await open(page, "/account");
  await expect.poll(() => traffic.statuses(REFRESH), { timeout: LIFETIME_S * 1000 }).toEqual([200]);

  await page.waitForTimeout(LIFETIME_S * 1000 + 500);
  traffic.clear();
  const account = new AccountPage(page);
  await account.loadAgain.click();
  await expect.poll(() => traffic.statuses(DATA)).toEqual([200]);
  await account.isShown();
});
