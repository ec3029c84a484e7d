// The account area where it is hard: very long names, hundreds of rows, questions in the midst of
// something, keyboards, colours that the person has chosen. Lists are made up here: what the pages do
// with them is what is looked at.
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { DEVICES, looksWell, THEMES } from "./support/look.ts";
import { open } from "./support/pages.ts";

const SESSIONS = "/api/auth/sessions/";
const ACTIVITY = "/api/auth/activity/";
const NOW = "2026-11-26T20:00:00Z";
/** 150 characters without a space, from right to left, and beyond the first plane. */
const HARD_NAMES = ["W".repeat(150), "مرحبا_بكم_".repeat(15), "🗝️".repeat(50), "Firefox", ""] as const;
const PAGES = ["", "/profile", "/email", "/password", "/sessions", "/activity", "/delete"] as const;

const session = (n: number) => ({
  id: `0193a-${n}`,
  browser: HARD_NAMES[n % HARD_NAMES.length],
  device: n % 2 === 0 ? "Linux" : "",
  ip: n % 3 === 0 ? "" : "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
  created_at: "2026-03-01T08:00:00.123000Z",
  last_used_at: `2026-11-${String(26 - (n % 20)).padStart(2, "0")}T19:00:00Z`,
  expires_at: "2026-12-24T19:00:00Z",
  is_current: n === 3,
});

const KINDS = ["signed_in", "sign_in_failed", "replay_caught", "email_changed", "from_the_future"] as const;
const event = (n: number) => ({
  id: n,
  kind: KINDS[n % KINDS.length],
  at: "2026-11-26T19:00:00Z",
  count: n % 2 === 0 ? 1 : 37,
  browser: HARD_NAMES[n % HARD_NAMES.length],
  device: "",
  ip: n % 2 === 0 ? "" : "203.0.113.7",
});

const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));

/** Answers with lists that are made up. They count once one comes from another page of the app. */
async function pretend(page: Page, sessions: number, events: number): Promise<void> {
  const list = { sessions: many(sessions, session), total: sessions, now: NOW };
  await page.route(`**${SESSIONS}`, (route) => route.fulfill({ json: list }));
  await page.route(`**${SESSIONS}*/`, (route) =>
    route.fulfill({ status: 403, json: { detail: "No.", code: "reauthentication_required" } }),
  );
  const happened = { events: many(events, event), next: events === 0 ? null : "7", now: NOW };
  await page.route(`**${ACTIVITY}*`, (route) => route.fulfill({ json: happened }));
}

/** Goes to a page of the area from inside the app. */
async function goTo(page: Page, place: string): Promise<void> {
  await page.getByRole("navigation", { name: "Your account" }).getByRole("link", { name: place }).click();
  await expect(page.getByText("Loading…")).toHaveCount(0);
}

test.beforeEach(async ({ signedIn: _signedIn }) => {});

