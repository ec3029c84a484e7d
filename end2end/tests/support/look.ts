// How a page looks: a picture to look at, nothing that sticks out, nothing that axe finds.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, type TestInfo } from "@playwright/test";

export const THEMES = ["light", "dark"] as const;
export const DEVICES = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 800 },
  // The narrowest that WCAG 1.4.10 asks for.
  narrow: { width: 320, height: 640 },
} as const;

export async function looksWell(page: Page, testInfo: TestInfo, name: string): Promise<void> {
  const path = `${testInfo.project.outputDir}/screens/${name}.png`;
  await page.screenshot({ path, fullPage: true, animations: "disabled" });
  const [shown, all] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth] as const);
  expect(all, "nothing sticks out sideways").toBeLessThanOrEqual(shown);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
}
