import { expect, test } from "./fixtures.ts";
import { open } from "./support/pages.ts";

test("a hint says how good a new password looks, as one types it", async ({ page }) => {
  await open(page, "/register");
  const hint = page.locator("#password1-hint");
  const password = page.locator("#password1");
  await expect(hint).toContainText("8 characters or more.");
  await expect(password).toHaveAttribute("aria-describedby", "password1-hint");

  const looks = { short: "Too short yet.", "12345678901": "Easy to guess.", "correct-horse-battery": "Hard to guess." };
  for (const [typed, words] of Object.entries(looks)) {
    await password.fill(typed);
    await expect(hint.locator("b")).toHaveText(words);
  }
  await password.fill("");
  await expect(hint.locator("b")).toHaveText("");
});