for (const colorScheme of THEMES) {
  for (const [device, viewport] of Object.entries(DEVICES)) {
    test.describe(`${colorScheme} ${device}`, () => {
      test.use({ colorScheme, viewport });

      test("many sessions, one of them asked about", async ({ page, complaints }, testInfo) => {
        complaints.allow(/status of 403/);
        // Axe takes its time with so many of them.
        const count = colorScheme === "light" && device === "narrow" ? 200 : 12;
        await pretend(page, count, 0);
        await open(page, "/account");
        const began = Date.now();
        await goTo(page, "Sessions");
        const rows = page.getByRole("main").getByRole("listitem").filter({ has: page.getByRole("heading") });
        await expect(rows).toHaveCount(count - 1);
        expect(Date.now() - began, "milliseconds").toBeLessThan(3_000);
        await rows.nth(2).getByRole("button", { name: "Sign out" }).click();
        await expect(rows.nth(2).getByLabel("Your password", { exact: true })).toBeFocused();
        await looksWell(page, testInfo, `area-sessions-${colorScheme}-${device}`);
      });

      test("events", async ({ page }, testInfo) => {
        await pretend(page, 1, 50);
        await open(page, "/account");
        await goTo(page, "Activity");
        await expect(page.getByText("Failed sign-in, 37 times").first()).toBeVisible();
        await looksWell(page, testInfo, `area-activity-${colorScheme}-${device}`);
      });

      test("nothing to show", async ({ page }, testInfo) => {
        await pretend(page, 0, 0);
        await open(page, "/account");
        await goTo(page, "Activity");
        await expect(page.getByText("Nothing has happened yet.")).toBeVisible();
        await looksWell(page, testInfo, `area-no-activity-${colorScheme}-${device}`);
        await goTo(page, "Sessions");
        await expect(page.getByText("You are signed in nowhere else.")).toBeVisible();
        await looksWell(page, testInfo, `area-no-sessions-${colorScheme}-${device}`);
      });

      test("very long names", async ({ page, context }, testInfo) => {
        const data = { username: "w".repeat(150), first_name: HARD_NAMES[1], last_name: HARD_NAMES[2].slice(0, 150) };
        const renamed = await context.request.patch("/api/auth/user/", { data });
        expect(renamed.status(), await renamed.text()).toBe(200);
        for (const path of ["", "/profile", "/email"]) {
          await open(page, `/account${path}`);
          await looksWell(page, testInfo, `area-long${path.replace("/", "-")}-${colorScheme}-${device}`);
        }
      });

      test("a password asked for in the midst", async ({ page, complaints }, testInfo) => {
        complaints.allow(/status of 403/);
        await page.route(/\/api\/auth\/(email|account\/delete)\//, (route) =>
          route.fulfill({ status: 403, json: { detail: "No.", code: "reauthentication_required" } }),
        );
        await open(page, "/account/email");
        await page.getByLabel("E-mail address", { exact: true }).fill("countess@example.com");
        await page.getByRole("button", { name: "Change my address" }).click();
        await expect(page.getByLabel("Your password", { exact: true })).toBeFocused();
        await looksWell(page, testInfo, `area-email-asked-${colorScheme}-${device}`);
        await open(page, "/account/delete");
        await page.getByRole("checkbox").check();
        await page.getByRole("button", { name: "Delete my account" }).click();
        await expect(page.getByLabel("Your password", { exact: true })).toBeFocused();
        await looksWell(page, testInfo, `area-delete-asked-${colorScheme}-${device}`);
      });
    });
  }
}

test.describe("in colours of the person's own, without motion", () => {
  test.use({ contextOptions: { forcedColors: "active", reducedMotion: "reduce" }, viewport: DEVICES.phone });

  for (const path of PAGES) {
    test(`/account${path}`, async ({ page }, testInfo) => {
      await open(page, `/account${path}`);
      await looksWell(page, testInfo, `forced${path.replace("/", "-") || "-overview"}`);
    });
  }
});

/** What has the focus, and whether one sees that it has. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return null;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const { top, bottom, left, right } = element.getBoundingClientRect();
    const inView = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
    return { what: element.outerHTML.slice(0, 120), seen: outlineStyle !== "none" && parseFloat(outlineWidth) > 0 && inView };
  });

for (const path of PAGES) {
  test(`by keyboard alone: /account${path}`, async ({ page }) => {
    await page.setViewportSize(DEVICES.narrow);
    await open(page, `/account${path}`);
    const reachable = await page.evaluate(
      () =>
        [...document.querySelectorAll<HTMLElement>("a[href], button, input")].filter(
          (element) => element.checkVisibility() && !element.matches(":disabled, [type=hidden]"),
        ).length,
    );
    const visited = [];
    for (;;) {
      await page.keyboard.press("Tab");
      const here = await focused(page);
      if (here === null || visited.length > reachable) break;
      visited.push(here);
    }
    expect(visited.filter(({ seen }) => !seen)).toEqual([]);
    expect(visited.length, "each is reached once, and one gets out again").toBe(reachable);
  });
}
