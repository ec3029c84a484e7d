// Forms as a person meets them, with a script and without.
import { type Locator, type Page, test } from "@playwright/test";
import { hydrated } from "./pages.ts";

/** Whether pages have their scripts in this run. */
export const scripted = (): boolean => test.info().project.use.javaScriptEnabled !== false;

/** Opens a page, and waits for its script where there is one. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  if (scripted()) await hydrated(page);
}

export const main = (page: Page): Locator => page.getByRole("main");
export const field = (page: Page, label: string): Locator => main(page).getByLabel(label, { exact: true });
export const press = (page: Page, name: string): Promise<void> =>
  main(page).getByRole("button", { name, exact: true }).click();
/** What the page says went well. */
export const told = (page: Page): Locator => main(page).getByRole("status");
/** What the page says went wrong as a whole. */
export const fault = (page: Page): Locator => main(page).getByRole("alert");
