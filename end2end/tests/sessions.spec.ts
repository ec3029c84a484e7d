// The lists of the account area where things go wrong: hasty fingers, no network, a server in trouble.
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { hydrated, open } from "./support/pages.ts";

const SESSIONS = "**/api/auth/sessions/";
const NOW = "2026-11-26T20:00:00Z";

const session = (n: number) => ({
  id: `0193a-${n}`,
  browser: `Browser ${n}`,
  device: "Linux",
  ip: "203.0.113.7",
  created_at: "2026-03-01T08:00:00Z",
  last_used_at: "2026-11-26T19:59:30Z",
  expires_at: "2026-12-24T19:00:00Z",
  is_current: n === 0,
});
const list = (numbers: number[], total = numbers.length) => ({ sessions: numbers.map(session), total, now: NOW });

const main = (page: Page) => page.getByRole("main");
const rows = (page: Page) => main(page).getByRole("listitem").filter({ has: page.getByRole("heading") });
const tryAgain = (page: Page) => main(page).getByRole("button", { name: "Try again" });

/** Comes to the page from inside the app, so that the browser itself asks for the list. */
async function come(page: Page): Promise<void> {
  await open(page, "/account");
  await page.getByRole("navigation", { name: "Your account" }).getByRole("link", { name: "Sessions" }).click();
}

/** Lets sessions be ended, and notes which. */
async function endings(page: Page, after: () => Promise<void> = async () => {}): Promise<string[]> {
  const ended: string[] = [];
  await page.route(`${SESSIONS}*/`, async (route) => {
    ended.push(route.request().url().split("/").at(-2)!);
    await after();
    await route.fulfill({ status: 204 });
  });
  return ended;
}

/** Where a row's button is. */
async function place(page: Page, row: number): Promise<{ x: number; y: number }> {
  const box = await rows(page).nth(row).getByRole("button", { name: "Sign out" }).boundingBox();
  return { x: box!.x + box!.width / 2, y: box!.y + box!.height / 2 };
}

/** Waits until what has moved under the pointer can be clicked on. */
async function settled(page: Page): Promise<void> {
  await expect(main(page).locator(".sessions")).not.toHaveClass(/settling/);
}

test.beforeEach(async ({ signedIn: _signedIn }) => {});

test("two clicks at one place end one session", async ({ page }) => {
  await page.route(SESSIONS, (route) => route.fulfill({ json: list([0, 1, 2, 3, 4]) }));
  const ended = await endings(page);
  await come(page);
  await expect(rows(page)).toHaveCount(4);
  // What is told above the list has come already, and moves nothing any more.
  await rows(page).first().getByRole("button", { name: "Sign out" }).click();
  await expect(rows(page)).toHaveCount(3);
  await settled(page);
  const { x, y } = await place(page, 0);
  await page.mouse.click(x, y);
  await expect(rows(page)).toHaveCount(2);
  await page.mouse.click(x, y);
  await settled(page);
  expect(ended).toEqual(["0193a-1", "0193a-2"]);
  // Whoever has seen what has come there may click on it.
  await page.mouse.click(x, y);
  await expect(rows(page)).toHaveCount(1);
  expect(ended).toEqual(["0193a-1", "0193a-2", "0193a-3"]);
});

test("two clicks that open the question for the password leave it the focus", async ({ page, complaints }) => {
  complaints.allow(/status of 403/);
  await page.route(SESSIONS, (route) => route.fulfill({ json: list([0, 1, 2]) }));
  await page.route(`${SESSIONS}*/`, (route) =>
    route.fulfill({ status: 403, json: { detail: "No.", code: "reauthentication_required" } }),
  );
  await come(page);
  await expect(rows(page)).toHaveCount(2);
  await settled(page);
  const { x, y } = await place(page, 0);
  const password = page.getByLabel("Your password", { exact: true });
  await page.mouse.click(x, y);
  await expect(password).toBeFocused();
  await page.mouse.click(x, y);
  await page.keyboard.type("hers");
  await expect(password).toHaveValue("hers");
});

test("what ends after its page was left is gone from the next one", async ({ page }) => {
  let answer = list([0, 1, 2]);
  await page.route(SESSIONS, (route) => route.fulfill({ json: answer }));
  let letGo = (): void => {};
  const letGone = new Promise<void>((resolve) => (letGo = resolve));
  await endings(page, async () => {
    await letGone;
    answer = list([0, 2]);
  });
  await come(page);
  await rows(page).first().getByRole("button", { name: "Sign out" }).click();
  const links = page.getByRole("navigation", { name: "Your account" });
  await links.getByRole("link", { name: "Activity" }).click();
  await expect(page).toHaveURL("/account/activity");
  await links.getByRole("link", { name: "Sessions" }).click();
  await expect(rows(page)).toHaveCount(2);
  letGo();
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText("Browser 2");
});

