import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { open } from "./support/pages.ts";

/** What an attacker would like to run. */
const INJECTED = "document.documentElement.dataset.injected = 'yes'";

async function wasInjected(page: Page): Promise<boolean> {
  return page.evaluate(() => "injected" in document.documentElement.dataset);
}

/** Puts a script into the page on its way, as stored HTML would; `headers` may change too. */
async function injectIntoHtml(page: Page, withPolicy: boolean): Promise<void> {
  await page.route("/", async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace("</body>", `<script>${INJECTED}</script></body>`);
    const headers = response.headers();
    if (!withPolicy) delete headers["content-security-policy"];
    await route.fulfill({ response, headers, body });
  });
}

test("an inline script in the HTML does not run", async ({ page, complaints }) => {
  complaints.allow(/Content Security Policy/, /CSP violation: script-src-elem refused inline/);
  await injectIntoHtml(page, true);
  await page.goto("/");
  await expect.poll(() => complaints.matching(/CSP violation: script-src-elem refused inline/)).toHaveLength(1);
  expect(await wasInjected(page)).toBe(false);
});

test("without the policy it would: the test above can fail", async ({ page, complaints }) => {
  complaints.allow(/./);
  await injectIntoHtml(page, false);
  await page.goto("/");
  await expect.poll(() => wasInjected(page)).toBe(true);
});

test("neither does one that the page's own code puts in, nor an inline handler", async ({ page, complaints }) => {
  complaints.allow(/Content Security Policy/, /CSP violation: script-src-(elem|attr) refused inline/);
  await open(page, "/");
  await page.evaluate((code) => {
    const script = document.createElement("script");
    script.textContent = code;
    document.body.append(script);
    const button = document.createElement("button");
    button.setAttribute("onclick", code);
    document.body.append(button);
    button.click();
  }, INJECTED);
  await expect.poll(() => complaints.matching(/CSP violation/)).toHaveLength(2);
  expect(await wasInjected(page)).toBe(false);
});

for (const path of ["/", "/login", "/account", "/nowhere"]) {
  test(`the headers of ${path} keep other sites and old caches out`, async ({ context, signedIn: _signedIn }) => {
    const headers = (await context.request.get(path, { headers: { Accept: "text/html" } })).headers();
    const policy = headers["content-security-policy"] ?? "";

    expect(policy).toMatch(/script-src 'self' 'nonce-[^']{16,}' 'wasm-unsafe-eval'/);
    expect(policy).not.toContain("unsafe-inline");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["referrer-policy"]).toBe("same-origin");
    expect(headers["cross-origin-opener-policy"]).toBe("same-origin");
    expect(headers["cache-control"]).toContain("no-store");
  });
}

/** The page with a policy that is stricter by this directive. */
async function addToPolicy(page: Page, directive: string): Promise<void> {
  await page.route("/account", async (route) => {
    const response = await route.fetch();
    const headers = response.headers();
    headers["content-security-policy"] += `; ${directive}`;
    await route.fulfill({ response, headers });
  });
}

// If this one fails, Leptos has stopped building views from strings: ask for Trusted Types, then, in
// `page_policy` of server/src/http/headers.rs, and turn this test round.
test("with Trusted Types no page would open by a link: Leptos builds views from strings of HTML", async ({
  page,
  complaints,
  signedIn: _signedIn,
}) => {
  complaints.allow(/./);
  await addToPolicy(page, "require-trusted-types-for 'script'");
  await open(page, "/account");
  await page.getByRole("link", { name: "Sessions" }).first().click();
  await expect.poll(() => complaints.matching(/innerHTML.*TrustedHTML/).length).toBeGreaterThan(0);
});
