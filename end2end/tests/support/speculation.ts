// Pages that are fetched before somebody asks for them, in each way that a page can have that done.
import type { CDPSession, Page } from "@playwright/test";

/** A link element, or rules; with Playwright's browser "prerender" fetches and goes no further. */
export const WAYS = ["link", "prefetch", "prerender"] as const;
export type Way = (typeof WAYS)[number];

/** Has `page` fetch `urls` ahead of time, and waits until each is there or was refused. */
export async function speculate(page: Page, way: Way, urls: readonly string[]): Promise<void> {
  if (way === "link") return await page.evaluate(linkTo, urls);
  const devtools = await page.context().newCDPSession(page);
  const settled = everyOneIsSettled(devtools, urls);
  await devtools.send("Preload.enable");
  await page.evaluate(addRules, [way, urls] as const);
  await settled;
  await devtools.detach();
}

/** Runs in the page. */
export function addRules([way, urls]: readonly [Exclude<Way, "link">, readonly string[]]): void {
  const script = Object.assign(document.createElement("script"), {
    type: "speculationrules",
    // As the app itself would have it, where a policy asks for that.
    nonce: document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce ?? "",
    textContent: JSON.stringify({ [way]: [{ source: "list", urls, eagerness: "immediate" }] }),
  });
  document.head.append(script);
}

/** Runs in the page. */
async function linkTo(urls: readonly string[]): Promise<void> {
  const loads = urls.map(
    (href) =>
      new Promise<void>((resolve) => {
        const link = Object.assign(document.createElement("link"), { rel: "prefetch", href });
        link.onload = link.onerror = () => resolve();
        document.head.append(link);
      }),
  );
  await Promise.all(loads);
}

/** A prerender that Playwright prevents goes on as a prefetch, so it is those that are waited for. */
async function everyOneIsSettled(devtools: CDPSession, urls: readonly string[]): Promise<void> {
  const open = new Set(urls);
  await new Promise<void>((resolve) => {
    devtools.on("Preload.prefetchStatusUpdated", ({ prefetchUrl, status }) => {
      if (status === "Ready" || status === "Success" || status === "Failure") open.delete(prefetchUrl);
      if (open.size === 0) resolve();
    });
  });
}