test("while one is being ended the others show that they wait", async ({ page }) => {
  await page.route(SESSIONS, (route) => route.fulfill({ json: list([0, 1, 2]) }));
  let letGo = (): void => {};
  const letGone = new Promise<void>((resolve) => (letGo = resolve));
  await endings(page, () => letGone);
  await come(page);
  const button = (row: number) => rows(page).nth(row).getByRole("button");
  await button(0).click();
  await expect(button(1)).toHaveAttribute("aria-disabled", "true");
  await expect(button(0)).not.toHaveAttribute("aria-disabled");
  letGo();
  await expect(rows(page)).toHaveCount(1);
  await expect(button(0)).not.toHaveAttribute("aria-disabled");
});

test("a server that wants an hour is asked by hand after a minute", async ({ page, complaints }) => {
  complaints.allow(/status of 503/);
  await page.clock.install();
  await page.route(SESSIONS, (route) =>
    route.fulfill({ status: 503, headers: { "Retry-After": "3600" }, json: { detail: "Busy." } }),
  );
  await come(page);
  await expect(main(page).getByRole("alert")).toContainText("Try again in 60 minutes.");
  await expect(tryAgain(page)).toBeHidden();
  await page.clock.fastForward("01:01");
  await expect(tryAgain(page)).toBeVisible();
});

test("when the rows run out and there are more, they are loaded", async ({ page }) => {
  let answer = list([0, 1], 3);
  await page.route(SESSIONS, (route) => route.fulfill({ json: answer }));
  await endings(page, async () => {
    answer = list([0, 2]);
  });
  await come(page);
  await expect(main(page).getByText("2 other browsers. These were used last.")).toBeVisible();
  await rows(page).getByRole("button", { name: "Sign out" }).click();
  await expect(rows(page)).toContainText("Browser 2");
  await expect(main(page).getByText("1 other browser.")).toBeVisible();
});

test("a failure is told beside the button, and nothing else is asked", async ({ page, complaints }) => {
  complaints.allow(/status of 503/);
  await page.route(SESSIONS, (route) => route.fulfill({ json: list([0, 1]) }));
  await page.route(`${SESSIONS}*/`, (route) => route.fulfill({ status: 503, json: { detail: "No." } }));
  await come(page);
  const button = rows(page).getByRole("button", { name: "Sign out" });
  await button.click();
  await expect(rows(page).getByRole("alert")).toContainText("The server is busy right now.");
  await expect(button).toBeFocused();
  await expect(page.getByLabel("Your password", { exact: true })).toHaveCount(0);
});

test("what is under way cannot be thought better of", async ({ page, complaints }) => {
  complaints.allow(/status of 403/);
  await page.route(SESSIONS, (route) => route.fulfill({ json: list([0, 1, 2]) }));
  let letGo = (): void => {};
  const letGone = new Promise<void>((resolve) => (letGo = resolve));
  await page.route(`${SESSIONS}*/`, async (route) => {
    if ((route.request().postDataJSON() as { password?: string }).password === undefined) {
      return route.fulfill({ status: 403, json: { detail: "No.", code: "reauthentication_required" } });
    }
    await letGone;
    return route.fulfill({ status: 204 });
  });
  await come(page);
  await rows(page).first().getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Your password", { exact: true }).fill("hers");
  await page.getByLabel("Your password", { exact: true }).press("Enter");
  await expect(page.getByRole("button", { name: "Never mind" })).toBeDisabled();
  await rows(page).nth(1).getByRole("button", { name: "Sign out" }).press("Enter");
  await expect(page.getByLabel("Your password", { exact: true })).toHaveValue("hers");
  letGo();
  await expect(rows(page)).toHaveCount(1);
  await expect(main(page).getByRole("status").first()).toHaveText("Browser 1 on Linux is signed out.");
});

test("a list that did not come is asked for again: by hand, when online, when the server says", async ({
  page,
  complaints,
}) => {
  complaints.allow(/ERR_FAILED|status of 503/);
  let asked = 0;
  let answer = "none";
  await page.route(SESSIONS, async (route) => {
    asked += 1;
    if (answer === "none") return route.abort();
    if (answer === "busy") {
      return route.fulfill({ status: 503, headers: { "Retry-After": "3" }, json: { detail: "Busy." } });
    }
    return route.fulfill({ json: list([0, 1]) });
  });
  await come(page);
  await expect(main(page).getByRole("alert")).toContainText("There was no answer.");
  const before = asked;
  await tryAgain(page).click();
  await expect.poll(() => asked).toBe(before + 1);
  await expect(main(page).getByRole("alert")).toContainText("There was no answer.");

  answer = "busy";
  await tryAgain(page).click();
  await expect(main(page).getByRole("alert")).toContainText("Try again in 3 seconds.");
  await expect(tryAgain(page), "nobody is asked to press it too early").toBeHidden();
  answer = "list";
  await expect(rows(page)).toHaveCount(1, { timeout: 6_000 });

  answer = "none";
  await come(page);
  await hydrated(page);
  await expect(tryAgain(page)).toBeVisible();
  answer = "list";
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await expect(rows(page)).toHaveCount(1);
});

test("moments grow older while one looks at them", async ({ page }) => {
  await page.clock.install();
  await page.route(SESSIONS, (route) => route.fulfill({ json: list([0, 1]) }));
  await come(page);
  await expect(rows(page).locator("time").first()).toContainText("just now");
  await page.clock.fastForward("02:00");
  await expect(rows(page).locator("time").first()).toContainText("2 minutes ago");
});
